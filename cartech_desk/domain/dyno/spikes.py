"""Single values that stand far off for less than any engine can: left out of the sums, bridged."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cartech_desk.domain.dyno.series import Floats, means_of, medians_of, running_median

SUPPORT_S: Final = 0.2
"""What stands for less is no power of an engine."""
_BLOCK_S: Final = 0.05
_WINDOW: Final = 9
"""Blocks of the running median, 0.45 s: more than twice as long as the longest spike."""
_SURE: Final = 8.0
_LEAST_PART: Final = 0.06
"""A value nearer to the median than this part of it is never a spike."""
_MOST: Final = 0.1
"""Where more than this part of all values stands off, it is noise and not spikes."""
_TO_SIGMA: Final = 1.4826


def spikes(t_s: Floats, x: Floats) -> NDArray[np.bool_]:
    """Tell for each value whether it is part of a spike shorter than 0.2 s."""
    n = len(x)
    none = np.zeros(n, dtype=np.bool_)
    if n < _WINDOW:
        return none
    step = (t_s[-1] - t_s[0]) / (n - 1)
    count = max(1, round(_BLOCK_S / step)) if step > 0.0 else 1
    full = n // count * count
    if full // count < _WINDOW or step > SUPPORT_S / 2.0:
        return none
    if count == 1:
        middle = running_median(x, _WINDOW)
    else:
        at = means_of(t_s[:full], count)
        blocks = medians_of(x[:full], count)
        middle = np.interp(t_s, at, running_median(blocks, _WINDOW))
        # Before the first and after the last block's middle the line goes on.
        for end, inner in ((0, 1), (-1, -2)):
            beyond = t_s < at[0] if end == 0 else t_s > at[-1]
            slope = (middle_at := np.interp(at[[end, inner]], t_s, middle))[0] - middle_at[1]
            middle[beyond] += slope / (at[end] - at[inner]) * (t_s[beyond] - at[end])
    off = np.abs(x - middle)
    limit = np.maximum(
        _SURE * _TO_SIGMA * float(np.median(off[:: n // 2000 + 1])), _LEAST_PART * np.abs(middle)
    )
    found = off > limit
    if not found.any():
        return found
    if found.mean() > _MOST:
        return none
    edges = np.flatnonzero(np.diff(np.concatenate(([0], found.view(np.int8), [0]))))
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if _stands(t_s, x, middle, first, after):
            found[first:after] = False
    return found


def _stands(t_s: Floats, x: Floats, middle: Floats, first: int, after: int) -> bool:
    """Tell whether what stands off keeps half its height for as long as an engine can."""
    off = x[first:after] - middle[first:after]
    tip = first + int(np.argmax(np.abs(off)))
    height = x[tip] - middle[tip]
    near = 2.0 * SUPPORT_S
    low, high = np.searchsorted(t_s, (t_s[tip] - near, t_s[tip] + near))
    above = (x[low:high] - (x[tip] - height / 2.0)) * height > 0.0
    gone = np.flatnonzero(~above) + low
    place = int(np.searchsorted(gone, tip))
    begin = gone[place - 1] + 1 if place > 0 else low
    end = gone[place] - 1 if place < len(gone) else high - 1
    return bool(t_s[end] - t_s[begin] >= SUPPORT_S)


def bridged(t_s: Floats, x: Floats, out: NDArray[np.bool_]) -> Floats:
    """Return values with those of `out` replaced by the line between their neighbours."""
    if not out.any() or out.all():
        return x
    kept = ~out
    found = x.copy()
    found[out] = np.interp(t_s[out], t_s[kept], x[kept])
    return found
