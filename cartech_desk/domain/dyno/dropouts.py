"""Power that is none: a source that says zero for nothing, or a sign that is turned."""

from typing import Final

import numpy as np

from cartech_desk.domain.dyno.marks import mark
from cartech_desk.domain.dyno.result import QualityMark
from cartech_desk.domain.dyno.run import Basis
from cartech_desk.domain.dyno.series import Floats

_LEAST_S: Final = 0.1
_LEAST_ROWS: Final = 3


def dropouts(t_s: Floats, power_kw: Floats) -> list[QualityMark]:
    """Return a mark where power is exactly zero for a while amid a pull."""
    none = power_kw == 0.0
    if not none.any() or none.all():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], none.view(np.int8), [0]))))
    spans = [
        float(t_s[after] - t_s[first])
        for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        if first > 0 and after < len(t_s) and after - first >= _LEAST_ROWS
    ]
    spans = [span for span in spans if span >= _LEAST_S]
    if not spans:
        return []
    why = (
        f"The power reads exactly zero for {max(spans):.2f} s amid the pull: a source that has no "
        "value and says zero. Neither curve nor averages hold there."
    )
    return [mark("dropout", why)]


def no_drive(basis: Basis) -> QualityMark:
    """Return the mark of a pull whose power is nowhere above zero."""
    why = (
        f"The power from {basis.value.replace('_', ' ')} is not above zero anywhere in the pull: "
        "is the sign of torque, force or speed turned?"
    )
    return mark("no_drive", why)
