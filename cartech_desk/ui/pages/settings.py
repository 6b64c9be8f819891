"""Settings: made from the settings model alone, so that no setting can be forgotten here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.office import guarded_settings
from cartech_desk.ui.acts import Acts
from cartech_desk.ui.background import in_background
from cartech_desk.ui.desk import DeskParts
from cartech_desk.ui.models.setting_words import (
    default_of,
    group_of,
    number_words,
    range_words,
    refusal_words,
    unit_of,
)
from cartech_desk.ui.pages.page import Page, PageAction
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Size, Space
from cartech_desk.ui.widgets.editors import Editor, Unreadable, editor_for
from cartech_desk.ui.widgets.field import Field
from cartech_desk.ui.widgets.mail_password import MailPassword

_IN_FORCE = dict.fromkeys(("acquisition", "car", "channels"), "In force from the next connection.")
"""When the settings of a section act; all others act at once."""
MAIL = "mail"
_AT_ONCE = 12
"""So many settings fill the tallest screen; the sections after them are made once it is painted."""
_LAID_OUT_MS = 500
"""So long after it was opened a page may still be laid out anew."""


@dataclass(slots=True)
class _Row:
    """One setting on the screen."""

    section: str
    name: str
    info: FieldInfo
    field: Field
    editor: Editor
    reset: QToolButton
    words: str
    group: str
    """What it is shown together with, where one of them is found."""
    default: Any


class SettingsPage(Page):
    """Every change is checked, kept and in force as soon as the field is left."""

    key = "settings"

    def __init__(self, desk: DeskParts, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(desk, acts, parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search settings")
        self.search.setAccessibleName("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(Size.RAIL_PINNED + Size.RAIL)
        self.search.textChanged.connect(self._filter)
        self.add_to_header(self.search)
        self.who_may: dict[str, QLabel] = {}
        """What each guarded section says to whoever may not change it."""
        self.mail_password = MailPassword(desk.office, acts)
        self._to_make: list[tuple[str, str, dict[str, FieldInfo]]] = []
        """Name, title and fields of the sections that are not made yet."""
        self._rows: list[_Row] = []
        self._sections: list[tuple[QFrame, list[_Row]]] = []
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, Space.M, 0)
        column.setSpacing(Space.L)
        self._column = column
        self._begin()
        self.nothing = QLabel("No setting of this name. Clear the search to see them all.")
        self.nothing.setProperty("role", "muted")
        self.nothing.hide()
        column.addWidget(self.nothing)
        place = QLabel(f"Kept in {desk.settings.path}")
        place.setProperty("role", "help")
        place.setWordWrap(True)
        column.addWidget(place)
        column.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setMaximumWidth(Size.FORM_WIDTH)
        self.scroll.setWidget(inner)
        self._sought: _Row | None = None
        self.scroll.verticalScrollBar().rangeChanged.connect(lambda *_: self._go_there())
        self.body.addWidget(self.scroll, 1)
        acts.settings_changed.connect(self._show_all)
        acts.operator_changed.connect(lambda _now: self._show_rights())
        theme_changed.connect(self._tint)

    # What stands where

    def _begin(self) -> None:
        """Make what fills the screen; the rest follows a section at a time."""
        loose: dict[str, FieldInfo] = {}
        for name, info in type(self.desk.settings.values).model_fields.items():
            if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
                title = info.title or name.capitalize()
                self._to_make.append((name, title, info.annotation.model_fields))
            else:
                loose[name] = info
        if loose:
            self._to_make.append(("", "General", loose))
        while self._to_make and len(self._rows) < _AT_ONCE:
            self._make_section(*self._to_make.pop(0))
        QTimer.singleShot(0, self, self._make_next)

    def _make_next(self) -> None:
        if self._to_make:
            self._make_section(*self._to_make.pop(0))
            QTimer.singleShot(0, self, self._make_next)

    def complete(self) -> None:
        """Make all sections now: something is sought in them."""
        while self._to_make:
            self._make_section(*self._to_make.pop(0))

    def _make_section(self, section: str, title: str, fields: dict[str, FieldInfo]) -> None:
        card = QFrame()
        card.setProperty("card", "true")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(Space.L, Space.M, Space.L, Space.L)
        inside.setSpacing(Space.L)
        head = QLabel(title)
        head.setProperty("role", "title")
        inside.addWidget(head)
        when = _IN_FORCE.get(section)
        if when is not None:
            words = QLabel(when)
            words.setProperty("role", "muted")
            inside.addWidget(words)
        if section in guarded_settings.GUARDS:
            said = QLabel(guarded_settings.who_may(section))
            said.setProperty("role", "muted")
            said.setWordWrap(True)
            said.hide()
            self.who_may[section] = said
            inside.addWidget(said)
        rows = []
        for name, info in fields.items():
            row = self._build_row(section, title, name, info)
            rows.append(row)
            inside.addWidget(row.field)
        if section == MAIL:
            inside.addWidget(self.mail_password)
        self._rows.extend(rows)
        self._sections.append((card, rows))
        for row in rows:
            self._show(row)
        self._tint(rows)
        self._show_rights_in(section, rows)
        self._column.insertWidget(len(self._sections) - 1, card)
        card.show()  # at once, so that what is sought in it can have the focus

    def _build_row(self, section: str, title: str, name: str, info: FieldInfo) -> _Row:
        editor = editor_for(info.annotation)
        label = info.title or name.replace("_", " ").capitalize()
        unit = unit_of(info)
        limits = range_words(info)
        field = Field(
            label,
            editor,
            unit=unit,
            range_words=f"({limits})" if limits else "",
            help_words=info.description or "",
        )
        reset = QToolButton()
        reset.setProperty("role", "quiet")
        reset.setAccessibleName(f"Set {label} back to its default")
        default = default_of(info)
        reset.setToolTip(f"Back to the default: {self._default_words(info, default)}")
        field.beside.insertWidget(field.beside.count() - 3, reset)
        group = group_of(info)
        words = f"{title} {label} {info.description or ''} {name} {unit} {group}".lower()
        row = _Row(section, name, info, field, editor, reset, words, group, default)
        editor.committed.connect(lambda: self._commit(row))
        reset.clicked.connect(lambda _checked=False: self._reset(row))
        return row

    @staticmethod
    def _default_words(info: FieldInfo, default: Any) -> str:
        if default in ([], (), "", None):
            return "none"
        if isinstance(default, bool):
            return "on" if default else "off"
        words = number_words(default) if isinstance(default, float) else default
        return f"{words} {unit_of(info)}".strip()

    def _tint(self, rows: Sequence[_Row] | None = None) -> None:
        for row in self._rows if rows is None else rows:
            row.reset.setIcon(icon("reset", "muted"))

    # Values

    def _holder(self, row: _Row) -> BaseModel:
        values = self.desk.settings.values
        return getattr(values, row.section) if row.section else values

    def _show_all(self) -> None:
        for row in self._rows:
            # What somebody is still typing, or has typed wrong, stays until it is mended.
            if not row.field.error:
                self._show(row)

    def _show(self, row: _Row) -> None:
        value = getattr(self._holder(row), row.name)
        row.editor.show_value(value)
        row.field.show_error("")
        resets = row.default is not PydanticUndefined and value != row.default
        row.reset.setEnabled(resets and self._may(row))

    def _may(self, row: _Row) -> bool:
        return guarded_settings.may_change(row.section, self.acts.actor)

    def _show_rights(self) -> None:
        """Grey what whoever is signed in may not change."""
        for _card, rows in self._sections:
            self._show_rights_in(rows[0].section, rows)

    def _show_rights_in(self, section: str, rows: Sequence[_Row]) -> None:
        if section not in guarded_settings.GUARDS:
            return
        may = guarded_settings.may_change(section, self.acts.actor)
        for row in rows:
            row.editor.setEnabled(may)
            if not row.field.error:
                self._show(row)
        self.who_may[section].setVisible(not may)
        if section == MAIL:
            self.mail_password.show_rights(may=may)

    def _commit(self, row: _Row) -> None:
        try:
            value = row.editor.value()
        except Unreadable as error:
            self._refuse(row, str(error))
            return
        self._put(row, value)

    @staticmethod
    def _refuse(row: _Row, sentence: str) -> None:
        row.field.show_error(sentence)
        row.reset.setEnabled(row.default is not PydanticUndefined)

    def _reset(self, row: _Row) -> None:
        self._put(row, row.default)

    def _put(self, row: _Row, value: Any) -> None:
        before = getattr(self._holder(row), row.name)
        if value == before:
            self._show(row)
        elif row.section in guarded_settings.GUARDS:
            self._put_on_record(row, before, value)
        else:
            self._keep(row, value)

    def _put_on_record(self, row: _Row, before: Any, value: Any) -> None:
        """Keep a setting of a guarded section: first its intent is recorded, then the result."""
        store, by = self.desk.store, self.acts.actor
        section, name = row.section, row.name
        holder = self._checked(row, value)
        if holder is None:
            return
        checked = getattr(holder, name)
        if checked == before:
            self._show(row)
            return

        def intend() -> int:
            return guarded_settings.intend(store, by, section, {name: before}, {name: checked})

        def intended(number: int) -> None:
            problem = self._keep(row, value)
            in_background(
                lambda: guarded_settings.ended(store, number, problem),
                self,
                lambda _done: None,
                self.acts.tell,
            )

        def refused(error: BaseException) -> None:
            self._show(row)
            self.acts.tell(error)

        in_background(intend, self, intended, refused)

    def _checked(self, row: _Row, value: Any) -> Any:
        """Return the section with this value in it; None where it is refused, beside the field."""
        holder = self._holder(row)
        changed = holder.model_copy(deep=True)
        try:
            return type(holder).__pydantic_validator__.validate_assignment(changed, row.name, value)
        except ValidationError as error:
            self._refuse(row, refusal_words(error, row.info))
            return None

    def _keep(self, row: _Row, value: Any) -> str:
        """Put a value in force and keep it; returns what kept it from that, empty for nothing."""
        values, checked = self.desk.settings.values, self._checked(row, value)
        if checked is None:
            return row.field.error
        new = values.model_copy(update={row.section: checked}) if row.section else checked
        try:
            self.desk.settings.save(new)
        except CarTechError as error:
            self._show(row)
            row.field.show_error(error.happened)
            self.acts.tell(error)
            return error.happened
        self._show(row)
        self.acts.settings_changed.emit()
        return ""

    # Finding

    def _filter(self, typed: str) -> None:
        self.complete()
        words = typed.lower().split()
        any_shown = False
        for card, rows in self._sections:
            found = [row for row in rows if all(word in row.words for word in words)]
            groups = {row.group for row in found} - {""}
            shown = [row for row in rows if row in found or row.group in groups]
            for row in rows:
                row.field.setVisible(row in shown)
            card.setVisible(bool(shown))
            any_shown = any_shown or bool(shown)
        self.nothing.setVisible(not any_shown)

    def row(self, name: str) -> _Row:
        """Return the row of a setting by its name; KeyError where there is none."""
        self.complete()
        for row in self._rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def shown(self, what: object = None) -> None:
        """Go to the setting named by `what`."""
        if not isinstance(what, str):
            return
        self.complete()
        if what in {row.name for row in self._rows}:
            self.search.clear()
            row = self.row(what)
            row.editor.setFocus()
            self._sought = row
            QTimer.singleShot(0, row.field, self._go_there)
            QTimer.singleShot(_LAID_OUT_MS, row.field, self._arrived)

    def _go_there(self) -> None:
        """Bring the row that is sought into sight: again and again while the page is laid out."""
        if self._sought is not None:
            self.scroll.ensureWidgetVisible(self._sought.field)

    def _arrived(self) -> None:
        self._sought = None

    def actions(self) -> tuple[PageAction, ...]:
        """Return the search."""
        return (PageAction("Search settings", self.search.setFocus, "Ctrl+F", "find"),)
