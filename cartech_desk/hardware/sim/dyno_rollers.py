"""The rollers under the simulated car: what really happens there, step by step.

Every reading of a simulated dyno is made of these moments; a test compares the desk's answer with
them. The car's own force on the rollers (`State.roller_n`) times speed is the wheel power.
"""

from collections import deque
from typing import ClassVar, Final, NamedTuple

from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.driver import STEP_S
from cartech_desk.hardware.sim.state import State

MOST_KEPT: Final = 12_000
"""Moments that are kept for somebody who asks late: two minutes."""
LONG_GAP_NS: Final = 1_000_000_000


class NotOnRollers(BadAdapterUrl):
    """A dyno was asked for a car that is driven on the road."""

    code: ClassVar[str] = "not_on_rollers"


class Moment(NamedTuple):
    """What is true at one instant; `t_ns` on the clock of whoever lets the car's time pass.

    `time_s` is the script's own; `roller_turns` and `engine_turns` count on from the first moment.
    """

    t_ns: int
    time_s: float
    speed_ms: float
    acceleration_ms2: float
    force_n: float
    rpm: float
    throttle_pct: float
    mixture: float
    """Lambda, as the probe before the catalyst measures it."""
    map_kpa: float
    barometer_kpa: float
    ambient_c: float
    roller_turns: float
    engine_turns: float

    @property
    def power_kw(self) -> float:
        """Power at the wheels."""
        return self.force_n * self.speed_ms / 1e3

    @property
    def torque_nm(self) -> float:
        """Wheel power as torque at engine speed; 0 for an engine that hardly turns."""
        return self.power_kw * 9549.297 / self.rpm if self.rpm > 100.0 else 0.0


class Rollers:
    """Collects the moments of one car since they were asked for last; used by one thread.

    Errors: NotOnRollers where the car's script drives it on the road, or faster than real.
    """

    def __init__(self, car: SimulatedCar) -> None:
        if not car.vehicle.on_rollers:
            raise NotOnRollers(
                f"The simulated car drives on the road (script “{car.options.script}”), so no dyno "
                "can measure it.",
                to_do="Use a script on the rollers: script=dyno, dyno_short, dyno_coast or pull.",
            )
        if car.options.clock != 1:
            raise NotOnRollers(
                "The time of the simulated car goes faster than real, so a dyno would measure "
                "accelerations that are wrong.",
                to_do="Leave the option clock out, or give it 1.",
            )
        self._car = car
        self._seen: deque[Moment] = deque(maxlen=MOST_KEPT)
        self.roller_m = car.vehicle.data.dyno.roller_m
        self._roller_turns = self._engine_turns = 0.0
        self.now = self._moment(car.vehicle.state, 0)
        """The last moment that somebody has seen; at first, how the car stands there."""
        car.add_witness(self._see)

    def moments(self, now_ns: int) -> list[Moment]:
        """Let the car's time pass and return what happened since the last call."""
        self.keep_time(now_ns)
        moments = []
        while self._seen:
            moments.append(self._seen.popleft())
        if moments:
            self.now = moments[-1]
        return moments

    def keep_time(self, now_ns: int) -> None:
        """Let the car's time pass."""
        self._car.keep_time(now_ns)

    def close(self) -> None:
        """Look no more."""
        self._car.remove_witness(self._see)

    def _see(self, state: State, t_ns: int) -> None:
        speed = state.speed_kmh / 3.6
        self._roller_turns += speed * STEP_S / self.roller_m
        self._engine_turns += state.rpm / 60 * STEP_S
        self._seen.append(self._moment(state, t_ns))

    def _moment(self, state: State, t_ns: int) -> Moment:
        return Moment(
            t_ns,
            state.time_s,
            state.speed_kmh / 3.6,
            state.acceleration_ms2,
            state.roller_n,
            state.rpm,
            state.throttle_pct,
            state.lambda_measured,
            state.map_kpa,
            state.barometer_kpa,
            state.ambient_c,
            self._roller_turns,
            self._engine_turns,
        )


class Resampled:
    """Moments at a steady rate, linear between the car's own steps."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._before: Moment | None = None
        self._first_ns = 0
        self._count = 0

    def through(self, moments: list[Moment]) -> list[Moment]:
        """Return the moments that fall due within these."""
        due: list[Moment] = []
        for moment in moments:
            before = self._before
            if before is None or moment.t_ns - before.t_ns > LONG_GAP_NS:
                self._first_ns, self._count = moment.t_ns, 1
                due.append(moment)
            else:
                while (at_ns := self._next_ns()) <= moment.t_ns:
                    due.append(between(before, moment, at_ns))
                    self._count += 1
            self._before = moment
        return due

    def _next_ns(self) -> int:
        return self._first_ns + round(self._count * 1e9 / self._rate_hz)


def between(before: Moment, after: Moment, at_ns: int) -> Moment:
    """Return the moment at `at_ns`, linear between two."""
    if at_ns == after.t_ns:
        return after
    share = (at_ns - before.t_ns) / (after.t_ns - before.t_ns)
    values = (a + (b - a) * share for a, b in zip(before[1:], after[1:], strict=True))
    return Moment(at_ns, *values)
