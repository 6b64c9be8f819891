"""Ignition angle: the map, the idle's spark reserve, and retard on knock."""

import math
import random

from cartech_desk.hardware.sim.car_data import IgnitionData
from cartech_desk.hardware.sim.curves import Map
from cartech_desk.hardware.sim.state import State

RETARD_STEP_DEG = 1.5
RETARD_MOST_DEG = 9.0
RECOVERY_DEG_S = 0.9


class Ignition:
    """The angle before top dead centre and what it does to the torque."""

    def __init__(self, data: IgnitionData, state: State, seed: int) -> None:
        self._data = data
        self._state = state
        self._map = Map(data.rpm, data.bar, data.degrees)
        self._random = random.Random(f"knock {seed}")  # noqa: S311 - no secret

    def step(self, dt_s: float, idle_rpm: float | None) -> None:
        """Set the angle; `idle_rpm` is the idle target while the engine idles, else None."""
        state = self._state
        bar = state.map_kpa / 100.0
        angle = self._map(state.rpm, bar)
        if idle_rpm is not None:
            angle += min(max((idle_rpm - state.rpm) * 0.045, -9.0), 9.0)
        self._listen(bar, dt_s)
        state.timing_deg = angle - state.knock_retard_deg

    def rest(self) -> None:
        """No spark: the engine does not run."""
        self._state.timing_deg = 0.0
        self._state.knock_retard_deg = 0.0

    def efficiency(self) -> float:
        """Share of the best torque at this angle: a parabola around the best angle."""
        data, state = self._data, self._state
        bar = state.map_kpa / 100.0
        best = self._map(state.rpm, bar) + data.best_ahead_deg * min(max(bar - 0.4, 0.0) / 0.6, 1.0)
        return max(1.0 - data.loss_per_deg2 * (best - state.timing_deg) ** 2, 0.2)

    def _listen(self, bar: float, dt_s: float) -> None:
        """Knock comes with charge, heat and low speed; each one takes the angle back a step."""
        state = self._state
        state.knock_retard_deg = max(state.knock_retard_deg - RECOVERY_DEG_S * dt_s, 0.0)
        heat = max(bar - 1.15, 0.0) * math.exp((state.intake_c - 45.0) / 18.0)
        slow = 1.0 + max(3200.0 - state.rpm, 0.0) / 1600.0
        if self._random.random() < 0.55 * heat * slow * dt_s:
            state.knock_retard_deg = min(state.knock_retard_deg + RETARD_STEP_DEG, RETARD_MOST_DEG)
