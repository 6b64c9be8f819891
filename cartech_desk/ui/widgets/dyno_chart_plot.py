"""The drawing of the dyno charts: panes one above another on one axis, upon one canvas."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtWidgets import QWidget

from cartech_desk.ui.models.dyno_picture import Pane, PeakSaid
from cartech_desk.ui.models.dyno_shown import ShownRun
from cartech_desk.ui.models.equal_scales import NumberedScale, PairedScale
from cartech_desk.ui.models.value_scale import in_words, round_step
from cartech_desk.ui.theme.theme import tokens
from cartech_desk.ui.theme.tokens import Space, Type
from cartech_desk.ui.widgets.plot.canvas import Canvas
from cartech_desk.ui.widgets.plot.curve_pane import CurvePane
from cartech_desk.ui.widgets.plot.measures import AXIS_WIDTH, LEGEND_HEIGHT
from cartech_desk.ui.widgets.plot.said import (
    SAMPLE_ROOM,
    CursorLine,
    Said,
    SaidWords,
    words_cut,
    words_height,
    words_width,
)
from cartech_desk.ui.widgets.plot.value_axis import ValueAxis

_HEADING: Final = 20
_BELOW: Final = 38
_MAIN_SHARE: Final = 4.0
_TICK_ROOM: Final = 76
_MOST_TICKS: Final = 8
_BESIDE: Final = 6
_TRIES: Final = 2
_NEAR: Final = 96
_NAMED_AT_LEAST: Final = 3
"""So many names of runs share the room above the panes; a longer one is cut."""
_RIGHT: Final = Qt.AlignmentFlag.AlignRight
_CENTER: Final = Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True, slots=True)
class AxisSaid:
    """The axis below: where it reaches, in canonical units, and how it is told.

    Without a title there is nothing to be read: no numbers stand at the scales either.
    """

    left: float
    right: float
    factor: float
    title: str
    symbol: str
    decimals: int

    def ticks(self, width: int) -> tuple[tuple[float, str], ...]:
        """Return places [canonical] with their words, about as many as have room."""
        low, high = self.left * self.factor, self.right * self.factor
        step = round_step(high - low, max(2, width // _TICK_ROOM))
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        if round(step * 10**decimals) != round(step * 10**decimals, 6):
            decimals += 1
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        return tuple(
            (place * step / self.factor, in_words(place * step, decimals))
            for place in range(first, last + 1)
        )


class _Shown:
    """A pane with its scales."""

    def __init__(self, canvas: Canvas) -> None:
        self.pane = Pane("", "")
        self.item = CurvePane()
        self.scale = NumberedScale(0.0, 1.0, fits=False)
        self.axes = (ValueAxis("left", _MOST_TICKS), ValueAxis("right", _MOST_TICKS))
        for each in (self.item, *self.axes):
            canvas.addItem(each)

    def leave(self, canvas: Canvas) -> None:
        for each in (self.item, *self.axes):
            canvas.removeItem(each)


class DynoChartPlot:
    """What a dyno chart shows upon its canvas."""

    def __init__(self, owner: QWidget) -> None:
        self.canvas = Canvas(owner)
        self.canvas.frame.hide()
        self.canvas.show()
        self._owner = owner
        self._shown: list[_Shown] = []
        self._axis = AxisSaid(0.0, 1.0, 1.0, "", "", 0)
        self._said: list[Said] = []
        self._crossing: float | None = None
        self._words = SaidWords()
        self._cursor = CursorLine()
        self._cursor_words = SaidWords()
        for item in (self._words, self._cursor, self._cursor_words):
            self.canvas.addItem(item)
        self.dress()

    @property
    def plot(self) -> QRect:
        """Where all panes lie, from the top of the first to the bottom of the last."""
        room = self._owner.rect().adjusted(AXIS_WIDTH, LEGEND_HEIGHT + _HEADING, -AXIS_WIDTH, 0)
        room.setBottom(max(room.top() + 1, self._owner.height() - _BELOW))
        room.setWidth(max(1, room.width()))
        return room

    # What is shown

    def show_panes(
        self,
        panes: Sequence[Pane],
        axis: AxisSaid,
        crossing: float | None,
        *,
        live_only: bool = False,
    ) -> None:
        """Show these panes; with `live_only` nothing changed but the run that is being driven."""
        while len(self._shown) > len(panes):
            self._shown.pop().leave(self.canvas)
        while len(self._shown) < len(panes):
            self._shown.append(_Shown(self.canvas))
        self._axis, self._crossing = axis, crossing
        for shown, pane in zip(self._shown, panes, strict=True):
            if not (live_only and shown.pane.key == pane.key):
                shown.item.show_lines(pane.lines)
            shown.pane = pane
        self._arrange()

    def _arrange(self) -> None:
        """Put panes, scales and words in their places."""
        self.canvas.lay_out(self.plot)
        everything = QRectF(self._owner.rect())
        self._words.place(everything)
        self._cursor_words.place(everything)
        ticks = self._axis.ticks(self.plot.width()) if self._axis.title else ()
        self._said = []
        for place, (shown, plot) in enumerate(zip(self._shown, self._places(), strict=True)):
            self._arrange_pane(shown, plot, [at for at, _ in ticks], first=place == 0)
        self._say_axis(ticks)

    def _places(self) -> list[QRect]:
        whole = self.plot
        shares = [_MAIN_SHARE if place == 0 else 1.0 for place in range(len(self._shown))]
        free = whole.height() - _HEADING * (len(shares) - 1)
        places, top = [], float(whole.top())
        for share in shares:
            height = max(8.0, free * share / sum(shares))
            places.append(QRect(whole.left(), round(top), whole.width(), round(height)))
            top += height + _HEADING
        return places

    def _arrange_pane(
        self, shown: _Shown, plot: QRect, uprights: list[float], *, first: bool
    ) -> None:
        pane = shown.pane
        item = shown.item
        item.place(plot)
        item.show_range(self._axis.left, self._axis.right, pane.low, pane.high)
        shown.scale.fix(pane.low, pane.high)
        left, right = shown.axes
        height = self._owner.height()
        blank = bool(pane.note) or not self._axis.title
        left.setVisible(not blank)
        right.setVisible(pane.ratio is not None and not blank)
        for axis in shown.axes:
            axis.setWidth(AXIS_WIDTH - Space.XS)  # what is hidden takes no width until it is told
            axis.place(plot, height)
        left.show_scale(shown.scale, tokens().muted)
        if pane.ratio is not None:
            right.show_scale(PairedScale(shown.scale, pane.ratio), tokens().muted)
        inside = [value for value, _ in left.ticks if pane.low < value < pane.high]
        item.rule(uprights, () if blank else inside, nought=pane.nought)
        item.show_live(pane.live)
        item.show_shades(pane.shades)
        if first:
            self._say_shades(pane.shades, item)
        item.show_marks([said.mark for said in pane.peaks])
        inside_axis = self._crossing is not None and (
            self._axis.left < self._crossing < self._axis.right
        )
        item.show_crossing(self._crossing if first and inside_axis else None)
        self._say_pane(pane, plot)
        self._say_peaks(pane.peaks, item)
        if first and inside_axis and self._crossing is not None:
            self._say_crossing(self._crossing, item)

    # Words

    def _say_pane(self, pane: Pane, plot: QRect) -> None:
        strip = QRectF(plot.left(), plot.top() - _HEADING, plot.width(), _HEADING)
        paired = bool(pane.second)
        words = pane.heading
        self._said.append(Said(strip, words, "text", sample="solid" if paired else ""))
        if paired:
            wide = words_width(pane.second) + SAMPLE_ROOM + 1
            area = QRectF(strip.right() - wide, strip.top(), wide, strip.height())
            self._said.append(Said(area, pane.second, "text", sample="dashed"))
        if pane.note:
            self._said.append(
                Said(QRectF(plot).adjusted(8, 0, -8, 0), pane.note, align=_CENTER, wrap=True)
            )

    def _say_peaks(self, peaks: Sequence[PeakSaid], item: CurvePane) -> None:
        """Write the values of peaks that stand near each other as one stack, the highest on top."""
        seen = [peak for peak in peaks if item.left <= peak.mark.x <= item.right]
        taken = [
            QRectF(item.x_of(mark.x) - _BESIDE, item.y_of(mark.y) - _BESIDE, 12, 12)
            for mark in (peak.mark for peak in seen)
        ]
        for ring in (False, True):
            ordered = sorted(
                (peak for peak in seen if peak.words and peak.mark.ring is ring),
                key=lambda peak: peak.mark.x,
            )
            while ordered:
                near = item.x_of(ordered[0].mark.x) + _NEAR
                stack = [peak for peak in ordered if item.x_of(peak.mark.x) <= near]
                ordered = ordered[len(stack) :]
                stack.sort(key=seen.index)
                # Far from its peak a value would be read as another's: then fewer are written.
                while stack and not self._say_stack(stack, item, taken):
                    stack.pop()

    def _say_stack(self, stack: Sequence[PeakSaid], item: CurvePane, taken: list[QRectF]) -> bool:
        """Write values above their peaks, else below, where they cover nothing that is marked."""
        plot = QRectF(item.plot).adjusted(_BESIDE, -_BESIDE, -_BESIDE, 0)
        high = words_height(Type.BODY)
        widths = [words_width(peak.words, Type.BODY, bold=True) + 1 for peak in stack]
        middle = sum(item.x_of(peak.mark.x) for peak in stack) / len(stack)
        left = min(max(middle - max(widths) / 2, plot.left()), plot.right() - max(widths))
        places = [item.y_of(peak.mark.y) for peak in stack]
        whole = QRectF(left, 0, max(widths), high * len(stack))
        for step in range(2 * _TRIES):
            away = _BESIDE + (step // 2) * high
            whole.moveTop(max(places) + away if step % 2 else min(places) - away - whole.height())
            fits = plot.top() <= whole.top() and whole.bottom() <= plot.bottom()
            if fits and not any(whole.intersects(other) for other in taken):
                break
        else:
            return False
        taken.append(QRectF(whole))
        for place, peak in enumerate(sorted(stack, key=lambda each: -each.mark.y)):
            area = QRectF(left, whole.top() + place * high, whole.width(), high)
            ink = peak.mark.color
            self._said.append(
                Said(area, peak.words, ink, _CENTER, Type.BODY, bold=True, plate=True)
            )
        return True

    def _say_shades(self, shades: Sequence[tuple[float, float, str]], item: CurvePane) -> None:
        free_from = float(item.plot.left())
        for begin, end, words in shades:
            wide = words_width(words) + 1
            x = item.x_of((begin + end) / 2) - wide / 2
            if item.left <= begin and end <= item.right and x >= free_from:
                area = QRectF(x, item.plot.top() + 2, wide, words_height())
                self._said.append(Said(area, words, "warn", plate=True))
                free_from = x + wide + Space.S

    def _say_crossing(self, crossing: float, item: CurvePane) -> None:
        words = in_words(crossing * self._axis.factor, 0)
        wide = words_width(words) + 1
        x = item.x_of(crossing)
        area = QRectF(x + 4, item.plot.bottom() - 16, wide, 14)
        self._said.append(Said(area, words, "muted", plate=True))

    def _say_axis(self, ticks: Sequence[tuple[float, str]]) -> None:
        plot = self.plot
        for at, words in ticks:
            x = self.x_of(at)
            self._said.append(
                Said(QRectF(x - 40, plot.bottom() + 3, 80, 17), words, "muted", _CENTER, Type.BODY)
            )
        title = f"{self._axis.title} {self._axis.symbol}".strip()
        area = QRectF(plot.left(), plot.bottom() + 20, plot.width(), 16)
        self._said.append(Said(area, title, "text", _CENTER))

    def name_runs(self, runs: Sequence[ShownRun], live: ShownRun | None, corrected: str) -> None:
        """Name the runs above the panes, as many as have room; then say all that is to be said."""
        named: list[tuple[str, int | str]] = []
        if live is not None:
            named.append(("now", live.series))
        for run in runs:
            why = run.result.factor.why_not
            words = f"{run.name} (uncorrected)" if why else run.name
            named.append((f"last: {words}", "muted") if run.ghost else (words, run.series))
        right = self._owner.width() - Space.S
        if corrected:
            wide = words_width(corrected) + 1
            area = QRectF(right - wide, 0, wide, LEGEND_HEIGHT)
            self._said.append(Said(area, corrected, "muted", _RIGHT))
            right = int(area.left()) - Space.L
        x = float(Space.S)
        longest = (right - x) / max(1, min(len(named), _NAMED_AT_LEAST)) - SAMPLE_ROOM - Space.L
        for place, (whole, ink) in enumerate(named):
            words = words_cut(whole, longest, Type.BODY, bold=True)
            wide = SAMPLE_ROOM + words_width(words, Type.BODY, bold=True) + 1
            more = f"+ {len(named) - place} more"
            rest = words_width(more, Type.BODY) + Space.M if place < len(named) - 1 else 0.0
            if x + wide + rest > right and place:
                area = QRectF(x, 0, words_width(more, Type.BODY) + 1, LEGEND_HEIGHT)
                self._said.append(Said(area, more, "muted", size=Type.BODY))
                break
            area = QRectF(x, 0, min(wide, right - x), LEGEND_HEIGHT)
            self._said.append(Said(area, words, ink, size=Type.BODY, bold=True, sample="solid"))
            x += wide + Space.L

    def say_notes(self, notes: Sequence[str], empty: str) -> None:
        """Say which runs are not here and why, at the top of the first pane, or that none is."""
        plot = QRectF(self._places()[0]) if self._shown else QRectF(self.plot)
        if empty:
            area = plot.adjusted(Space.XL, 0, -Space.XL, 0)
            self._said.append(Said(area, empty, "muted", _CENTER, Type.BAY, wrap=True))
        wide = plot.width() - 2 * Space.S
        top = plot.top() + Space.XS
        for note in notes:
            lines = max(1, math.ceil(words_width(note) * 1.1 / wide))
            high = words_height() * lines + 2
            area = QRectF(plot.left() + Space.S, top, wide, high)
            self._said.append(Said(area, note, "warn", plate=True, wrap=True))
            top += high + 2
        self._words.say(self._said)
        self.canvas.ask_for_paint()

    # Cursor, focus, theme

    def x_of(self, at: float) -> float:
        """Return the x of a place of the axis."""
        plot = self.plot
        share = (at - self._axis.left) / (self._axis.right - self._axis.left)
        return plot.left() + share * plot.width()

    def at_x(self, x: float) -> float:
        """Return the place of the axis at an x."""
        plot = self.plot
        share = (x - plot.left()) / plot.width()
        return self._axis.left + share * (self._axis.right - self._axis.left)

    def show_cursor(self, at: float | None) -> None:
        """Put the cursor at a place of the axis; None or beyond its ends: be gone."""
        plot = self.plot
        if at is None or not self._axis.left <= at <= self._axis.right:
            self._cursor.stand(None, 0, 0)
            self._cursor_words.say(())
        else:
            x = self.x_of(at)
            self._cursor.stand(x, plot.top(), plot.bottom())
            words = in_words(at * self._axis.factor, self._axis.decimals)
            words = f"{words} {self._axis.symbol}"
            wide = words_width(words, Type.BODY, bold=True) + 1
            left = min(max(plot.left(), x - wide / 2), plot.right() - wide)
            area = QRectF(left, plot.bottom() + 3, wide, 17)
            self._cursor_words.say(
                [Said(area, words, "text", _CENTER, Type.BODY, bold=True, plate=True)]
            )
        self.canvas.ask_for_paint()

    def show_focus(self, *, focused: bool) -> None:
        """Tell by a ring whether the keys come here."""
        self.canvas.ring.setVisible(focused)
        self.canvas.ask_for_paint()

    def dress(self) -> None:
        """Take the colours of the theme in force."""
        self.canvas.dress(tokens().surface)
