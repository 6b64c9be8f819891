"""A list of parts before it is taken in: what is good, what is wrong and why."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cartech_desk.domain.counted import agreed
from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.money import money_text
from cartech_desk.domain.parts.import_plan import BadRow, GoodRow, ImportDone, ImportPlan
from cartech_desk.domain.parts.part_table import ENCODINGS
from cartech_desk.domain.parts.quantity import quantity_text
from cartech_desk.domain.people import Actor
from cartech_desk.ui.background import in_background
from cartech_desk.ui.models.record_table import Column, rows_query
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.lamp import LampLabel
from cartech_desk.ui.widgets.record_list import RecordList
from cartech_desk.ui.widgets.record_tabs import RecordTabs, plain_label, say
from cartech_desk.ui.words import counted

if TYPE_CHECKING:
    from cartech_desk.office.part_files import PartFiles

_SIZE: Final = (900, 560)
GOOD, BAD = "good", "bad"

_GOOD_COLUMNS: Final[tuple[Column[GoodRow], ...]] = (
    Column("line", "Line", lambda one: str(one.line), 55, right=True, order=lambda one: one.line),
    Column(
        "what",
        "",
        lambda one: "changes" if one.known else "new",
        90,
        lamp=lambda one: State.CONNECTING if one.known else State.CONNECTED,
    ),
    Column("sku", "SKU", lambda one: one.part.sku, 120),
    Column("name", "Part", lambda one: one.part.name, 210),
    Column(
        "on_hand",
        "On the shelf",
        lambda one: quantity_text(one.on_hand, one.part.unit) if one.on_hand else "",
        90,
        right=True,
    ),
    Column("price", "Price", lambda one: money_text(one.part.price), 100, right=True),
    Column("note", "Note", lambda one: one.note, 180, tip=lambda one: one.note),
)
_BAD_COLUMNS: Final[tuple[Column[BadRow], ...]] = (
    Column("line", "Line", lambda one: str(one.line), 55, right=True, order=lambda one: one.line),
    Column("why", "What is wrong", lambda one: one.why, 420, tip=lambda one: one.why),
    Column("words", "What stands there", lambda one: one.words, 380, tip=lambda one: one.words),
)


class PartImportForm(QDialog):
    """Shows a plan of an import, and takes the good rows in; the bad ones stay listed."""

    def __init__(
        self,
        files: Callable[[], "PartFiles"],
        path: Path,
        by: Actor,
        done: Callable[[ImportDone], None],
        failed: Callable[[BaseException], None],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import {path.name}")
        self.resize(*_SIZE)
        self._files, self._path, self._by = files, path, by
        self._done, self._failed = done, failed
        self.plan: ImportPlan | None = None
        self.busy = False
        self.lamp = LampLabel(State.OFF, "Reading …")
        self.more = plain_label("muted")
        self.mark = QComboBox()
        self.mark.setAccessibleName("Decimal mark")
        for words, key in (
            ("Decimals as the file shows", ""),
            ("12.50: a point", "."),
            ("12,50: a comma", ","),
        ):
            self.mark.addItem(words, key)
        self.mark.currentIndexChanged.connect(lambda _index: self.look())
        self.encoding = QComboBox()
        self.encoding.setAccessibleName("Encoding")
        for words, key in (
            ("Letters as the file shows", ""),
            *((f"Letters as {said}", key) for key, said in ENCODINGS.items()),
        ):
            self.encoding.addItem(words, key)
        self.encoding.currentIndexChanged.connect(lambda _index: self.look())
        self.good: RecordList[GoodRow] = RecordList(
            "good rows",
            _GOOD_COLUMNS,
            rows_query(lambda: self.plan.good if self.plan else (), _GOOD_COLUMNS),
            lambda one: str(one.line),
            failed,
        )
        self.bad: RecordList[BadRow] = RecordList(
            "bad rows",
            _BAD_COLUMNS,
            rows_query(lambda: self.plan.bad if self.plan else (), _BAD_COLUMNS),
            lambda one: f"{one.line} {one.field}",
            failed,
        )
        self.tabs = RecordTabs("Rows")
        self.tabs.put(GOOD, "Good rows", self.good)
        self.tabs.put(BAD, "Left out", self.bad)
        self.take = QPushButton("Import the good rows")
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.take.clicked.connect(lambda _checked=False: self.submit())
        self.leave = QPushButton("Cancel")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self._lay_out()
        self.look()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.lamp, 1)
        head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.encoding, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(self.more)
        column.addWidget(self.tabs, 1)
        column.addLayout(foot)

    def look(self) -> None:
        """Read the file anew, and say what would be done."""
        files, path, mark = self._files, self._path, str(self.mark.currentData() or "")
        encoding = str(self.encoding.currentData() or "")
        self._hold(True)
        in_background(
            lambda: files().look_through(path, decimal_mark=mark, encoding=encoding),
            self,
            self._looked,
            self._wrong,
        )

    def _looked(self, plan: ImportPlan) -> None:
        self.plan = plan
        self._hold(False)
        good, bad = len(plan.good), len(plan.bad)
        sure = not bad and not plan.guessed
        state = State.CONNECTED if good and sure else State.WARNING if good else State.TRIP
        words = (
            f"{counted(good, 'row')} can be imported: {plan.added} new, {good - plan.added} known."
        )
        if bad:
            words += f" {counted(bad, 'row')} {agreed(bad, 'is', 'are')} left out, with the reason."
        self.lamp.show_state(state, words)
        told = []
        if plan.guessed:
            told.append(
                f"The file does not say how its letters are written: read as "
                f"{ENCODINGS[plan.encoding]}. Look at the names, and choose another if they are "
                "wrong."
            )
        if plan.unused:
            told.append(f"Columns that nothing is made of: {', '.join(plan.unused)}.")
        say(self.more, " ".join(told))
        self.take.setEnabled(bool(good))
        self.take.setText(f"Import {counted(good, 'row')}" if good else "Nothing to import")
        self.good.refresh()
        self.bad.refresh()
        self.tabs.count(GOOD, good)
        self.tabs.count(BAD, bad)
        if bad and not good:
            self.tabs.turn(BAD)

    def submit(self) -> None:
        """Take the good rows in."""
        plan, files, by = self.plan, self._files, self._by
        if plan is None or not self.take.isEnabled():
            return
        self._hold(True)
        in_background(lambda: files().take_in(plan, by), self, self._taken, self._wrong)

    def _taken(self, done: ImportDone) -> None:
        self._hold(False)
        self.accept()
        self._done(done)

    def _wrong(self, error: BaseException) -> None:
        self._hold(False)
        if isinstance(error, CarTechError):
            self.lamp.show_state(State.TRIP, error.message)
            self.take.setEnabled(False)
        else:
            self.reject()
            self._failed(error)

    def _hold(self, held: bool) -> None:
        self.busy = held
        self.take.setEnabled(not held)
        if held:
            self.lamp.show_state(State.CONNECTING, "Reading …")
