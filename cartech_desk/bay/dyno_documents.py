"""What the CarTech Platform API says of the dyno: plain documents, made of what the bench tells.

Arrays are over time, one entry for each run; numbers that are not known are null. Units stand in
the names. Curves are those of the pull, corrected as `correction` says.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartech_desk.bay.dyno_status import DynoSnapshot
from cartech_desk.domain.dyno.result import RunResult
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.units import convert
from cartech_desk.hardware.dyno.source import SourceState
from cartech_desk.store.dyno import DynoRun, DynoSession

ROAD = "road dyno"
_DIGITS = 4


def status_document(snapshot: DynoSnapshot) -> dict[str, Any]:
    """`GET /api/dyno/status`: whether a dyno delivers, which it is, what it can tell."""
    on = [one for one in snapshot.sources if one.state is SourceState.CONNECTED]
    first = next((one for one in on if one.identity.kind.value == "dyno"), on[0] if on else None)
    road = snapshot.session is not None and snapshot.session.setup.road
    kind = ""
    if first is not None:
        kind = f"{first.identity.make} {first.identity.model}".strip()
    roles = {one.role for source in on for one in source.channels if one.role is not None}
    return {
        "connected": first is not None,
        "type": kind or (ROAD if road else None),
        "capabilities": [role.value for role in Role if role in roles],
    }


def started_document(session: DynoSession) -> dict[str, Any]:
    """`POST /api/dyno/start-session`: the session that began."""
    return {"sessionId": session.id, "startTime": session.started.isoformat()}


def data_document(runs: Iterable[tuple[DynoRun, RunResult]]) -> dict[str, Any]:
    """`GET /api/dyno/session/:id/data`: the curves of every run of a session."""
    power, torque, mixture = [], [], []
    for run, result in runs:
        curve, factor = result.curve, result.factor.value
        about: dict[str, Any] = {
            "run_id": run.id,
            "name": run.name,
            "correction": result.factor.correction.name,
        }
        axes = {
            "time_s": _numbers(curve.t_s),
            "rpm": _numbers(curve.rpm),
            "speed_kmh": _numbers(curve.speed_kmh),
        }
        kw, nm = curve.power_kw * factor, curve.torque_nm * factor
        power.append({**about, **axes, "hp": _numbers(convert(kw, "kW", "hp")), "kw": _numbers(kw)})
        torque.append(
            {**about, **axes, "lbft": _numbers(convert(nm, "Nm", "lbft")), "nm": _numbers(nm)}
        )
        mixture.append({**about, **axes, **_mixture(result)})
    return {"power_curve": power, "torque_curve": torque, "afr_data": mixture}


def stopped_document(
    runs: Sequence[tuple[DynoRun, RunResult]], report_url: str | None
) -> dict[str, Any]:
    """`POST /api/dyno/session/:id/stop`: the best of the session; null where it has no peak.

    `peak_hp` and `peak_torque` [lb·ft] are those of the run with the most power, corrected.
    """
    driven = [(run, result) for run, result in runs if result.peak_power is not None]
    best = max(driven, key=lambda one: _peak_kw(one[1]), default=None)
    if best is None:
        return {"peak_hp": None, "peak_torque": None, "report_url": report_url}
    run, result = best
    torque = result.peak_torque
    nm = math.nan if torque is None else torque.value * result.factor.value
    return {
        "peak_hp": _number(convert(_peak_kw(result), "kW", "hp")),
        "peak_torque": _number(convert(nm, "Nm", "lbft")),
        "report_url": report_url,
        "run_id": run.id,
        "correction": result.factor.correction.name,
    }


def _peak_kw(result: RunResult) -> float:
    peak = result.peak_power
    return -math.inf if peak is None else peak.value * result.factor.value


def _mixture(result: RunResult) -> dict[str, Any]:
    """Return air-fuel ratio and lambda on the time of the curve, as far as they were measured."""
    found = {}
    for role, name in ((Role.AFR, "afr"), (Role.LAMBDA, "lambda")):
        values = result.curve.others.get(result.roles.get(role, ""))
        found[name] = None if values is None else _numbers(values)
    return found


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | None:
    return round(value, _DIGITS) if math.isfinite(value) else None
