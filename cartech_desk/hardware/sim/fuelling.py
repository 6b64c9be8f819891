"""Fuel: closed loop around lambda 1, trims that learn, enrichment, overrun cut, rev limiter."""

import math
import random

from cartech_desk.hardware.sim.car_data import EngineData
from cartech_desk.hardware.sim.curves import lag
from cartech_desk.hardware.sim.state import State

CLOSED_LOOP_FROM_C = 28.0
RICH_FROM_BAR = 1.2
"""Above this manifold pressure the mixture is enriched at part load too, to cool the engine."""
OVERRUN_CUT_RPM = 1550.0
OVERRUN_RESUME_RPM = 1180.0
TRIM_MOST_PCT = 25.0


class Fuelling:
    """How much fuel goes in, and what the probes see of it."""

    def __init__(self, data: EngineData, state: State, faults: set[str], seed: int) -> None:
        self._data = data
        self._state = state
        self._faults = faults
        self._random = random.Random(f"mixture {seed}")  # noqa: S311 - no secret
        self._integral_pct = 0.0
        self._swing_up = True
        self._swing_pct = 0.0
        self._since_start_s = 0.0
        self._limited = False
        self._since_cut_s = 0.0
        self._mixture = 1.0

    def step(self, dt_s: float) -> None:
        """Advance trims, fuel flow and what the probes show."""
        state = self._state
        self._since_start_s += dt_s
        self._cut()
        self._since_cut_s = 0.0 if state.fuel_cut else self._since_cut_s + dt_s
        state.lambda_commanded = self._commanded()
        state.closed_loop = (
            self._since_cut_s > 1.2  # until then the probe still sees the air of the cut
            and not state.enriched
            and state.coolant_c >= CLOSED_LOOP_FROM_C
            and self._since_start_s > 6.0
        )
        self._trim(dt_s)
        trims = (1.0 + state.short_trim_pct / 100.0) * (1.0 + state.long_trim_pct / 100.0)
        error = 1.0 + self._error_pct() / 100.0
        self._mixture = state.lambda_commanded * error / trims
        state.fuel_gps = (
            0.0
            if state.fuel_cut
            else state.cylinder_gps / (self._data.stoichiometry * self._mixture)
        )
        self._probe(dt_s)
        self._slow_things(dt_s)

    def rest(self, dt_s: float) -> None:
        """No fuel: the engine does not run."""
        state = self._state
        self._since_start_s = 0.0
        state.fuel_gps = 0.0
        state.fuel_cut = False
        state.closed_loop = False
        state.enriched = False
        state.short_trim_pct = 0.0
        state.purge_pct = 0.0
        state.lambda_measured = lag(state.lambda_measured, 1.999, 4.0, dt_s)
        state.rear_probe_v = lag(state.rear_probe_v, 0.45, 3.0, dt_s)
        state.rail_kpa = lag(state.rail_kpa, 520.0, 2.0, dt_s)

    def _cut(self) -> None:
        state, data = self._state, self._data
        if state.rpm > data.limiter_rpm:
            self._limited = True
        elif state.rpm < data.limiter_resume_rpm:
            self._limited = False
        over = OVERRUN_RESUME_RPM if state.fuel_cut else OVERRUN_CUT_RPM
        overrun = (
            state.pedal_pct < 1.0
            and state.throttle_pct < 4.0
            and state.rpm > over
            and state.clutch_closed
            and state.coolant_c > 20.0
        )
        state.fuel_cut = overrun or self._limited

    def _commanded(self) -> float:
        state = self._state
        boost_bar = state.map_kpa / 100.0
        state.enriched = False
        if state.pedal_pct > 72.0 and boost_bar > 1.05:
            rpm_share = min(max((state.rpm - 2200.0) / 3600.0, 0.0), 1.0)
            state.enriched = True
            return 0.91 - 0.09 * rpm_share
        if boost_bar > RICH_FROM_BAR:
            state.enriched = True
            return 1.0 - 0.09 * min((boost_bar - RICH_FROM_BAR) / 0.2, 1.0)
        cold = max(CLOSED_LOOP_FROM_C - state.coolant_c, 0.0)
        after_start = 0.07 * math.exp(-self._since_start_s / 4.0)
        return 1.0 - min(0.004 * cold, 0.2) - after_start

    def _error_pct(self) -> float:
        """Return what the pilot control gets wrong: positive is too lean."""
        state = self._state
        error = 1.4 - 1.1 * min(state.map_kpa / 100.0, 1.5)
        if "lean" in self._faults:
            # Unmetered air weighs most where little is drawn.
            error += 5.0 + 60.0 / max(state.cylinder_gps, 2.5)
        if "misfire" in self._faults:
            error += 2.5
        return error

    def _trim(self, dt_s: float) -> None:
        state = self._state
        if not state.closed_loop:
            state.short_trim_pct = 0.0
            self._integral_pct = 0.0
            return
        # The two-point swing that keeps the catalyst's oxygen store moving.
        self._swing_pct += (2.6 if self._swing_up else -2.6) * dt_s
        if abs(self._swing_pct) > 1.3:
            self._swing_up = self._swing_pct < 0
        error = state.lambda_measured - 1.0
        self._integral_pct += 90.0 * error * dt_s
        self._integral_pct = min(max(self._integral_pct, -TRIM_MOST_PCT), TRIM_MOST_PCT)
        trim = self._integral_pct + 12.0 * error + self._swing_pct
        state.short_trim_pct = min(max(trim, -TRIM_MOST_PCT), TRIM_MOST_PCT)
        if state.coolant_c > 50.0:
            learnt = 0.06 * self._integral_pct * dt_s
            state.long_trim_pct = min(max(state.long_trim_pct + learnt, -20.0), 20.0)

    def _probe(self, dt_s: float) -> None:
        state = self._state
        seen = 1.999 if state.fuel_cut else self._mixture + self._random.gauss(0.0, 0.0015)
        if "misfire" in self._faults and self._random.random() < 0.02:
            seen += 0.05  # air of a cylinder that did not burn
        delay_s = 0.09 + 0.5 / max(state.maf_gps, 2.0)
        state.lambda_measured = min(lag(state.lambda_measured, seen, delay_s, dt_s), 1.999)
        warm = state.catalyst_c > 260.0
        rear = 0.06 if state.fuel_cut else (0.82 if state.enriched else 0.68)
        rear += self._random.gauss(0.0, 0.004)
        state.rear_probe_v = lag(state.rear_probe_v, rear if warm else 0.45, 1.6, dt_s)

    def _slow_things(self, dt_s: float) -> None:
        state = self._state
        purging = state.closed_loop and state.coolant_c > 65.0 and state.pedal_pct > 2.0
        state.purge_pct = lag(state.purge_pct, 34.0 if purging else 0.0, 2.5, dt_s)
        rail = 4200.0 + 105.0 * state.load_pct + 0.55 * state.rpm
        state.rail_kpa = lag(state.rail_kpa, min(rail, 19500.0), 0.25, dt_s)
