"""The whole car but its ECUs: driver, engine, drive train, heat and battery on one clock."""

from collections.abc import Callable
from typing import Final

from cartech_desk.hardware.sim.car_data import car_data, faults, scripts
from cartech_desk.hardware.sim.curves import lag
from cartech_desk.hardware.sim.driver import STEP_S, Driver
from cartech_desk.hardware.sim.drivetrain import Drivetrain
from cartech_desk.hardware.sim.engine import Engine
from cartech_desk.hardware.sim.evil import MANY_CODES, many_codes
from cartech_desk.hardware.sim.fault_memory import FaultMemory
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.scenario import Overlay, Scenario, Silence, TimedFault
from cartech_desk.hardware.sim.state import State
from cartech_desk.hardware.sim.thermal import Thermal

STEP_NS: Final = round(STEP_S * 1e9)
LONGEST_CATCH_UP: Final = 6000
"""Steps made up for at once: after a longer gap (a suspended computer) the car has stood still."""
Witness = Callable[[State, int], None]
STALL_RPM: Final = 320.0
CATCH_RPM: Final = 280.0


class Vehicle:
    """The car's physics and its memory of faults."""

    def __init__(self, options: CarOptions) -> None:
        self.data = car_data()
        script = scripts()[options.script]
        body = self.data.body
        start = {
            "ambient_c": body.ambient_c,
            "intake_c": body.ambient_c,
            "coolant_c": body.ambient_c,
            "oil_c": body.ambient_c,
            "exhaust_c": body.ambient_c,
            "catalyst_c": body.ambient_c,
            "gearbox_oil_c": body.ambient_c,
            "barometer_kpa": body.barometer_kpa,
            "charge_kpa": body.barometer_kpa,
            "map_kpa": body.barometer_kpa,
            "battery_v": body.battery_v,
            "fuel_l": body.fuel_l,
            "odometer_km": body.odometer_km,
        }
        self.state = State(**(start | script.start), ignition=options.ignition)
        self.state.running = self.state.running and options.ignition
        if self.state.running:
            self._start_running(rolling="rpm" in script.start)
        self.faults: set[str] = {
            name for name in options.faults if not faults()[name].only_remembered
        }
        self.memory = FaultMemory(self.state, self.faults)
        self.engine = Engine(self.data, self.state, self.faults, options.seed)
        self.drivetrain = Drivetrain(
            self.data, self.state, bench=script.bench, grip_n=script.grip_n
        )
        self.thermal = Thermal(self.data.thermal, self.data.engine, self.state, self.faults)
        self.driver = Driver(script, self.state, self.data.drivetrain)
        self.scenario = Scenario(
            tuple(TimedFault(**entry) for entry in script.faults),
            tuple(Overlay(**entry) for entry in script.overlays),
            tuple(Silence(**entry) for entry in script.silences),
        )
        self.on_rollers = script.bench
        self._key = options.ignition
        self._clock = options.clock
        self._began_ns: int | None = None
        self._steps = 0
        self._witnesses: list[Witness] = []
        self._alternator_v = body.charging_v
        self.thermal.step(0.0)
        for name in options.faults:
            self.memory.remember(faults()[name])
        many = [
            fault for kind, ecu in options.evil if kind == MANY_CODES for fault in many_codes(ecu)
        ]
        for fault in (*options.codes, *many):
            self.memory.remember(fault)

    @property
    def battery_v(self) -> float:
        """Voltage at the battery."""
        return self.state.battery_v

    def advance(self, now_ns: int) -> None:
        """Integrate up to `now_ns`; the first call sets time zero, an earlier time does nothing."""
        if self._began_ns is None:
            self._began_ns = now_ns
            return
        steps = (now_ns - self._began_ns) * self._clock // STEP_NS - self._steps
        if steps <= 0:
            return
        self._steps += steps
        for behind in range(min(steps, LONGEST_CATCH_UP) - 1, -1, -1):
            self.step()
            if self._witnesses:
                t_ns = self._began_ns + (self._steps - behind) * STEP_NS // self._clock
                for witness in self._witnesses:
                    witness(self.state, t_ns)

    def add_witness(self, witness: Witness) -> None:
        """Show every later step to somebody: the state and when it was, on the asker's clock."""
        self._witnesses.append(witness)

    def remove_witness(self, witness: Witness) -> None:
        """Show it no more."""
        self._witnesses.remove(witness)

    def when_ns(self, time_s: float) -> int:
        """Return when the script's clock stands at `time_s`, on the clock of whoever asks.

        Time zero is the first question that the car is asked; before it this is `time_s` alone.
        """
        return (self._began_ns or 0) + round(time_s * 1e9 / self._clock)

    def step(self) -> None:
        """Integrate one step of `STEP_S`."""
        state = self.state
        self.scenario.step(state.time_s, self.faults)
        controls = self.driver.step()
        state.ignition = self._key
        # Whoever wants to drive starts the engine first, after a stall or a turn of the key too.
        wanted = controls.starter or not (state.running or controls.key_only)
        state.cranking = self._key and wanted
        state.pedal_pct = controls.pedal_pct
        state.brake_pct = controls.brake_pct
        state.gear = controls.gear if state.running else 0
        state.clutch = controls.clutch if state.gear else 0.0
        if state.running:
            state.running = self._key and state.rpm > STALL_RPM
            state.run_s += STEP_S
        elif state.cranking and state.rpm > CATCH_RPM:
            state.running = True
            state.run_s = 0.0
        torque_nm = self.engine.step(STEP_S)
        self.drivetrain.step(torque_nm, STEP_S)
        self.thermal.step(STEP_S)
        self._charge()
        state.fuel_l = max(
            state.fuel_l - state.fuel_gps / 1e3 / self.data.engine.fuel_density_kgl * STEP_S, 1.0
        )
        state.time_s += STEP_S
        self.memory.step(STEP_S)

    def switch_ignition(self, *, on: bool) -> None:
        """Turn the key; the engine dies without ignition."""
        self._key = on

    def inject(self, fault: str) -> None:
        """Let a fault happen; ValueError for an unknown one."""
        if fault not in faults():
            raise ValueError(f"unknown fault {fault}")
        if faults()[fault].only_remembered:
            self.memory.remember(faults()[fault])
            return
        self.faults.add(fault)

    def mend(self, fault: str) -> None:
        """Take a fault away."""
        self.faults.discard(fault)

    def _start_running(self, *, rolling: bool) -> None:
        state, engine = self.state, self.data.engine
        if not rolling:
            state.rpm = engine.idle_rpm
            state.map_kpa = 34.0
        state.run_s = 140.0
        state.exhaust_c = 480.0
        state.intake_c = state.ambient_c + 14.0
        state.battery_v = self.data.body.charging_v
        state.gearbox_oil_c = 0.6 * state.coolant_c
        state.turbo_krpm = 12.0

    def _charge(self) -> None:
        """Alternator, battery and starter."""
        state, body = self.state, self.data.body
        if state.cranking and not state.running:
            target, tau_s = 10.1, 0.08
        elif not state.running:
            target, tau_s = body.battery_v - (0.25 if self._key else 0.0), 8.0
        elif "low_battery" in self.faults:
            target, tau_s = 11.1, 25.0
        else:
            cold = min(max(20.0 - state.ambient_c, 0.0), 40.0) * 0.008
            sag = 0.18 * max(1.0 - state.rpm / 1000.0, 0.0)
            target, tau_s = body.charging_v + cold - sag, 1.5
        state.battery_v = lag(state.battery_v, target, tau_s, STEP_S)
