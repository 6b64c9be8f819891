"""What the window remembers: where it stood, which page was open, whether the rail was pinned."""

from dataclasses import asdict, dataclass
from typing import Any

from PySide6.QtCore import QByteArray

from cartech_desk.domain.errors import CarTechError
from cartech_desk.store.layouts import LayoutStore

_KIND = "window"
_NAME = "main"
_SIDES = 4
_WIDEST = 200
"""Beyond, it is no frame [px]."""


@dataclass(frozen=True, slots=True)
class WindowMemory:
    """One document of kind "window"; `geometry` is Qt's own form in base 64.

    `frame` is what the system put around the window: left, top, right, bottom [px].
    """

    geometry: str = ""
    page: str = ""
    pinned: bool = False
    frame: tuple[int, ...] = ()

    def geometry_bytes(self) -> QByteArray:
        """Return what `QWidget.restoreGeometry` takes."""
        return QByteArray.fromBase64(self.geometry.encode())


def load_memory(layouts: LayoutStore) -> WindowMemory:
    """Return what is remembered; what cannot be read is as if it had never been."""
    try:
        document: dict[str, Any] = layouts.load(_KIND, _NAME) or {}
    except CarTechError:
        return WindowMemory()
    return WindowMemory(
        geometry=_typed(document.get("geometry"), ""),
        page=_typed(document.get("page"), ""),
        pinned=_typed(document.get("pinned"), False),
        frame=_frame(document.get("frame")),
    )


def save_memory(layouts: LayoutStore, memory: WindowMemory) -> None:
    """Keep it; CarTechError where the database refuses."""
    layouts.save(_KIND, _NAME, asdict(memory))


def _frame(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) != _SIDES:
        return ()
    good = all(type(each) is int and 0 <= each <= _WIDEST for each in value)
    return tuple(value) if good else ()


def _typed(value: object, default: Any) -> Any:
    return value if isinstance(value, type(default)) else default
