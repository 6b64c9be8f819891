"""The driver: manoeuvres as a person would describe them, each a little program of controls.

A manoeuvre yields the controls for every step of the integration and ends when it is done, or
after a limit of time, so that a script can never hang.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from cartech_desk.hardware.sim.car_data import DrivetrainData, Script
from cartech_desk.hardware.sim.drivetrain import Controls
from cartech_desk.hardware.sim.state import State

STEP_S: Final = 0.01
SHIFT_UP_RPM: Final = 2700.0
Manoeuvre = Iterator[Controls]


class Driver:
    """Drives by a script."""

    def __init__(self, script: Script, state: State, data: DrivetrainData) -> None:
        self._script = script
        self._state = state
        self._data = data
        self._controls = Controls(gear=state.gear, clutch=state.clutch)
        self._moves = self._all()

    def step(self) -> Controls:
        """Return the controls for the next step of `STEP_S`."""
        return next(self._moves)

    def _all(self) -> Manoeuvre:
        index = 0
        while True:
            name, parameters = self._script.drive[index]
            yield from self._manoeuvre(name, parameters)
            index += 1
            if index == len(self._script.drive):
                index = self._script.again

    def _manoeuvre(self, name: str, parameters: dict[str, Any]) -> Manoeuvre:
        return MANOEUVRES[name](self, **parameters)

    def _for(self, seconds: float) -> Iterator[None]:
        for _ in range(round(seconds / STEP_S)):
            yield None

    def _set(
        self,
        pedal: float = 0.0,
        *,
        brake: float = 0.0,
        gear: int | None = None,
        clutch: float | None = None,
    ) -> Controls:
        controls = self._controls
        controls.pedal_pct = min(max(pedal, 0.0), 100.0)
        controls.brake_pct = min(max(brake, 0.0), 100.0)
        if gear is not None:
            controls.gear = gear
        if clutch is not None:
            controls.clutch = min(max(clutch, 0.0), 1.0)
        controls.starter = controls.key_only = False
        return controls

    def key_on(self, seconds: float) -> Manoeuvre:
        """Ignition on, engine at rest."""
        for _ in self._for(seconds):
            controls = self._set(gear=0, clutch=0.0)
            controls.key_only = True
            yield controls

    def crank(self) -> Manoeuvre:
        """Hold the starter until the engine runs."""
        for _ in self._for(4.0):
            controls = self._set(gear=0, clutch=0.0)
            controls.starter = True
            yield controls
            if self._state.running and self._state.rpm > 650.0:
                return

    def idle(self, seconds: float) -> Manoeuvre:
        """Stand and let it idle."""
        for _ in self._for(seconds):
            yield self._set(brake=12.0, gear=0, clutch=0.0)

    def blip(self, rpm: float) -> Manoeuvre:
        """Press the pedal in neutral until the engine has revved up, then let go."""
        for _ in self._for(2.0):
            yield self._set(26.0, gear=0, clutch=0.0)
            if self._state.rpm >= rpm:
                break
        for _ in self._for(1.5):
            yield self._set(gear=0, clutch=0.0)

    def accelerate(self, kmh: float, pedal: float) -> Manoeuvre:
        """Drive off and shift up until the speed is reached."""
        if self._state.gear == 0 or self._state.speed_kmh < 4.0:
            yield from self._drive_off(pedal)
        shift_rpm = SHIFT_UP_RPM + 26.0 * max(pedal - 25.0, 0.0)
        for _ in self._for(60.0):
            if self._state.speed_kmh >= kmh:
                return
            if self._state.rpm > shift_rpm and self._state.gear < len(self._data.ratios):
                yield from self._shift(self._state.gear + 1, pedal)
            yield self._set(pedal, clutch=1.0)

    def cruise(self, kmh: float, seconds: float) -> Manoeuvre:
        """Hold a speed in the highest gear that runs well."""
        yield from self._shift_to(self._cruise_gear(kmh))
        for _ in self._for(30.0):
            if self._state.speed_kmh <= kmh + 2.0:
                break
            yield self._set(brake=9.0, clutch=1.0)
        cruise_pedal = 3.0 + 0.09 * kmh
        for _ in self._for(seconds):
            error = kmh - self._state.speed_kmh
            cruise_pedal += 1.2 * error * STEP_S
            cruise_pedal = min(max(cruise_pedal, 0.0), 45.0)
            yield self._set(cruise_pedal + 3.0 * error, clutch=1.0)

    def pull(self, gear: int, from_rpm: float, to_rpm: float) -> Manoeuvre:
        """Full throttle in one gear from a low engine speed to a high one, then off the pedal."""
        start_kmh = self._data.kmh_at(from_rpm, gear)
        for _ in self._for(25.0):
            if self._state.speed_kmh <= start_kmh * 1.02:
                break
            yield self._set(brake=14.0, clutch=1.0 if self._state.rpm > 1000.0 else 0.0)
        yield from self._shift_to(gear)
        for _ in self._for(12.0):
            if self._state.clutch_closed and self._state.rpm >= from_rpm:
                break
            yield self._set(30.0, clutch=1.0)
        for _ in self._for(40.0):
            yield self._set(100.0, clutch=1.0)
            if self._state.rpm >= to_rpm:
                break
        for _ in self._for(1.2):
            yield self._set(clutch=1.0)

    def lift(self, kmh: float) -> Manoeuvre:
        """Off the pedal in gear until the speed has fallen."""
        for _ in self._for(60.0):
            if self._state.speed_kmh <= kmh or self._state.rpm < 1100.0:
                return
            yield self._set(clutch=1.0)

    def slow(self, kmh: float, brake: float) -> Manoeuvre:
        """Brake in gear until the speed has fallen, the engine well above idle."""
        for _ in self._for(30.0):
            if self._state.speed_kmh <= kmh or self._state.rpm < 1300.0:
                return
            yield self._set(brake=brake, clutch=1.0)

    def coast(self, kmh: float) -> Manoeuvre:
        """Roll on with the clutch open and the gear in until the speed has fallen."""
        for _ in self._for(240.0):
            if self._state.speed_kmh <= kmh:
                return
            yield self._set(clutch=0.0)

    def stop(self, brake: float) -> Manoeuvre:
        """Brake to a standstill, opening the clutch before the engine labours."""
        for _ in self._for(45.0):
            if self._state.speed_kmh < 0.3:
                break
            gear = self._state.gear
            if gear > 2 and self._state.rpm < 1250.0:
                yield from self._shift(gear - 1, 0.0)
            yield self._set(brake=brake, clutch=1.0 if self._state.rpm > 1050.0 else 0.0)
        for _ in self._for(0.5):
            yield self._set(brake=brake, gear=0, clutch=0.0)

    def _drive_off(self, pedal: float) -> Manoeuvre:
        """Let the clutch in as the engine allows."""
        for _ in self._for(6.0):
            bite = (self._state.rpm - 950.0) / 2600.0
            yield self._set(min(pedal, 32.0), gear=1, clutch=min(max(bite, 0.02), 0.6))
            if self._state.speed_kmh > self._data.kmh_at(1250.0, 1):
                break
        yield from self._close_clutch(pedal)

    def _shift_to(self, gear: int) -> Manoeuvre:
        if self._state.gear == 0 or self._state.speed_kmh < 4.0:
            yield from self._drive_off(30.0)
        if self._state.gear != gear:
            yield from self._shift(gear, 12.0)

    def _shift(self, gear: int, pedal: float) -> Manoeuvre:
        for _ in self._for(0.06):
            yield self._set(0.3 * pedal, clutch=0.0)
        target_rpm = self._state.speed_kmh / self._data.kmh_at(1000.0, gear) * 1000.0
        revving = target_rpm > self._state.rpm + 100.0
        for _ in self._for(0.12):
            yield self._set(30.0 if revving else 0.0, gear=gear, clutch=0.0)
        yield from self._close_clutch(pedal)

    def _close_clutch(self, pedal: float) -> Manoeuvre:
        clutch = 0.15
        for _ in self._for(1.5):
            clutch += STEP_S / 0.35
            yield self._set(pedal * min(clutch, 1.0), clutch=clutch)
            if self._state.clutch_closed:
                return

    def _cruise_gear(self, kmh: float) -> int:
        gears = range(len(self._data.ratios), 0, -1)
        return next((g for g in gears if kmh > self._data.kmh_at(1450.0, g)), 1)


MANOEUVRES: Final[dict[str, Callable[..., Manoeuvre]]] = {
    "key_on": Driver.key_on,
    "crank": Driver.crank,
    "idle": Driver.idle,
    "blip": Driver.blip,
    "accelerate": Driver.accelerate,
    "cruise": Driver.cruise,
    "pull": Driver.pull,
    "lift": Driver.lift,
    "slow": Driver.slow,
    "coast": Driver.coast,
    "stop": Driver.stop,
}
