"""Editors for the types of a pydantic model: what is typed goes out, words or values come in."""

import types
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.errors import CarTechError
from cartech_desk.ui.theme.tokens import Size, Space

_NARROW = 140
_WIDE = 380
_ABBREVIATIONS = {
    "eec": "EEC",
    "din": "DIN",
    "hp": "hp",
    "iso1585": "ISO 1585",
    "iso_diesel": "ISO diesel",
    "jis": "JIS",
    "kW": "kW",
    "lpg": "LPG",
    "r85": "ECE R85",
    "sae": "SAE",
    "sae2004": "SAE 2004",
    "starttls": "STARTTLS",
    "std": "STD",
    "tls": "TLS",
}
"""Options that are no words."""


class Unreadable(ValueError):
    """What was typed is no value of the type; the message says so in words."""


class Editor(QWidget):
    """The contract: `committed` when a person has finished, `value()` and `show_value()`."""

    committed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.S)
        self._row.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def value(self) -> Any:
        """Return what stands in the editor; Unreadable where it is no value."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value without a `committed`."""
        raise NotImplementedError

    def _hold(self, widget: QWidget) -> None:
        self._row.addWidget(widget)
        self.setFocusProxy(widget)


class YesNo(Editor):
    """A tick for bool."""

    def __init__(self) -> None:
        super().__init__()
        self.box = QCheckBox("on")
        self.box.clicked.connect(self.committed)
        self._hold(self.box)

    def value(self) -> bool:
        """Return whether it is ticked."""
        return self.box.isChecked()

    def show_value(self, value: Any) -> None:
        """Tick, or not."""
        self.box.setChecked(bool(value))


class _CalmCombo(QComboBox):
    """Lets the page scroll: the wheel changes nothing by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Choice(Editor):
    """A drop-down for Literal and Enum."""

    def __init__(self, options: tuple[Any, ...]) -> None:
        super().__init__()
        self.combo = _CalmCombo()
        self.combo.setMinimumWidth(_NARROW)
        for option in options:
            words = str(option.value if isinstance(option, Enum) else option)
            self.combo.addItem(_said(words), option)
        self.combo.activated.connect(lambda _index: self.committed.emit())
        self._hold(self.combo)

    def value(self) -> Any:
        """Return the chosen option."""
        return self.combo.currentData()

    def show_value(self, value: Any) -> None:
        """Choose this option."""
        for index in range(self.combo.count()):
            if self.combo.itemData(index) == value:
                self.combo.setCurrentIndex(index)


def _said(option: str) -> str:
    """Return an option as people read it: abbreviations as they are written, else a word."""
    usual = option[:1].upper() + option[1:].replace("_", " ")
    return _ABBREVIATIONS.get(option, usual)


class Line(Editor):
    """A line of text; the base of numbers and paths. `committed` on Enter and on leaving it."""

    def __init__(self, width: int = _WIDE, *, optional: bool = False) -> None:
        super().__init__()
        self.optional = optional
        self._committed_text = ""
        self.line = QLineEdit()
        self.line.setMinimumWidth(width)
        self.line.editingFinished.connect(self._finished)
        self._hold(self.line)

    def _finished(self) -> None:
        if self.line.text() != self._committed_text:
            self._committed_text = self.line.text()
            self.committed.emit()

    def value(self) -> Any:
        """Return the text; None where it is empty and may be."""
        text = self.line.text().strip()
        return None if self.optional and not text else text

    def show_value(self, value: Any) -> None:
        """Show a text."""
        self._committed_text = "" if value is None else str(value)
        self.line.setText(self._committed_text)


class Number(Line):
    """A number in the locale's writing; a point is understood everywhere."""

    def __init__(self, kind: type, *, optional: bool = False) -> None:
        super().__init__(_NARROW, optional=optional)
        self.line.setMaximumWidth(_NARROW)
        self._kind = kind

    def value(self) -> Any:
        """Return the number; Unreadable where none is written."""
        text = self.line.text().strip()
        if self.optional and not text:
            return None
        number, good = QLocale().toDouble(text)
        if not good:
            number, good = QLocale.c().toDouble(text)
        if not good:
            raise Unreadable("Give a number here." if not text else f"“{text}” is no number.")
        if self._kind is int:
            if number != int(number):
                raise Unreadable("Give a whole number.")
            return int(number)
        return number

    def show_value(self, value: Any) -> None:
        """Show a number without needless zeros."""
        if value is None or self._kind is int:
            super().show_value(value)
        else:
            super().show_value(QLocale().toString(float(value), "g", 10))


class PathLine(Line):
    """A path, typed or picked."""

    def __init__(self, *, optional: bool = False, folder: bool = False) -> None:
        super().__init__(optional=optional)
        self._folder = folder
        pick = QPushButton("Browse …")
        pick.clicked.connect(self._pick)
        self._row.addWidget(pick)

    def _pick(self) -> None:
        here = self.line.text()
        if self._folder:
            chosen = QFileDialog.getExistingDirectory(self, "Choose a folder", here)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, "Choose a file", here)
        if chosen:
            self.line.setText(chosen)
            self._finished()

    def value(self) -> Any:
        """Return the path; Unreadable where none is given."""
        text = super().value()
        if text == "":
            raise Unreadable("Give a path, or choose one with Browse.")
        return None if text is None else Path(text)


