"""What the ECUs remember of faults: pending, confirmed and permanent codes, lamp, freeze frames."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.sim.car_data import KINDS, Fault, car_data, faults
from cartech_desk.hardware.sim.curves import Curve, Map
from cartech_desk.hardware.sim.state import State

WARM_UP_RISE_C = 22.0
WARM_UP_END_C = 71.0
"""A warm-up cycle: coolant up by 22 K and above 71 degC (SAE J1979, PID 30)."""
_GAS_CONSTANT: Final = 0.28705
"""Of air [kPa*l/(g*K)]."""
_STANDARD_DENSITY_GL: Final = 1.184
"""Air at 25 degC and 101.3 kPa, which full load counts from (SAE J1979, PID 43)."""
MOST_FRAMES: Final = 4
"""Freeze frames of one ECU; the first faults keep theirs."""

TEST_FAILED: Final = 0x01
FAILED_THIS_CYCLE: Final = 0x02
PENDING: Final = 0x04
CONFIRMED: Final = 0x08
UNTESTED_SINCE_CLEAR: Final = 0x10
FAILED_SINCE_CLEAR: Final = 0x20
UNTESTED_THIS_CYCLE: Final = 0x40
LAMP_REQUESTED: Final = 0x80
"""Bits of a code's status (ISO 14229-1, D.2)."""
TESTED_AFTER_S: Final = 60.0


@dataclass(slots=True)
class FreezeFrame:
    """The code that stored the frame, and the car at that moment.

    `latest` is the car when the fault was last noticed in this drive, None where it was not.
    """

    code: str
    state: State
    latest: State | None = None


class FaultMemory:
    """Codes of all ECUs, each kept under the ECU's name; counters since they were cleared.

    A fault that is noticed long enough becomes pending, then confirmed: it lights the lamp,
    stores a freeze frame in its ECU and becomes permanent (SAE J1979, services 03, 07, 0A).
    """

    def __init__(self, state: State, present: set[str]) -> None:
        self._state = state
        self._present = present
        self._noticed_s: dict[str, float] = {}
        self._noticed_now: set[str] = set()
        self.pending: dict[str, Fault] = {}
        self.confirmed: dict[str, Fault] = {}
        self.permanent: dict[str, Fault] = {}
        self._frames: dict[str, FreezeFrame] = {}
        self.cleared_km = 0.0
        self.cleared_s = 0.0
        self.warm_ups = 0
        self.lamp_km = 0.0
        self.lamp_s = 0.0
        self.monitored_s = 0.0
        self._odometer_km = state.odometer_km
        self._coldest_c = state.coolant_c
        self._before_first_start()

    @property
    def lamp(self) -> bool:
        """Whether the malfunction indicator lamp is lit."""
        return any(fault.lamp for fault in self.confirmed.values())

    def lamp_of(self, ecu: str) -> bool:
        """Whether this ECU asks for the lamp."""
        return any(fault.lamp for fault in self.confirmed.values() if fault.ecu == ecu)

    def codes(self, kind: str, ecu: str) -> list[str]:
        """Codes of one kind ("pending", "confirmed", "permanent") in one ECU, as they came."""
        table: dict[str, Fault] = getattr(self, kind)
        return [fault.code for fault in table.values() if fault.ecu == ecu]

    def faults_of(self, ecu: str) -> list[Fault]:
        """Every fault of which this ECU keeps a code of any kind, each once."""
        known = self.confirmed | self.pending | self.permanent
        return [fault for fault in known.values() if fault.ecu == ecu]

    def frames(self, ecu: str) -> list[FreezeFrame]:
        """Freeze frames of one ECU, the oldest first."""
        return [frame for fault, frame in self._framed() if fault.ecu == ecu]

    def frame_of(self, fault: Fault) -> FreezeFrame | None:
        """Return the frame that this fault stored."""
        return self._frames.get(fault.name)

    def status(self, fault: Fault) -> int:
        """Return the status byte of a code (ISO 14229-1, D.2)."""
        kept = fault.name in self.pending or fault.name in self.confirmed
        status = 0
        if kept:
            status |= FAILED_SINCE_CLEAR
        if fault.name in self._noticed_now:
            status |= FAILED_THIS_CYCLE
            if fault.name in self._present:
                status |= TEST_FAILED
        elif self._state.run_s < TESTED_AFTER_S:
            status |= UNTESTED_THIS_CYCLE
        if not kept and self.monitored_s < TESTED_AFTER_S:
            status |= UNTESTED_SINCE_CLEAR
        if fault.name in self.pending:
            status |= PENDING
        if fault.name in self.confirmed:
            status |= CONFIRMED | (LAMP_REQUESTED if fault.lamp else 0)
        return status

    def remember(self, fault: Fault) -> None:
        """Store a fault as one of an earlier drive, with the frame that it names."""
        for kind in KINDS:
            if kind in fault.kinds:
                getattr(self, kind)[fault.name] = fault
        if fault.only_remembered:
            return
        self._noticed_s[fault.name] = fault.confirmed_s
        if "confirmed" in fault.kinds:
            self._store_frame(fault, _earlier(self._state, fault.frame))
        if self.lamp:
            self.lamp_km, self.lamp_s = 37.0, 41.0 * 60

    def clear(self, ecu: str) -> None:
        """Clear the codes of one ECU (service 04).

        Permanent codes stay while the fault is there, and where nobody drove since it was mended.
        """
        for table in (self.pending, self.confirmed):
            for name in [name for name, fault in table.items() if fault.ecu == ecu]:
                del table[name]
                self._noticed_s.pop(name, None)
                self._noticed_now.discard(name)
                self._frames.pop(name, None)
        for name in [name for name, fault in self.permanent.items() if fault.ecu == ecu]:
            if name not in self._present and not self.permanent[name].only_remembered:
                del self.permanent[name]
        if ecu == "engine":
            self.cleared_km = self.cleared_s = 0.0
            self.warm_ups = 0
            self.lamp_km = self.lamp_s = 0.0
            self.monitored_s = 0.0

    def step(self, dt_s: float) -> None:
        """Watch the present faults for one step and keep the counters."""
        state = self._state
        moved_km = state.odometer_km - self._odometer_km
        self._odometer_km = state.odometer_km
        self.cleared_km += moved_km
        if state.running:
            self.cleared_s += dt_s
            self.monitored_s += dt_s
            if self.lamp:
                self.lamp_km += moved_km
                self.lamp_s += dt_s
            for name in sorted(self._present):
                self._watch(faults()[name], dt_s)
        self._count_warm_up()

    def _watch(self, fault: Fault, dt_s: float) -> None:
        noticed_s = self._noticed_s.get(fault.name, 0.0)
        noticeable = _noticeable(fault.name, self._state)
        if noticeable and fault.name not in self._noticed_now:
            self._noticed_now.add(fault.name)
            frame = self._frames.get(fault.name)
            if frame is not None:
                frame.latest = copy.copy(self._state)
        if noticed_s >= fault.confirmed_s:
            return
        if noticeable:
            noticed_s += dt_s
            self._noticed_s[fault.name] = noticed_s
        if noticed_s >= fault.pending_s and fault.name not in self.pending:
            self.pending[fault.name] = fault
        if noticed_s >= fault.confirmed_s and "confirmed" in fault.kinds:
            self.confirmed[fault.name] = fault
            if "permanent" in fault.kinds:
                self.permanent[fault.name] = fault
            self._store_frame(fault, copy.copy(self._state))

    def _store_frame(self, fault: Fault, state: State) -> None:
        if len(self.frames(fault.ecu)) < MOST_FRAMES:
            self._frames.setdefault(fault.name, FreezeFrame(fault.code, state))

    def _framed(self) -> Iterator[tuple[Fault, FreezeFrame]]:
        for name, frame in self._frames.items():
            yield self.confirmed[name], frame

    def _count_warm_up(self) -> None:
        coolant_c = self._state.coolant_c
        self._coldest_c = min(self._coldest_c, coolant_c)
        if coolant_c > WARM_UP_END_C and coolant_c > self._coldest_c + WARM_UP_RISE_C:
            self.warm_ups = min(self.warm_ups + 1, 255)
            self._coldest_c = coolant_c

    def _before_first_start(self) -> None:
        """Counters of a car that was driven for a while since somebody last cleared codes."""
        self.cleared_km = 1263.0
        self.cleared_s = 33.5 * 3600
        self.warm_ups = 38
        self.monitored_s = 3600.0


