"""Being told to stop: Ctrl+C, SIGTERM, and Ctrl+Break on Windows."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_TERMINATE: Final[tuple[int, ...]] = tuple(
    int(getattr(signal, name)) for name in ("SIGTERM", "SIGBREAK") if hasattr(signal, name)
)
"""Windows has SIGBREAK alone that another process can send; others lack it."""


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """Yield an event that each way of telling sets; then bring the handlers of before back."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    with _handled((signal.SIGINT, *_TERMINATE), tell):
        yield told


@contextmanager
def like_ctrl_c() -> Iterator[None]:
    """Let whoever ends the process raise KeyboardInterrupt in it, so that all is closed first."""
    with _handled(_TERMINATE, signal.default_int_handler):
        yield


@contextmanager
def _handled(
    numbers: Sequence[int], handler: Callable[[int, FrameType | None], Any]
) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may have signal handlers
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
