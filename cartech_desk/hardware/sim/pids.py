"""Mode 01 data of each ECU, encoded by SAE J1979 (J1979-DA, Annex B).

This is the ECU's side and shares nothing with the desk's own tables, so that a wrong scaling on
either side shows as a wrong number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cartech_desk.hardware.sim.car_data import CarData
from cartech_desk.hardware.sim.dtc import dtc_bytes
from cartech_desk.hardware.sim.fault_memory import FaultMemory, FreezeFrame
from cartech_desk.hardware.sim.state import State


@dataclass(frozen=True, slots=True)
class Readout:
    """What an encoder may look at: the state (now, or of a freeze frame), memory and figures."""

    state: State
    memory: FaultMemory
    data: CarData
    frame: FreezeFrame | None = None


Encoder = Callable[[Readout], bytes]


def _uint(value: float, size: int) -> bytes:
    most = (1 << 8 * size) - 1
    return min(max(round(value), 0), most).to_bytes(size, "big")


def _byte(value: float) -> bytes:
    return _uint(value, 1)


def _word(value: float) -> bytes:
    return _uint(value, 2)


def _percent(value: float) -> bytes:
    return _byte(value * 255 / 100)


def _trim(value: float) -> bytes:
    return _byte((value + 100) * 128 / 100)


def _celsius(value: float) -> bytes:
    return _byte(value + 40)


def _absolute_throttle(state: State) -> float:
    """Position as the sensor on the spindle tells it: 10 % closed, 92 % wide open."""
    return 10.0 + 0.82 * min(state.throttle_pct, 100.0) + (2.6 if state.running else 0.0)


def _lambda_word(value: float) -> bytes:
    return _word(value * 32768)


def _monitor_status(r: Readout) -> bytes:
    """PID 01: lamp and count; continuous monitors; supported and incomplete monitors (spark)."""
    return bytes((_lamp_and_count(r, "engine"), _continuous(r), MONITORS, _incomplete(r)))


def _lamp_and_count(r: Readout, ecu: str) -> int:
    """Byte A of PID 01: bit 7 the lamp, below it the number of confirmed codes."""
    count = len(r.memory.codes("confirmed", ecu))
    return (0x80 if r.memory.lamp_of(ecu) else 0) | min(count, 127)


def _monitor_this_cycle(r: Readout) -> bytes:
    """PID 41: enabled and incomplete monitors of this driving cycle."""
    return bytes((0, _continuous(r), MONITORS, _incomplete(r)))


MONITORS: Final = 0xE5
"""Catalyst, evaporative system, oxygen sensor, its heater, EGR/VVT (bits 0, 2, 5, 6, 7)."""
MONITOR_TAKES_S: Final = {0: 420.0, 2: 600.0, 5: 150.0, 6: 60.0, 7: 200.0}


def _continuous(r: Readout) -> int:
    """Byte B: misfire, fuel system and components are monitored; incomplete just after clearing."""
    done = r.memory.monitored_s
    incomplete = (done < 40.0) | (done < 90.0) << 1
    return 0x07 | incomplete << 4


def _incomplete(r: Readout) -> int:
    done = r.memory.monitored_s
    return sum(1 << bit for bit, needed in MONITOR_TAKES_S.items() if done < needed)


def _fuel_status(r: Readout) -> bytes:
    """PID 03: 1 open loop (cold), 2 closed, 4 open loop by load or overrun; one bank."""
    state = r.state
    if not state.running:
        return bytes((0, 0))
    if state.closed_loop:
        return bytes((2, 0))
    return bytes((4 if state.fuel_cut or state.enriched else 1, 0))


def _freeze_code(r: Readout) -> bytes:
    return bytes(2) if r.frame is None else dtc_bytes(r.frame.code)


def _probe_current(r: Readout) -> bytes:
    """PID 34: lambda and pump current of the wideband probe (0 mA is 8000 hex)."""
    milliampere = 2.6 * (r.state.lambda_measured - 1.0)
    return _lambda_word(r.state.lambda_measured) + _word((milliampere + 128) * 256)


def _boost_control(r: Readout) -> bytes:
    """PID 70: commanded and actual boost pressure A, absolute, 0.03125 kPa a bit; closed loop."""
    commanded = _word(r.state.charge_target_kpa * 32)
    actual = _word(r.state.charge_kpa * 32)
    return bytes((0x07,)) + commanded + actual + bytes(4) + bytes((0x02,))


def _torque_percent(torque_nm: float, r: Readout) -> bytes:
    return _byte(100 * torque_nm / r.data.engine.reference_torque_nm + 125)


def _litres_per_hour(r: Readout) -> float:
    return r.state.fuel_gps * 3.6 / r.data.engine.fuel_density_kgl


ENGINE_PIDS: Final[dict[int, Encoder]] = {
    0x01: _monitor_status,
    0x03: _fuel_status,
    0x04: lambda r: _percent(r.state.load_pct),
    0x05: lambda r: _celsius(r.state.coolant_sensor_c),
    0x06: lambda r: _trim(r.state.short_trim_pct),
    0x07: lambda r: _trim(r.state.long_trim_pct),
    0x0B: lambda r: _byte(r.state.map_kpa),
    0x0C: lambda r: _word(r.state.rpm * 4),
    0x0D: lambda r: _byte(r.state.speed_kmh),
    0x0E: lambda r: _byte((r.state.timing_deg + 64) * 2),
    0x0F: lambda r: _celsius(r.state.intake_c),
    0x10: lambda r: _word(r.state.maf_gps * 100),
    0x11: lambda r: _percent(_absolute_throttle(r.state)),
    0x13: lambda _: bytes((0x03,)),  # bank 1, sensors 1 and 2
    0x15: lambda r: _byte(r.state.rear_probe_v * 200) + b"\xff",  # not used for trim
    0x1C: lambda _: bytes((0x06,)),  # EOBD
    0x1F: lambda r: _word(r.state.run_s if r.state.running else 0),
    0x21: lambda r: _word(r.memory.lamp_km),
    0x23: lambda r: _word(r.state.rail_kpa / 10),
    0x2E: lambda r: _percent(r.state.purge_pct),
    0x2F: lambda r: _percent(100 * r.state.fuel_l / r.data.body.tank_l),
    0x30: lambda r: _byte(r.memory.warm_ups),
    0x31: lambda r: _word(r.memory.cleared_km),
    0x33: lambda r: _byte(r.state.barometer_kpa),
    0x34: _probe_current,
    0x3C: lambda r: _word((r.state.catalyst_c + 40) * 10),
    0x41: _monitor_this_cycle,
    0x42: lambda r: _word(r.state.battery_v * 1000),
    0x43: lambda r: _word(r.state.absolute_load_pct * 255 / 100),
    0x44: lambda r: _lambda_word(r.state.lambda_commanded),
    0x45: lambda r: _percent(0.82 * r.state.throttle_pct),
    0x46: lambda r: _celsius(r.state.ambient_c),
    0x47: lambda r: _percent(_absolute_throttle(r.state) + 0.4),
    0x49: lambda r: _percent(14.5 + 0.74 * r.state.pedal_pct),
    0x4A: lambda r: _percent(7.3 + 0.37 * r.state.pedal_pct),
    0x4C: lambda r: _percent(10.0 + 0.82 * r.state.pedal_pct),
    0x4D: lambda r: _word(r.memory.lamp_s / 60),
    0x4E: lambda r: _word(r.memory.cleared_s / 60),
    0x51: lambda _: bytes((0x01,)),  # gasoline
    0x5C: lambda r: _celsius(r.state.oil_c),
    0x5E: lambda r: _word(_litres_per_hour(r) * 20),
    0x61: lambda r: _torque_percent(r.state.demand_nm, r),
    0x62: lambda r: _torque_percent(r.state.torque_nm, r),
    0x63: lambda r: _word(r.data.engine.reference_torque_nm),
    0x67: lambda r: bytes((0x01,)) + _celsius(r.state.coolant_sensor_c) + b"\x00",
    0x68: lambda r: bytes((0x01,)) + _celsius(r.state.intake_c) + bytes(5),
    0x70: _boost_control,
    0x74: lambda r: bytes((0x01,)) + _word(r.state.turbo_krpm * 100) + bytes(2),  # 10 rpm a bit
    0x8E: lambda r: _torque_percent(r.state.friction_nm, r),
    0x9D: lambda r: _word(r.state.fuel_gps * 50) * 2,
    0xA6: lambda r: _uint(r.state.odometer_km * 10, 4),
}

GEARBOX_PIDS: Final[dict[int, Encoder]] = {
    0x01: lambda r: bytes((_lamp_and_count(r, "gearbox"), 0x04, 0, 0)),
    0x05: lambda r: _celsius(r.state.coolant_sensor_c),
    0x0C: lambda r: _word(r.state.rpm * 4),
    0x0D: lambda r: _byte(r.state.speed_kmh),
    0x1C: lambda _: bytes((0x06,)),
    0x42: lambda r: _word((r.state.battery_v - 0.06) * 1000),
    # PID A4: actual gear in the high nibble of byte B, ratio in bytes C and D, 0.001 a bit.
    0xA4: lambda r: bytes((0x03, r.state.gear << 4)) + _word(_gear_ratio(r) * 1000),
}

BRAKES_PIDS: Final[dict[int, Encoder]] = {
    0x01: lambda r: bytes((_lamp_and_count(r, "brakes"), 0x04, 0, 0)),
    0x0D: lambda r: _byte(r.state.speed_kmh),
    0x42: lambda r: _word((r.state.battery_v - 0.11) * 1000),
}

ENGINE_FREEZE: Final[dict[int, Encoder]] = {0x02: _freeze_code} | {
    pid: ENGINE_PIDS[pid]
    for pid in (
        *(0x03, 0x04, 0x05, 0x06, 0x07, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11),
        *(0x1F, 0x2F, 0x33, 0x42, 0x43, 0x44, 0x45, 0x46, 0x49, 0x5C),
    )
}
GEARBOX_FREEZE: Final[dict[int, Encoder]] = {0x02: _freeze_code} | {
    pid: GEARBOX_PIDS[pid] for pid in (0x05, 0x0C, 0x0D, 0x42, 0xA4)
}
BRAKES_FREEZE: Final[dict[int, Encoder]] = {0x02: _freeze_code} | {
    pid: BRAKES_PIDS[pid] for pid in (0x0D, 0x42)
}


def _gear_ratio(r: Readout) -> float:
    return r.data.drivetrain.ratios[r.state.gear - 1] if r.state.gear else 0.0


def support_bitmap(base: int, supported: frozenset[int]) -> bytes | None:
    """Four bytes for the 32 identifiers after `base`; None where this and all later are empty.

    Bit 31 is base + 1; the last bit tells that the next bitmap exists (SAE J1979, 6.1.2).
    """
    later = [pid for pid in supported if pid > base]
    if not later and base:
        return None
    bits = 0
    for pid in later:
        if pid <= base + 0x20:
            bits |= 1 << (0x20 - (pid - base))
        else:
            bits |= 1
    return bits.to_bytes(4, "big")
