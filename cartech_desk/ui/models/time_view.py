"""The one time axis that all charts of a page share, and the one cursor across them."""

from typing import Final

from PySide6.QtCore import QObject, Signal

MINIMUM_SPAN_NS: Final = 50_000_000


class TimeView(QObject):
    """What stretch of time is shown, and where the cursor stands; nanoseconds throughout.

    Following means that the right edge stays at the newest instant, `last_ns` of the bounds. While
    following, the cursor keeps its distance from that edge, so that it stays under the pointer.
    """

    moved = Signal()
    """Another stretch is shown (not emitted by the clock while following)."""
    cursor_moved = Signal()
    followed = Signal(bool)
    """Following began or ended."""

    def __init__(
        self,
        span_ns: int,
        *,
        longest_ns: int,
        following: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.longest_ns = longest_ns
        self.following = following
        self.hover = True
        """Whether pointing alone moves the cursor; a press always does."""
        self.cursor_stays = False
        """Whether the cursor stays where it was when the pointer leaves the charts."""
        self.first_ns = 0
        self.last_ns = 0
        self._span_ns = min(max(span_ns, MINIMUM_SPAN_NS), longest_ns)
        self._right_ns = 0
        self._cursor_ns: int | None = None
        self._cursor_back_ns: int | None = None

    @property
    def span_ns(self) -> int:
        """Length of the stretch shown."""
        return self._span_ns

    @property
    def right_ns(self) -> int:
        """Right edge of the view."""
        return self.last_ns if self.following else self._right_ns

    @property
    def left_ns(self) -> int:
        """Left edge of the view."""
        return self.right_ns - self._span_ns

    @property
    def cursor_ns(self) -> int | None:
        """Where the cursor stands; None while there is none."""
        if self._cursor_back_ns is not None and self.following:
            return self.right_ns - self._cursor_back_ns
        return self._cursor_ns

    def set_bounds(self, first_ns: int, last_ns: int) -> None:
        """Say from when to when there is anything to see; called at every tick of the clock."""
        self.first_ns = first_ns
        self.last_ns = last_ns

    def show(self, left_ns: int, right_ns: int) -> None:
        """Show a stretch of time, kept within the bounds; following ends."""
        self._show(right_ns, right_ns - left_ns, following=False)

    def zoom(self, factor: float, at_ns: int) -> None:
        """Make the stretch `factor` times as long; `at_ns` stays where it is on the screen.

        While following, the right edge is what stays.
        """
        span = int(min(max(self._span_ns * factor, MINIMUM_SPAN_NS), self.longest_ns))
        if self.following:
            self._show(self.last_ns, span, following=True)
            return
        share = (self.right_ns - at_ns) / self._span_ns
        self._show(at_ns + int(share * span), span, following=False)

    def pan(self, by_ns: int) -> None:
        """Move the view to later times; following ends."""
        self._show(self.right_ns + by_ns, self._span_ns, following=False)

    def hold(self) -> None:
        """Stop following where the view stands now."""
        self._show(self.right_ns, self._span_ns, following=False)

    def follow(self) -> None:
        """Follow the newest instant again; a cursor that does not stay goes with the past."""
        if not self.cursor_stays:
            self.set_cursor(None)
        self._show(self.last_ns, self._span_ns, following=True)

    def set_cursor(self, at_ns: int | None) -> None:
        """Put the cursor at an instant, or take it away."""
        self._cursor_ns = at_ns
        self._cursor_back_ns = None if at_ns is None else self.right_ns - at_ns
        self.cursor_moved.emit()

    def _show(self, right_ns: int, span_ns: int, *, following: bool) -> None:
        cursor = self.cursor_ns
        span = int(min(max(span_ns, MINIMUM_SPAN_NS), self.longest_ns))
        right = min(max(right_ns, self.first_ns + span), max(self.last_ns, self.first_ns + span))
        changed = following != self.following
        self.following, self._span_ns, self._right_ns = following, span, right
        if cursor is not None:
            self._cursor_ns = cursor
            self._cursor_back_ns = self.right_ns - cursor
        if changed:
            self.followed.emit(following)
        self.moved.emit()
