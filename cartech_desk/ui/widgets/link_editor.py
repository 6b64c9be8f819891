"""The link editor: what a device's bytes mean, beside the bytes themselves."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.dyno.link_document import read_definition
from cartech_desk.domain.errors import CarTechError
from cartech_desk.hardware.dyno.definition_files import DefinitionFiles, templates
from cartech_desk.ui.models.link_draft import definition_of, draft_of
from cartech_desk.ui.theme.states import State
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.draft_fields import CalmCombo
from cartech_desk.ui.widgets.lamp import LampMark
from cartech_desk.ui.widgets.link_fields import LinkFields
from cartech_desk.ui.widgets.link_wire import LinkWire
from cartech_desk.ui.widgets.split import Split

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartech_desk.domain.dyno.link_definition import LinkDefinition

_SIZE: Final = (1300, 700)
_HALVES: Final = (780, 490)
_TEMPLATE: Final = "template:"
_UNVERIFIED: Final = "It can be used, but is unverified: nobody has checked it on the device yet."


class LinkEditor(QDialog):
    """Edits the shop's link definitions in `folder`; a press on Use asks for their address.

    `ask_key` asks under which name one is kept; replaceable where nobody can be asked.
    """

    link_wanted = Signal(str)
    """The address of a source: `link:NAME@PORT`."""

    def __init__(
        self,
        folder: Path,
        begin_with: str = "",
        parent: QWidget | None = None,
        *,
        files: DefinitionFiles | None = None,
    ) -> None:
        """`files` keeps the definitions of the folder where that is to leave a trace."""
        super().__init__(parent)
        self.setWindowTitle("Links that the shop defined")
        self.setProperty("bay", True)
        self.resize(*_SIZE)
        self._files = DefinitionFiles(folder) if files is None else files
        self._key = ""
        self.definition: LinkDefinition | None = None
        self.ask_key: Callable[[str], str] = self._ask_key

        self.choice = CalmCombo()
        self.choice.setAccessibleName("Definition")
        self.choice.setMinimumWidth(280)
        self.choice.activated.connect(lambda _index: self.edit(str(self.choice.currentData())))
        self.remove_button = QPushButton("Remove")
        self.remove_button.clicked.connect(self.remove)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(QLabel("Definition"))
        head.addWidget(self.choice)
        head.addWidget(self.remove_button)
        head.addStretch(1)

        self.fields = LinkFields()
        self.fields.touched.connect(self._typed)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.fields)
        self.wire = LinkWire()
        split = Split(Qt.Orientation.Horizontal)
        split.addWidget(scroll)
        split.addWidget(self.wire)
        split.setSizes(_HALVES)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(Space.M)

        self._mark = LampMark(State.OFF)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.save_button = QPushButton("Save")
        self.save_button.setProperty("role", "primary")
        self.save_button.clicked.connect(self.save)
        self.use_button = QPushButton("Connect it")
        self.use_button.clicked.connect(self.use)
        self.leave_button = QPushButton("Close  Esc")
        self.leave_button.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self._mark)
        foot.addWidget(self.state, 1)
        for button in (self.leave_button, self.use_button, self.save_button):
            foot.addWidget(button)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self.save_button.setDefault(True)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addLayout(head)
        layout.addWidget(split, 1)
        layout.addLayout(foot)
        self._list()
        self.edit(begin_with or next(iter(self._files.keys()), f"{_TEMPLATE}text_lines"))

    def edit(self, key: str) -> None:
        """Edit one that is kept here, or begin with `template:NAME`."""
        try:
            if key.startswith(_TEMPLATE):
                definition = read_definition(templates()[key.removeprefix(_TEMPLATE)])
                self._key = ""
            else:
                definition = self._files.load(key)
                self._key = key
        except CarTechError as error:
            self._tell(State.WARNING, error.message)
            return
        self.choice.setCurrentIndex(self.choice.findData(key))
        self.remove_button.setEnabled(bool(self._key))
        self.fields.show_draft(draft_of(definition))
        self._typed()

    def save(self) -> bool:
        """Keep what is typed, under its name or one that is asked for."""
        definition = self.definition
        if definition is None:
            return False
        key = self._key or self.ask_key(definition.name)
        if not key:
            return False
        try:
            path = self._files.save(key, definition)
        except CarTechError as error:
            self._tell(State.WARNING, error.message)
            return False
        self._key = key
        self._list()
        self.choice.setCurrentIndex(self.choice.findData(key))
        self.remove_button.setEnabled(True)
        self._tell(State.CONNECTED, f"Kept as {path.name}.")
        return True

    def remove(self) -> None:
        """Forget the definition that is open; its texts stay in the form and can be saved again."""
        if not self._key:
            return
        try:
            self._files.remove(self._key)
        except CarTechError as error:
            self._tell(State.WARNING, error.message)
            return
        gone, self._key = self._key, ""
        self._list()
        self.remove_button.setEnabled(False)
        self._tell(State.OFF, f"“{gone}” is removed. Save brings it back.")

    def use(self) -> None:
        """Save and ask for this link to be taken onto the bench."""
        port = self.wire.port.text().strip()
        if not port:
            self.wire.port_field.show_error("Name the port that the device is at.")
            return
        if self.save():
            self.wire.stop()
            self.link_wanted.emit(f"link:{self._key}@{port}")
            self.accept()

    def done(self, result: int) -> None:
        """Let the port go before the dialog closes."""
        self.wire.stop()
        super().done(result)

    def _list(self) -> None:
        self.choice.clear()
        for key in self._files.keys():  # noqa: SIM118 - no mapping
            self.choice.addItem(key, key)
        for key in templates():
            self.choice.addItem(f"New, from {key.replace('_', ' ')}", f"{_TEMPLATE}{key}")

    def _typed(self) -> None:
        try:
            self.definition = definition_of(self.fields.draft)
        except CarTechError as error:
            self.definition = None
            self._tell(State.WARNING, error.message)
        else:
            doubts = " ".join(self.definition.doubts)
            if self.definition.verified:
                self._tell(State.CONNECTED, f"It can be used. {doubts}".strip())
            else:
                self._tell(State.WARNING, f"{_UNVERIFIED} {doubts}".strip())
        self.save_button.setEnabled(self.definition is not None)
        self.use_button.setEnabled(self.definition is not None)
        self.wire.use(self.definition)

    def _tell(self, state: State, words: str) -> None:
        self._mark.show_state(state)
        self.state.setText(words)

    def _ask_key(self, name: str) -> str:
        usual = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.lower())[:40]
        key, taken = QInputDialog.getText(
            self, "Keep the definition", "Short name (a-z, 0-9, -, _)", text=usual.strip("_")
        )
        return key.strip() if taken else ""