class Entries(Editor):
    """A list of texts or paths."""

    def __init__(self, convert: Callable[[str], Any], *, paths: bool) -> None:
        super().__init__()
        self._convert = convert
        self._paths = paths
        self.list = QListWidget()
        self.list.setMinimumWidth(_WIDE)
        self.list.setFixedHeight(3 * Size.CONTROL)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._hold(self.list)
        add = QPushButton("Add …" if paths else "Add")
        add.clicked.connect(self._add)
        self.remove = QPushButton("Remove")
        self.remove.setEnabled(False)
        self.remove.clicked.connect(self._remove)
        self.list.itemSelectionChanged.connect(
            lambda: self.remove.setEnabled(bool(self.list.selectedItems()))
        )
        column = QVBoxLayout()
        column.addWidget(add)
        column.addWidget(self.remove)
        column.addStretch(1)
        self._row.addLayout(column)

    def _add(self) -> None:
        if self._paths:
            chosen, _ = QFileDialog.getOpenFileNames(self, "Choose files")
            self.add(*chosen)
        else:
            self.list.addItem("")
            self.list.editItem(self.list.item(self.list.count() - 1))

    def add(self, *texts: str) -> None:
        """Add entries as a person would."""
        if texts:
            self.list.addItems(list(texts))
            self.committed.emit()

    def _remove(self) -> None:
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))
        self.committed.emit()

    def value(self) -> list[Any]:
        """Return all entries."""
        return [self._convert(self.list.item(row).text()) for row in range(self.list.count())]

    def show_value(self, value: Any) -> None:
        """Show entries."""
        self.list.clear()
        self.list.addItems([str(each) for each in value])


class _TextArea(QPlainTextEdit):
    """Says when it is left; Tab leaves it."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:  # its own menu is no leaving
            self.left.emit()


class Records(Editor):
    """A list of records, one a line, for types that read and write themselves as lines."""

    def __init__(self, kind: type) -> None:
        super().__init__()
        self._kind = kind
        self._committed_text = ""
        self.area = _TextArea()
        self.area.setMinimumWidth(_WIDE)
        self.area.setFixedHeight(4 * Size.CONTROL)
        self.area.left.connect(self._finished)
        self._hold(self.area)

    def _finished(self) -> None:
        if self.area.toPlainText() != self._committed_text:
            self._committed_text = self.area.toPlainText()
            self.committed.emit()

    def value(self) -> list[Any]:
        """Return the records; Unreadable where a line is none."""
        try:
            return list(self._kind.read_lines(self.area.toPlainText()))
        except CarTechError as error:
            raise Unreadable(error.message) from error

    def show_value(self, value: Any) -> None:
        """Show one record a line."""
        text = "\n".join(str(each) for each in value)
        self._committed_text = text
        if text != self.area.toPlainText():  # the cursor stays where nothing changes
            self.area.setPlainText(text)


class InTheFile(Editor):
    """What no editor knows: shown, and changed in the settings file."""

    def __init__(self) -> None:
        super().__init__()
        self._value: Any = None
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self._hold(self.words)

    def value(self) -> Any:
        """Return the value as it was."""
        return self._value

    def show_value(self, value: Any) -> None:
        """Show it as text."""
        self._value = value
        self.words.setText(f"{value}  (change this in the settings file)")


def editor_for(annotation: Any) -> Editor:
    """Return an editor for a type: bool, int, float, str, Literal, Enum, Path, lists, Optional.

    A list of records is edited as lines where their class has `read_lines(text)`.
    """
    optional = False
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [each for each in get_args(annotation) if each is not types.NoneType]
        optional = len(inner) < len(get_args(annotation))
        if len(inner) != 1:
            return InTheFile()
        annotation = inner[0]
    origin = get_origin(annotation)
    if origin is Literal:
        return Choice(get_args(annotation))
    if origin in (list, tuple) and get_args(annotation)[:1] in ((str,), (Path,)):
        kind = get_args(annotation)[0]
        return Entries(kind, paths=kind is Path)
    if origin is list and hasattr(get_args(annotation)[0], "read_lines"):
        return Records(get_args(annotation)[0])
    if not isinstance(annotation, type):
        return InTheFile()
    if issubclass(annotation, bool):
        return YesNo()
    if issubclass(annotation, Enum):
        return Choice(tuple(annotation))
    if issubclass(annotation, int | float):
        return Number(int if issubclass(annotation, int) else float, optional=optional)
    if issubclass(annotation, Path):
        return PathLine(optional=optional)
    return Line(optional=optional) if issubclass(annotation, str) else InTheFile()
