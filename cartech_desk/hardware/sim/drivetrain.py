"""From the flywheel to the road: clutch, gears, tyres, road load or roller bench."""

import math
from dataclasses import dataclass

from cartech_desk.hardware.sim.car_data import CarData
from cartech_desk.hardware.sim.curves import lag
from cartech_desk.hardware.sim.state import State

GRAVITY = 9.80665
AIR_KGM3 = 1.19
SLIP_FOR_EXCESS = 0.5
"""Slip of the tyres for each time that the force exceeds their grip by all of it."""
MOST_SLIP = 0.3
SLIP_TAU_S = 0.15


@dataclass(slots=True)
class Controls:
    """What the driver and the gearbox do: pedal and brake in percent, clutch 0 open to 1 closed.

    `key_only` means that the engine is to stay off with the ignition on.
    """

    pedal_pct: float = 0.0
    brake_pct: float = 0.0
    gear: int = 0
    clutch: float = 0.0
    starter: bool = False
    key_only: bool = False


class Drivetrain:
    """Angular speed of the engine and speed of the car; `bench` puts it on rollers.

    Beyond `grip_n` the tyres slip on them (0: never): the engine runs ahead of the rollers.
    """

    def __init__(self, data: CarData, state: State, *, bench: bool, grip_n: float = 0.0) -> None:
        self._data = data.drivetrain
        self._dyno = data.dyno
        self._engine_inertia = data.engine.inertia_kgm2
        self._state = state
        self._bench = bench
        self._grip_n = grip_n if bench else 0.0

    def step(self, torque_nm: float, dt_s: float) -> None:
        """Advance engine speed and road speed under the engine's torque."""
        state, data = self._state, self._data
        omega = state.rpm / 60 * 2 * math.pi
        before = speed = state.speed_kmh / 3.6
        state.road_n = self.resistance_n(speed)
        brake_n = state.brake_pct / 100.0 * data.brake_n
        mass = self.mass_kg() + data.wheels_kgm2 / data.tyre_radius_m**2
        if state.gear == 0 or state.clutch <= 0.0:
            state.clutch_closed = False
            omega += torque_nm / self._engine_inertia * dt_s
            speed -= (state.road_n + brake_n) / mass * dt_s
        else:
            rolled = data.ratio(state.gear) / data.tyre_radius_m  # rad of crank for each metre
            per_wheel = rolled * (1.0 + state.tyre_slip)
            stick_nm = self._stick_nm(torque_nm, omega - speed * per_wheel, per_wheel, mass, dt_s)
            most_nm = data.clutch_nm * state.clutch
            state.clutch_closed = state.clutch > 0.97 and abs(stick_nm) <= most_nm
            if state.clutch_closed:
                speed += self._closed_acceleration(torque_nm, brake_n, rolled, mass) * dt_s
                speed = max(speed, 0.0)
                self._slip(torque_nm * rolled * data.efficiency, dt_s)
                omega = speed * rolled * (1.0 + state.tyre_slip)
            else:
                passed = min(max(stick_nm, -most_nm), most_nm)
                omega += (torque_nm - passed) / self._engine_inertia * dt_s
                pull_n = passed * per_wheel * data.efficiency
                speed += (pull_n - state.road_n - brake_n) / mass * dt_s
        speed = max(speed, 0.0)
        state.rpm = max(omega, 0.0) * 60 / (2 * math.pi)
        state.speed_kmh = speed * 3.6
        state.odometer_km += speed * dt_s / 1e3
        state.acceleration_ms2 = (speed - before) / dt_s
        state.roller_n = 0.0
        if self._bench and speed > 0.0:
            braked = self._dyno.brake_n_per_ms * (before + speed) / 2
            state.roller_n = self._dyno.inertia_kg * state.acceleration_ms2 + braked

    def mass_kg(self) -> float:
        """Mass that is accelerated: the car's, or the rollers' equivalent."""
        return self._dyno.inertia_kg if self._bench else self._data.mass_kg

    def resistance_n(self, speed_ms: float) -> float:
        """Return rolling and air resistance, or the rollers' brake."""
        if speed_ms <= 0.0:
            return 0.0
        rolling = self._data.mass_kg * GRAVITY * self._data.rolling
        if self._bench:
            return 0.8 * rolling + self._dyno.brake_n_per_ms * speed_ms
        return rolling + 0.5 * AIR_KGM3 * self._data.drag_area_m2 * speed_ms**2

    def _slip(self, pull_n: float, dt_s: float) -> None:
        """Let the tyres slip as far as the force exceeds their grip."""
        if self._grip_n:
            wanted = SLIP_FOR_EXCESS * max(pull_n / self._grip_n - 1.0, 0.0)
            slip = lag(self._state.tyre_slip, min(wanted, MOST_SLIP), SLIP_TAU_S, dt_s)
            self._state.tyre_slip = slip

    def _stick_nm(
        self, torque_nm: float, slip: float, per_wheel: float, mass: float, dt_s: float
    ) -> float:
        """Torque through the clutch that would end the slip (rad/s) within this step."""
        car_inertia = mass / per_wheel**2
        together = 1.0 / (1.0 / self._engine_inertia + 1.0 / car_inertia)
        drag_nm = self._state.road_n / per_wheel
        return together * (slip / dt_s + torque_nm / self._engine_inertia + drag_nm / car_inertia)

    def _closed_acceleration(
        self, torque_nm: float, brake_n: float, per_wheel: float, mass: float
    ) -> float:
        data = self._data
        # Losses of the gears take from the driving side, whichever it is.
        efficiency = data.efficiency if torque_nm >= 0 else 1.0 / data.efficiency
        pull_n = torque_nm * per_wheel * efficiency
        whole = mass + self._engine_inertia * per_wheel**2
        return (pull_n - self._state.road_n - brake_n) / whole
