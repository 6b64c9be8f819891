"""What a person does with limits: each act in the background, each refusal beside what it is of."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from cartech_desk.bay.limits import LimitRow, Owner
from cartech_desk.domain.alarms.limit import Limit, LimitRefused
from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.limit_words import file_stem
from cartech_desk.ui.widgets.name_form import NameForm

if TYPE_CHECKING:
    from cartech_desk.ui.pages.limits import LimitsPage

_KIND = "Limits of CarTech Desk (*.json)"


class ReasonMissing(CarTechError):
    """Nobody said why a limit is put out of service."""

    code = "reason_missing"


class LimitActs:
    """The acts of the page of limits. `ask_open` and `ask_save` ask for files.

    Both are replaceable where nobody can be asked.
    """

    def __init__(self, page: "LimitsPage") -> None:
        self._page = page
        self.ask_open: Callable[[], Path | None] = self._ask_open
        self.ask_save: Callable[[Path], Path | None] = self._ask_save

    # One limit

    def save(self, limit: Limit) -> None:
        """Keep what was typed."""
        page, owner = self._page, self._page.owner
        limits, by, new = page.limits, page.acts.actor, page.editor.new
        noted = bool(page.editor.note.text())

        def done(notes: tuple[str, ...]) -> None:
            page.forget_draft()
            words = f"“{limit.label or limit.key}” is {'set' if new else 'changed'}."
            self._done(limit.key, " ".join([words, *notes]))

        self._do(lambda: limits.set(owner, limit, by, anyway=noted), done)

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
        """Copy limits of a profile or another vehicle; the form says what would change."""

    def take_in(self) -> None:
        """Set the limits of a file, after the form said what would change."""

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
