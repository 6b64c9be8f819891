"""Photos and documents of a vehicle or a job: seen small, opened, added, taken away."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QPixmap,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cartech_desk.domain.vehicles.record import Attachment
from cartech_desk.ui.models.newest_only import NewestOnly
from cartech_desk.ui.models.vehicle_words import stamp
from cartech_desk.ui.theme.icons import icon
from cartech_desk.ui.theme.theme import theme_changed
from cartech_desk.ui.theme.tokens import Space
from cartech_desk.ui.widgets.record_tabs import button, plain_label, show_right
from cartech_desk.ui.words import plain_tip

PIXELS: Final = 160
_HIGH: Final = 120
_ROOM: Final = 40
_KINDS: Final = (
    "Photos and documents (*.jpg *.jpeg *.png *.webp *.gif *.tif *.tiff *.pdf *.txt);;All files (*)"
)
_PHOTO: Final = "photo"


class AttachmentList(QWidget):
    """Pictures in rows; files are dropped upon it or chosen.

    `thumbnail` gives a picture's bytes and runs outside the GUI thread. `ask_files` and
    `open_file` are replaceable where nobody can be asked.
    """

    added = Signal(list)
    """Files (`Path`) to be kept."""
    removed = Signal(object)
    """An Attachment to be taken away."""
    open_wanted = Signal(object)

    def __init__(
        self,
        thumbnail: Callable[[str, int], bytes],
        failed: Callable[[BaseException], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnail = thumbnail
        self._reading = NewestOnly(self, failed)
        self._pictures: dict[str, QPixmap] = {}
        self._why = ""
        self.attachments: tuple[Attachment, ...] = ()
        self.ask_files: Callable[[], Sequence[Path]] = self._ask_files
        self.add = button("Add photos or documents…", self.choose_files)
        self.open = button("Open", self.open_chosen, "Open it in the system's viewer (Enter)")
        self.remove = button("Take away", self.remove_chosen, "Take it away (Delete)")
        self.list = _Pictures(self.remove_chosen)
        self.list.setAccessibleName("Photos and documents")
        self.list.itemActivated.connect(lambda _item: self.open_chosen())
        self.list.itemSelectionChanged.connect(self._dress)
        self.nothing = plain_label("muted", "No photo and no document yet. Drop files here.")
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        for widget in (self.add, self.open, self.remove):
            bar.addWidget(widget)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(bar)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        self.setAcceptDrops(True)
        theme_changed.connect(self._redraw)
        self.show_all(())

    @property
    def busy(self) -> bool:
        """Whether pictures are being read."""
        return self._reading.busy

    def show_all(self, attachments: Sequence[Attachment]) -> None:
        """Show these, the newest first."""
        if self.attachments != tuple(attachments) or not attachments:
            self.attachments = tuple(attachments)
            self._redraw()
        self.list.setVisible(bool(attachments))
        self.nothing.setVisible(not attachments)
        self._read_next()

    def show_rights(self, why: str) -> None:
        """Let who may add and take away; `why` says why not."""
        self._why = why
        self._dress()

    def chosen(self) -> Attachment | None:
        """Return the chosen photo or document."""
        place = self.list.currentRow()
        chosen = bool(self.list.selectedItems()) and place < len(self.attachments)
        return self.attachments[place] if chosen else None

    def choose_files(self) -> None:
        """Ask for files to keep."""
        if not self._why:
            files = list(self.ask_files())
            if files:
                self.added.emit(files)

    def open_chosen(self) -> None:
        """Have the chosen one opened."""
        one = self.chosen()
        if one is not None:
            self.open_wanted.emit(one)

    def remove_chosen(self) -> None:
        """Have the chosen one taken away."""
        one = self.chosen()
        if one is not None and not self._why:
            self.removed.emit(one)

    def _ask_files(self) -> Sequence[Path]:
        names, _ = QFileDialog.getOpenFileNames(self, "Photos and documents", "", _KINDS)
        return [Path(name) for name in names]

    def _redraw(self) -> None:
        chosen = self.list.currentRow()
        self.list.clear()
        for one in self.attachments:
            item = QListWidgetItem(one.caption or one.name)
            when = f", {stamp(one.added)}" if one.added is not None else ""
            item.setToolTip(plain_tip(f"{one.name}, {_size(one.bytes)}{when}, {one.added_by}"))
            item.setIcon(self._icon(one))
            item.setSizeHint(QSize(PIXELS + Space.L, _HIGH + _ROOM))
            self.list.addItem(item)
        if self.attachments:
            self.list.setCurrentRow(max(0, min(chosen, len(self.attachments) - 1)))
        self._dress()

    def _icon(self, one: Attachment) -> QIcon:
        picture = self._pictures.get(one.sha256)
        if picture is not None and not picture.isNull():
            return QIcon(picture)
        return icon("search" if one.kind == _PHOTO else "recordings", "muted", PIXELS // 2)

    def _read_next(self) -> None:
        """Read one picture after the other: the first ones are seen while others come."""
        missing = [
            one
            for one in self.attachments
            if one.kind == _PHOTO and one.sha256 not in self._pictures
        ]
        if not missing:
            return
        one, thumbnail = missing[0], self._thumbnail

        def read(found: bytes) -> None:
            picture = QPixmap()
            picture.loadFromData(found)
            self._pictures[one.sha256] = picture
            self._redraw()
            self._read_next()

        self._reading.ask(lambda: thumbnail(one.id, PIXELS), read)

    def _dress(self) -> None:
        one = self.chosen()
        nothing = "" if one is not None else "Choose one first."
        show_right(self.add, self._why, "Keep photos or documents with it; or drop them here")
        show_right(self.open, nothing, "Open it in the system's viewer (Enter)")
        show_right(self.remove, self._why or nothing, "Take it away (Delete)")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files of this machine."""
        if not self._why and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Keep the files that were dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.added.emit(files)


class _Pictures(QListWidget):
    """Pictures in rows; Delete takes one away."""

    def __init__(self, remove: Callable[[], None]) -> None:
        super().__init__()
        self._remove = remove
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(PIXELS, _HIGH))
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSpacing(Space.XS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the chosen one away by Delete."""
        if event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)


def open_in_viewer(path: Path) -> bool:
    """Open a file in the system's viewer; False where there is none."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
