"""What a person does with limits: each act in the background, each refusal beside what it is of."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from cartech_desk.bay import limit_file
from cartech_desk.bay.limits import (
    ChannelUnknown,
    ImportDoubtful,
    Imported,
    LimitRow,
    LimitSheet,
    Owner,
    ReasonMissing,
)
from cartech_desk.domain.alarms.limit import Limit, LimitRefused
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.limit_changes import Kind, LimitChange, limit_changes
from cartech_desk.ui.models.limit_words import file_stem
from cartech_desk.ui.pages.page import PageAction
from cartech_desk.ui.widgets.limit_changes import LimitChangesForm, Source, Sure
from cartech_desk.ui.widgets.name_form import NameForm
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.ui.pages.limits import LimitsPage

_KIND = "Limits of CarTech Desk (*.json)"


class LimitActs:
    """The acts of the page of limits. `ask_open` and `ask_save` ask for files.

    Both are replaceable where nobody can be asked.
    """

    def __init__(self, page: "LimitsPage") -> None:
        self._page = page
        self.ask_open: Callable[[], Path | None] = self._ask_open
        self.ask_save: Callable[[Path], Path | None] = self._ask_save

    def actions(self) -> list[PageAction]:
        """Return what one can do who may edit limits."""
        page = self._page
        return [
            PageAction("New limit", page.new_limit, "N", "add"),
            PageAction("Save the limit", page.editor.keep, "Ctrl+S", "keep"),
            PageAction("Put out of service, or back", self._toggle_service, "O", "switch off"),
            PageAction("Remove the own limit", self.remove, "Del", "delete"),
            PageAction("Copy limits of a profile", self.copy, "C", "preset"),
            PageAction("Import limits", self.take_in, "Ctrl+I", "file json"),
        ]

    def _toggle_service(self) -> None:
        button = self._page.editor.service
        if button.isVisible() and button.isEnabled():
            button.click()

    # One limit

    def save(self, limit: Limit, *, anyway: bool = False) -> None:
        """Keep what was typed; a channel that nobody knows is asked about."""
        page, owner = self._page, self._page.owner
        limits, by, new = page.limits, page.acts.actor, page.editor.new
        reason = "" if limit.in_service else "edited while out of service"

        def done(notes: tuple[str, ...]) -> None:
            page.forget_draft()
            words = f"“{limit.label or limit.key}” is {'set' if new else 'changed'}."
            self._done(limit.key, " ".join([words, *notes]))

        def failed(error: BaseException) -> None:
            if isinstance(error, ChannelUnknown):
                self._ask_anyway(error, lambda: self.save(limit, anyway=True))
            else:
                self._failed(error)

        in_background(
            lambda: limits.set(owner, limit, by, anyway=anyway, reason=reason), page, done, failed
        )

    def _ask_anyway(self, error: ChannelUnknown, take: Callable[[], None]) -> None:
        """Ask whether a limit is meant whose channel nobody knows yet."""
        sentence = (
            f"{error.happened} It is not watched until a car has it. "
            "Check the spelling, or set it all the same."
        )
        title = "There is no such channel"
        Sure(title, sentence, "Set all the same", take, self._page).open()

    def change_service(self, on: bool) -> None:
        """Put the limit back in service, or out of it; the latter asks why."""
        page, row = self._page, self._page.editor.row
        if row is None or page.may_not:
            return
        if on:
            self._change_service(row, "", on=True)
            return

        def take(reason: str) -> None:
            if not reason.strip():
                raise ReasonMissing("A reason is needed.", to_do="Say why it is not watched.")
            self._change_service(row, reason.strip(), on=False)

        name = row.limit.label or row.limit.key
        form = NameForm(f"Put “{name}” out of service", "", take, page, label="Why?")
        form.open()

    def _change_service(self, row: LimitRow, reason: str, *, on: bool) -> None:
        page, owner, key = self._page, self._page.owner, row.limit.key
        limits, by, name = page.limits, page.acts.actor, row.limit.label or row.limit.key

        def work() -> None:
            if on:
                limits.put_in_service(owner, key, by, reason)
            else:
                limits.put_out_of_service(owner, key, by, reason)

        words = "watched again" if on else "out of service until somebody puts it back"
        self._do(work, lambda _: self._done(key, f"“{name}” is {words}."))

    def remove(self) -> None:
        """Remove the owner's own limit; the toast takes it back."""
        page, row = self._page, self._page.editor.row
        if row is None or not row.own or page.editor.new or page.may_not:
            return
        owner, key, limits, by = page.owner, row.limit.key, page.limits, page.acts.actor
        kept = "" if row.below is None else " What stands below it holds again."
        words = f"“{row.limit.label or key}” was removed.{kept}"

        def done(_: Any) -> None:
            page.forget_draft()
            undo = None if row.damaged else lambda: self._restore(owner, row.limit)
            self._done(key, words, undo)

        self._do(lambda: limits.remove(owner, key, by), done)

    def _restore(self, owner: Owner, limit: Limit) -> None:
        page, by = self._page, self._page.acts.actor
        self._do(
            lambda: page.limits.set(owner, limit, by, anyway=True, reason="removal taken back"),
            lambda _: self._done(limit.key, f"“{limit.label or limit.key}” is back."),
        )

    # Many at once

    def set_profile(self, profile: str) -> None:
        """Give the vehicle a profile."""
        page, owner, by = self._page, self._page.owner, self._page.acts.actor
        label = page.profile.currentText()
        words = f"Profile: {label}." if profile else "The vehicle has no profile now."

        def failed(error: BaseException) -> None:
            page.acts.tell(error)
            page.refresh()

        in_background(
            lambda: page.limits.set_profile(owner.id, profile, by),
            page,
            lambda _: self._done("", words),
            failed,
        )

    def copy(self) -> None:
        """Copy limits of a profile; the form says what would change and lets one choose."""
        page, loaded = self._page, self._page.loaded
        if loaded is None or page.may_not:
            return
        owner, limits = page.owner, page.limits
        others = [one for one in limits.profiles() if Owner.profile(one.name) != owner]

        def take(chosen: Sequence[Limit]) -> None:
            self._set_all(owner, chosen, f"copied to {loaded.sheet.name}")

        def came(sheets: list[LimitSheet]) -> None:
            sources = [
                Source(f"Profile: {sheet.name}", self._changes(sheet.limits))
                for sheet in sheets
                if sheet.limits
            ]
            # First those that have something to give.
            sources.sort(key=lambda one: all(c.kind is Kind.SAME for c in one.changes))
            title = f"Copy limits to {loaded.sheet.name}"
            LimitChangesForm(title, sources, take, page, verb="Copy these").open()

        self._do(lambda: [limits.sheet(Owner.profile(one.name)) for one in others], came)

    def _changes(self, limits: Sequence[Limit]) -> tuple[LimitChange, ...]:
        loaded = self._page.loaded
        if loaded is None:
            return ()
        now = {row.limit.key: row.limit for row in loaded.sheet.rows}
        return limit_changes(now, limits, loaded.channels, self._page.system)

    def _set_all(
        self, owner: Owner, chosen: Sequence[Limit], done_words: str, *, anyway: bool = False
    ) -> None:
        page, by = self._page, self._page.acts.actor

        def failed(error: BaseException) -> None:
            if isinstance(error, ChannelUnknown):
                again = lambda: self._set_all(owner, chosen, done_words, anyway=True)  # noqa: E731
                self._ask_anyway(error, again)
            else:
                page.acts.tell(error)

        def done(_notes: object) -> None:
            self._done("", f"{counted(len(chosen), 'limit')} {done_words}.")

        in_background(
            lambda: page.limits.set_all(owner, chosen, by, anyway=anyway), page, done, failed
        )

    def take_in(self) -> None:
        """Set the limits of a file, after the form said what would change."""
        page, loaded = self._page, self._page.loaded
        if loaded is None or page.may_not:
            return
        path = self.ask_open()
        if path is None:
            return
        store = page.desk.store

        def work() -> tuple[limit_file.LimitFile, bool]:
            found, shop = limit_file.read(path), store.people.shop()
            return found, found.shop_id == (shop.id if shop is not None else "")

        def came(result: tuple[limit_file.LimitFile, bool]) -> None:
            found, ours = result
            number = counted(len(found.limits), "limit")
            LimitChangesForm(
                f"Import limits for {loaded.sheet.name}",
                [Source(f"{path.name} holds {number}:", self._changes(found.limits))],
                lambda _all: self._import(path, ours=ours),
                page,
                verb="Import all",
                pick=False,
                other_shop=None if ours else (found.shop or "which does not say its name"),
            ).open()

        in_background(work, page, came, page.acts.tell)

    def _import(
        self, path: Path, *, ours: bool, anyway: bool = False, confirmed: bool = False
    ) -> None:
        page, owner, by = self._page, self._page.owner, self._page.acts.actor

        def failed(error: BaseException) -> None:
            if isinstance(error, ImportDoubtful):
                take = lambda: self._import(path, ours=ours, anyway=anyway, confirmed=True)  # noqa: E731
                words = f"{error.happened} Is that meant?"
                Sure("Import this file?", words, "Import all the same", take, page).open()
            elif isinstance(error, ChannelUnknown):
                again = lambda: self._import(path, ours=ours, anyway=True, confirmed=confirmed)  # noqa: E731
                self._ask_anyway(error, again)
            else:
                page.acts.tell(error)

        def done(imported: Imported) -> None:
            number = counted(len(imported.limits), "limit")
            self._done("", " ".join([f"{number} imported from {path.name}.", *imported.notes]))

        in_background(
            lambda: page.limits.import_file(
                owner,
                path,
                by,
                from_another_shop=not ours,
                anyway=anyway,
                confirmed=confirmed,
            ),
            page,
            done,
            failed,
        )

    def export(self) -> None:
        """Write the limits that are shown to a file."""
        page = self._page
        if page.loaded is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        usual = Path(folder or ".") / f"{file_stem(page.loaded.sheet.name)}_limits.json"
        path = self.ask_save(usual)
        if path is None:
            return
        if path.suffix.lower() != ".json":
            path = path.with_name(f"{path.name}.json")
        owner, by, limits = page.owner, page.acts.actor, page.limits
        in_background(
            lambda: limits.export(owner, path, by),
            page,
            lambda written: page.acts.say(f"Exported to {written}."),
            page.acts.tell,
        )

    # How it is done

    def _do(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        in_background(work, self._page, done, self._failed)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, LimitRefused) and self._page.editor.row is not None:
            self._page.editor.show_refusal(f"{error.happened} {error.to_do}".strip())
        else:
            self._page.acts.tell(error)

    def _done(self, key: str, words: str, undo: Callable[[], None] | None = None) -> None:
        page = self._page
        if key:
            page.want(key)
        page.acts.say(words, undo)
        page.refresh()

    def _ask_open(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._page, "Import limits", "", _KIND)
        return Path(name) if name else None

    def _ask_save(self, usual: Path) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self._page, "Export limits", str(usual), _KIND)
        return Path(name) if name else None