def _earlier(state: State, frame: dict[str, float]) -> State:
    """Return a copy of the state in which a fault's own figures stand.

    Where they are of a running engine, what they do not name follows from them: air flow and load
    from speed and manifold pressure, the angle from the map.
    """
    earlier = copy.copy(state)
    if frame.get("rpm", 0.0) > 0.0:
        _let_run(earlier, frame)
    for name, value in frame.items():
        setattr(earlier, name, value)
    return earlier


def _let_run(state: State, frame: dict[str, float]) -> None:
    engine, ignition = car_data().engine, car_data().ignition
    rpm, map_kpa = frame["rpm"], frame.get("map_kpa", 46.0)
    state.running, state.cranking = True, False
    state.run_s, state.intake_c = 640.0, 33.0
    state.battery_v = car_data().body.charging_v
    state.map_kpa = map_kpa
    filling = Curve(engine.volumetric_rpm, engine.volumetric)(rpm)
    density_gl = map_kpa / (_GAS_CONSTANT * (state.intake_c + 273.15))
    litres_per_s = engine.displacement_m3 * 1000 * rpm / 120
    state.maf_gps = filling * density_gl * litres_per_s
    state.absolute_load_pct = 100 * filling * density_gl / _STANDARD_DENSITY_GL
    state.load_pct = min(state.absolute_load_pct, 100.0)
    state.throttle_pct = min(12.0 + 0.6 * state.load_pct, 100.0)
    state.timing_deg = Map(ignition.rpm, ignition.bar, ignition.degrees)(rpm, map_kpa / 100)
    state.enriched = frame.get("load_pct", state.load_pct) > 80.0
    state.closed_loop = frame.get("coolant_c", 90.0) > 50.0 and not state.enriched


def _noticeable(name: str, state: State) -> bool:
    """Tell whether the car is in a state in which its ECU could notice this fault."""
    if name == "boost_leak":
        return state.charge_target_kpa - state.charge_kpa > 25.0 and state.rpm > 2600.0
    if name == "wastegate_hose":
        return state.charge_kpa - state.charge_target_kpa > 20.0 and state.rpm > 2000.0
    if name == "coolant_pump":
        return state.coolant_sensor_c > 112.0
    if name == "lean":
        return state.closed_loop and state.short_trim_pct + state.long_trim_pct > 8.0
    if name == "low_battery":
        return state.battery_v < 12.0
    if name in ("wheel_speed", "gear_slips"):
        return state.speed_kmh > 8.0
    return True
