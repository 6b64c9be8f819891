"""What a peak may be off by beside its samples: masses, road, resolution, an estimate."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from cartech_desk.domain.dyno.forces import NM_RPM_TO_KW
from cartech_desk.domain.dyno.peaks import summed
from cartech_desk.domain.dyno.result import Peak
from cartech_desk.domain.dyno.series import Floats


def with_doubts(
    peak: Peak | None, t_s: Floats, doubts: Mapping[str, Floats], *, torque: bool = False
) -> Peak | None:
    """Return a peak with further parts of its doubt: `doubts` [kW, 95 %] by part, on a clock."""
    if peak is None or not doubts or (torque and not peak.rpm > 0.0):
        return peak
    unsure = peak.uncertainty
    for part, off in doubts.items():
        value = float(np.interp(peak.t_s, t_s, off))
        if not np.isfinite(value):
            continue
        if torque:
            value /= peak.rpm * NM_RPM_TO_KW
        unsure = replace(unsure, **{part: float(np.hypot(getattr(unsure, part), value))})
    return replace(peak, uncertainty=summed(unsure))
