"""The bench as pages see it: one picture, ten times a second, out of the feed and its state."""

import math
from collections.abc import Mapping
from typing import Final

from cartech_desk.bay.dyno_around import Around
from cartech_desk.bay.dyno_conditions import conditions_now
from cartech_desk.bay.dyno_live import Live, power_and_torque
from cartech_desk.bay.dyno_power import lacking_for_power
from cartech_desk.bay.dyno_ready import Readiness, ready
from cartech_desk.bay.dyno_roles import DRIVING
from cartech_desk.bay.dyno_settings import DynoSettings
from cartech_desk.bay.dyno_sources import Sources
from cartech_desk.bay.dyno_state import BenchState
from cartech_desk.bay.dyno_status import DynoSnapshot, LiveValue, Phase
from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.dyno.roles import ROLE_UNITS, Role
from cartech_desk.domain.dyno.run import Conditions, RunSetup
from cartech_desk.domain.units import UnitError, convert
from cartech_desk.hardware.dyno.source import SourceState

AIR_NS: Final = 500_000_000
"""The air does not change faster than anybody could read it."""
_WHY_NOT: Final = {
    Phase.RUNNING: "A run is under way: it ends by itself, or with Stop.",
    Phase.SAVING: "The run before is being saved.",
}
_GONE: Final = (SourceState.SILENT, SourceState.LOST)


class Picture:
    """Takes pictures of one bench; any thread may."""

    def __init__(self, around: Around, sources: Sources, live: Live) -> None:
        self._around = around
        self._sources = sources
        self._live = live
        self._air: tuple[int, object, Conditions, tuple[str, ...]] = (0, None, Conditions(), ())

    def take(self, state: BenchState, settings: DynoSettings, now_ns: int) -> DynoSnapshot:
        """Return the bench as of now."""
        session = state.session
        setup = session.setup if session is not None else RunSetup(altitude_m=settings.altitude_m)
        readiness = ready(session, self._sources.owners, self._around, now_ns)
        roles = state.roles or readiness.roles
        values = {}
        for role, name in roles.items():
            value = self._value(role, name, now_ns)
            if value is not None:
                values[role] = value
        live = self._live.result if state.phase is Phase.RUNNING else None
        numbers = {role: one.value for role, one in values.items()}
        fresh = self._live.fresh(now_ns) if live is not None else None
        power_kw, torque_nm = power_and_torque(numbers, setup, fresh)
        conditions, doubts = self._conditions(roles, setup, settings, now_ns)
        why_not = _WHY_NOT.get(state.phase) or f"{readiness.why_not} {readiness.to_do}".strip()
        return DynoSnapshot(
            phase=state.phase,
            sources=self._sources.statuses(),
            session=session,
            run_id=state.run_id,
            run_name=state.run_name,
            run_since_ns=state.run_since_ns,
            values=values,
            power_kw=power_kw,
            torque_nm=torque_nm,
            live=live,
            conditions=conditions,
            warnings=(*doubts, *_warnings(state, setup, settings, readiness)),
            can_start=not why_not,
            why_not=why_not,
            last_run=state.last_run,
            problem=state.problem,
        )

    def trouble(self, state: BenchState) -> str:
        """Say which source of a run that is driven or waited for is gone; empty where none is."""
        if state.phase not in (Phase.ARMED, Phase.RUNNING):
            return ""
        roles = state.roles
        if not roles:
            roles = ready(state.session, self._sources.owners, self._around, monotonic_ns()).roles
        names = {roles.get(role, "") for role in DRIVING}
        for owner in self._sources.owners:
            if owner.state in _GONE and any(one.channel.name in names for one in owner.channels):
                status = owner.status()
                return f"{status.happened} {status.to_do}".strip()
        return ""

    def _value(self, role: Role, name: str, now_ns: int) -> LiveValue | None:
        status = self._around.feed.status(name, now_ns)
        if status is None:
            return None
        unit = ROLE_UNITS[role]
        value = status.value
        if status.channel.unit != unit and math.isfinite(value):
            value = _converted(value, status.channel.unit, unit)
        return LiveValue(role, name, value, unit, status.age_s, status.stale)

    def _conditions(
        self, roles: Mapping[Role, str], setup: RunSetup, settings: DynoSettings, now_ns: int
    ) -> tuple[Conditions, tuple[str, ...]]:
        """Return the air, and what is doubtful about it, looked at twice a second."""
        taken_ns, of, conditions, doubts = self._air
        key = (setup, settings.view.correction)
        if of == key and 0 <= now_ns - taken_ns < AIR_NS:
            return conditions, doubts
        from cartech_desk.domain.dyno.corrections import factor
        from cartech_desk.domain.dyno.station import pressure_doubt

        conditions = conditions_now(self._around.feed, roles, setup.conditions, now_ns)
        found = factor(settings.view.correction, conditions, setup)
        doubt = pressure_doubt(conditions.pressure_kpa, setup.altitude_m)  # whatever the view
        doubts = tuple(dict.fromkeys(filter(None, (*found.warnings, found.why_not, doubt))))
        self._air = (now_ns, key, conditions, doubts)
        return conditions, doubts


def _converted(value: float, unit: str, wanted: str) -> float:
    try:
        return float(convert(value, unit, wanted))
    except (KeyError, ValueError, UnitError):
        return math.nan


def _warnings(
    state: BenchState, setup: RunSetup, settings: DynoSettings, readiness: Readiness
) -> tuple[str, ...]:
    """Say what makes the next run doubtful."""
    found = []
    if state.too_fast:
        found.append(
            f"It goes faster than {settings.triggers.start_kmh or 0:g} km/h already: slow down "
            "first, or press Start again to begin now."
        )
    if setup.road and setup.road_mass_kg is None:
        found.append("The road dyno needs the mass of the car: type it in the session.")
    if state.session is not None and Role.RPM not in readiness.roles and not readiness.why_not:
        found.append("Engine speed is not known: there is power over speed, and no torque.")
    lacking = "" if readiness.why_not else lacking_for_power(setup, readiness.roles)
    if state.session is not None and lacking:
        found.append(lacking)
    return tuple(found)
