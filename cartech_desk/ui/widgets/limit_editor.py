"""The editor of one limit: every field, what is wrong beside it, and the limit read aloud."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.bay.limits import LimitRow
from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.units import ShownUnit, UnitSystem
from cartech_desk.ui.models.alarm_words import number_words
from cartech_desk.ui.models.limit_draft import WHOLE, Draft, Read, draft_of, read_draft
from cartech_desk.ui.models.limit_table import ORIGIN_WORDS
from cartech_desk.ui.models.limit_words import aloud, limit_unit
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.limit_fields import LimitFields

_NOTHING = Limit("", "", Comparison.ABOVE)


class LimitEditor(QWidget):
    """Shows a row of the sheet and takes a draft of it. Whoever owns it does what is wanted.

    Numbers are typed in the unit of the shop. Read-only, it says who may edit.
    """

    drafted = Signal(object)
    """The Limit as it is typed now, None where something is wrong with it."""
    save_wanted = Signal(object)
    """The Limit that shall be kept."""
    service_wanted = Signal(bool)
    """It shall be put in service (True), or out of it."""
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: LimitRow | None = None
        self.new = False
        """Whether the row is a limit that was never saved."""
        self._channels: Mapping[str, Channel] = {}
        self._system = UnitSystem.METRIC
        self._first: Draft | None = None
        self._read = Read(None)
        self._shown_unit = ShownUnit("none", "", 2)
        self._showing = False
        self._refusal: tuple[Draft, str] | None = None
        self._return_to: QWidget | None = None
        """Where the keys belong once what is being saved is shown again."""
        self.fields = LimitFields()
        self.fields.touched.connect(self._touched)
        self._build()
        self.show_row(None, {}, UnitSystem.METRIC)

    def _build(self) -> None:
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.origin = QLabel()
        self.origin.setProperty("role", "muted")
        self.origin.setWordWrap(True)
        self.fares = QLabel()
        self.fares.setProperty("role", "warning")
        self.fares.setWordWrap(True)
        self.fares.setTextFormat(Qt.TextFormat.PlainText)
        self.fares.hide()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setAccessibleName("The limit read aloud")
        self.rights = QLabel()
        self.rights.setProperty("role", "muted")
        self.rights.setWordWrap(True)
        self.rights.hide()
        self.note = QLabel()
        self.note.setProperty("role", "help")
        self.note.setWordWrap(True)
        self.note.hide()
        self.wrong = QLabel()
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.fields)
        self.area = area
        self.save = QPushButton("Save")
        self.save.setToolTip("Keep what is typed (Ctrl+S)")
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(lambda _checked=False: self.keep())
        self.undo = QPushButton()
        self.undo.setAccessibleName("Undo")
        self.undo.setToolTip("Take back what was typed and not saved (Esc)")
        self.undo.clicked.connect(lambda _checked=False: self.take_back())
        self.service = QPushButton()
        self.service.clicked.connect(lambda _checked=False: self._ask_service())
        self.remove = QPushButton()
        self.remove.setAccessibleName("Remove own")
        self.remove.setToolTip("Remove the own limit: what stands below it holds again (Del)")
        self.remove.clicked.connect(lambda _checked=False: self.remove_wanted.emit())
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.save, 1)
        buttons.addWidget(self.undo)
        buttons.addWidget(self.service, 1)
        buttons.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.heading)
        layout.addWidget(self.origin)
        layout.addWidget(self.fares)
        layout.addWidget(self.sentence)
        layout.addWidget(self.rights)
        layout.addWidget(area, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.wrong)
        layout.addLayout(buttons)
        self._dress()
        theme_changed.connect(self._dress)

    def _dress(self) -> None:
        self.undo.setIcon(icon("undo"))
        self.remove.setIcon(icon("trash"))

    # What is shown

    def show_row(
        self,
        row: LimitRow | None,
        channels: Mapping[str, Channel],
        system: UnitSystem,
        *,
        new: bool = False,
        draft: Draft | None = None,
    ) -> None:
        """Show a limit, and a draft of it that was not saved; None for nothing."""
        self.row, self.new = row, new
        self._channels, self._system = channels, system
        self._refusal = None
        self.area.setVisible(row is not None)
        if row is None:
            self._first, self._read = None, Read(None)
            self.heading.setText("No limit is chosen")
            self.origin.setText("Choose one in the table, or make a new one.")
            self.sentence.clear()
            self._enable()
            self.drafted.emit(None)
            return
        self._first = draft_of(row.limit, self._unit(row.limit))
        self._showing = True
        self.fields.show_channels(channels)
        self.fields.show_draft(draft or self._first, new=new)
        self._showing = False
        if self._return_to is None:
            self.area.verticalScrollBar().setValue(0)
        self._bring()
        if self._return_to is not None and self.isVisible():
            self._return_to.setFocus()  # the button that had the focus is greyed now
        self._return_to = None

    def set_rights(self, sentence: str) -> None:
        """Make it read-only where `sentence` says who may edit; empty for one who may."""
        self.rights.setText(sentence)
        self.rights.setVisible(bool(sentence))
        self.fields.set_read_only(bool(sentence))
        self._enable()

    def show_fares(self, sentence: str) -> None:
        """Say why it is not watched now, in full; empty where it is."""
        if sentence != self.fares.text():
            self.fares.setText(sentence)
        self.fares.setVisible(bool(sentence))

    def show_note(self, sentence: str) -> None:
        """Say what is to be known of the limit, such as a channel that the car has not."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def show_refusal(self, sentence: str) -> None:
        """Say why it cannot be kept; it stays until something else is typed."""
        if self.row is not None:
            self._refusal = (self.draft, sentence)
        self._show_wrong()

    @property
    def draft(self) -> Draft:
        """What is typed now."""
        return self.fields.draft(self.row.limit if self.row is not None else _NOTHING)

    @property
    def unit(self) -> ShownUnit:
        """The unit that its numbers are typed in."""
        return self._shown_unit

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return self.row is not None and (self.new or self.draft != self._first)

    @property
    def limit(self) -> Limit | None:
        """The limit as it is typed, None where something is wrong with it."""
        return self._read.limit

    # What a person does

    def keep(self) -> None:
        """Have it saved; where something is wrong, go to the first field that says so."""
        if not self.save.isEnabled():
            return
        if self._read.limit is not None:
            focus = QApplication.focusWidget()
            typing = focus is not None and self.fields.isAncestorOf(focus)
            self._return_to = focus if typing else self.area
            self.save_wanted.emit(self._read.limit)
        else:
            self.fields.go_to_wrong()

    def take_back(self) -> None:
        """Show the limit as it is kept."""
        if self.row is not None and self._first is not None and not self.new:
            self._showing = True
            self.fields.show_draft(self._first, new=False)
            self._showing = False
            self._bring()

    def _ask_service(self) -> None:
        if self.row is not None:
            self.service_wanted.emit(not self.row.limit.in_service)

    # How it is done

    def _touched(self) -> None:
        if not self._showing and self.row is not None:
            self._bring()

    def _unit(self, limit: Limit) -> ShownUnit:
        row = self.row
        same = row is not None and limit.watches.strip() == row.limit.watches.strip()
        kept = row.unit if row is not None and same and limit.unit == row.limit.unit else ""
        return limit_unit(limit, kept, self._channels, self._system)

    def _bring(self) -> None:
        """Read what is typed, and show all that comes of it."""
        row = self.row
        if row is None:
            return
        self._read = read_draft(self.draft, self._unit, self._channels)
        limit = self._read.limit
        typed = limit or self.fields.typed(row.limit)
        self._shown_unit = unit = self._unit(typed)
        self.fields.show_unit(unit.symbol, expression=typed.watches not in self._channels)
        self.fields.show_errors(self._read.wrong)
        self._show_wrong()
        if limit is not None:
            self.sentence.setText(aloud(limit, unit, self._channels, self._system))
        else:
            self.sentence.setText("What is typed makes no limit yet: see the fields below.")
        name = typed.label or typed.key
        self.heading.setText(f"{name or 'New limit'}{' (not saved)' if self.dirty else ''}")
        self.origin.setText(self._origin(row, unit))
        self._enable()
        self.drafted.emit(limit)

    def _origin(self, row: LimitRow, unit: ShownUnit) -> str:
        if self.new:
            return "A new limit; nothing is watched before it is saved."
        if row.damaged:
            return "What is kept of it cannot be read: save it anew, or remove it."
        words = f"{ORIGIN_WORDS[row.origin]}".capitalize()
        if row.own and row.below is not None:
            below = row.below
            said = [
                f"{word} {number_words(value, unit, exact=True)}"
                for word, value in (("warning", below.warning), ("trip", below.trip))
                if value is not None
            ]
            words += f"; below it stands {', '.join(said)}"
        return f"{words}."

    def _show_wrong(self) -> None:
        sentence = self._read.wrong.get(WHOLE, "")
        if not sentence and self._refusal is not None and self.row is not None:
            draft, words = self._refusal
            sentence = words if draft == self.draft else ""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))

    def _enable(self) -> None:
        row, may = self.row, self.rights.isHidden()
        self.save.setVisible(row is not None)
        self.save.setEnabled(may and (self.dirty or (row is not None and row.damaged)))
        self.undo.setVisible(row is not None)
        self.undo.setEnabled(may and self.dirty and not self.new)
        shown = row is not None and not self.new
        self.service.setVisible(shown and row is not None and not row.damaged)
        self.service.setEnabled(may and not self.dirty)
        out = row is not None and not row.limit.in_service
        self.service.setText("Back in service" if out else "Out of service…")
        self.remove.setVisible(shown and row is not None and row.own)
        self.remove.setEnabled(may)
