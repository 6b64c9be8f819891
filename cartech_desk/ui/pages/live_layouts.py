"""The layouts of the live page: which one is shown, which are kept, and keeping what changes."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.layouts import LayoutStore
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.live_layout import (
    KIND,
    STANDARD,
    LiveLayout,
    from_document,
    to_document,
)

_LAST_KIND: Final = "window"
_LAST_NAME: Final = "live"
_REST_MS: Final = 400  # a line that is dragged is kept once, where it was let go


class LayoutRefused(CarTechError):
    """A name that no layout can have."""

    code = "layout_refused"


class LiveLayouts(QObject):
    """Keeps layouts in the store, in the background and one after another.

    A change by hand is kept at once under the name shown. `STANDARD` is made from what the car
    delivers until somebody changes it; then it is kept like any other.
    """

    shown = Signal(object)
    """Another LiveLayout shall be shown; None for the one made from what the car delivers."""
    names_changed = Signal()

    def __init__(self, store: LayoutStore, acts: Acts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._acts = acts
        self._work: list[Callable[[], Callable[[], None]]] = []
        self._working = False
        self._unsaved: tuple[str, LiveLayout] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._save_unsaved)
        self.name = STANDARD
        self.names: tuple[str, ...] = ()
        self.loaded = False
        self.edited = False
        """Whether the layout shown is one that is kept (and not made anew for each car)."""

    def load(self) -> None:
        """Read the names and the layout that was shown last."""

        def work() -> Callable[[], None]:
            names = self._store.names(KIND)
            last = (self._store.load(_LAST_KIND, _LAST_NAME) or {}).get("layout")
            name = last if isinstance(last, str) and last in names else STANDARD
            layout = self._read(name) if name in names else None
            return lambda: self._loaded(names, name, layout)

        self._do(work)

    def choose(self, name: str) -> None:
        """Show a kept layout."""

        def work() -> Callable[[], None]:
            layout = self._read(name) if name in self._store.names(KIND) else None
            self._store.save(_LAST_KIND, _LAST_NAME, {"layout": name})
            return lambda: self._loaded(self.names, name, layout)

        self._do(work)

    def keep(self, layout: LiveLayout) -> None:
        """Keep the layout shown after a change, once the hand rests."""
        self.edited = True
        self._unsaved = (self.name, layout)
        self._rest.start()

    def flush(self) -> None:
        """Keep at once what waits for the hand to rest; for when the desk may close."""
        self._rest.stop()
        unsaved, self._unsaved = self._unsaved, None
        if unsaved is None:
            return
        name, layout = unsaved
        try:
            self._store.save(KIND, name, to_document(layout))
            self._store.save(_LAST_KIND, _LAST_NAME, {"layout": name})
        except CarTechError as error:
            self._acts.tell(error)

    def keep_as(self, name: str, layout: LiveLayout) -> None:
        """Keep the layout shown under another name and go on with that one.

        LayoutRefused where the name is empty or taken.
        """
        self.name = self._free(name)
        self.edited = True
        self._save(self.name, layout)

    def rename(self, name: str, layout: LiveLayout) -> None:
        """Give the layout shown another name. LayoutRefused where it is empty or taken."""
        old, new = self.name, self._free(name)
        self._unsaved = None  # the layout that is handed in is the newest
        self.name, self.edited = new, True

        def work() -> Callable[[], None]:
            self._store.save(KIND, new, to_document(layout))
            self._store.delete(KIND, old)
            self._store.save(_LAST_KIND, _LAST_NAME, {"layout": new})
            names = self._store.names(KIND)
            return lambda: self._named(names)

        self._do(work)

    def delete(self, layout: LiveLayout) -> None:
        """Delete the layout shown, which can be taken back for a while; show the standard one."""
        gone = self.name
        self._unsaved = None  # of what is deleted nothing more is kept

        def restore() -> None:
            self.name, self.edited = gone, True
            self._save(gone, layout)
            self.shown.emit(layout)

        def work() -> Callable[[], None]:
            self._store.delete(KIND, gone)
            self._store.save(_LAST_KIND, _LAST_NAME, {"layout": STANDARD})
            names = self._store.names(KIND)
            kept = self._read(STANDARD) if STANDARD in names and gone != STANDARD else None

            def then() -> None:
                self._loaded(names, STANDARD, kept)
                self._acts.say(f"The layout “{gone}” was deleted.", restore)

            return then

        self._do(work)

    def _read(self, name: str) -> LiveLayout | None:
        document = self._store.load(KIND, name)
        return None if document is None else from_document(document, name)

    def _free(self, name: str) -> str:
        name = " ".join(name.split())
        if not name:
            raise LayoutRefused("A layout needs a name.", to_do="Type one, such as “Pull”.")
        taken = {other.casefold() for other in (*self.names, STANDARD)} - {self.name.casefold()}
        if name.casefold() in taken:
            raise LayoutRefused(
                f"There is already a layout named “{name}”.", to_do="Choose another name."
            )
        return name

    def _save(self, name: str, layout: LiveLayout) -> None:
        def work() -> Callable[[], None]:
            self._store.save(KIND, name, to_document(layout))
            self._store.save(_LAST_KIND, _LAST_NAME, {"layout": name})
            names = self._store.names(KIND)
            return lambda: self._named(names)

        self._do(work)

    def _named(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.names_changed.emit()

    def _loaded(self, names: tuple[str, ...], name: str, layout: LiveLayout | None) -> None:
        self.names, self.name = names, name
        self.edited = layout is not None
        self.loaded = True
        self.names_changed.emit()
        self.shown.emit(layout)

    # One thing after another, never two at once: the last change is what is kept.

    def _save_unsaved(self) -> None:
        self._rest.stop()
        unsaved, self._unsaved = self._unsaved, None
        if unsaved is not None:
            self._save(*unsaved)

    def _do(self, work: Callable[[], Callable[[], None]]) -> None:
        self._save_unsaved()
        self._work.append(work)
        if not self._working:
            self._next()

    def _next(self) -> None:
        if not self._work:
            self._working = False
            return
        self._working = True
        in_background(self._work.pop(0), self, self._done, self._failed)

    def _done(self, then: Callable[[], None]) -> None:
        then()
        self._next()

    def _failed(self, error: BaseException) -> None:
        if not self.loaded:
            self._loaded((), STANDARD, None)
        self._next()
        self._acts.tell(error)
