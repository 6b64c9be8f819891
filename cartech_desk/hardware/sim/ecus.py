"""The control units of the simulated car and what each of them holds."""

from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.sim.ecu import OUT_OF_RANGE, WRONG_LENGTH, Ecu, Negative, Service
from cartech_desk.hardware.sim.older_services import OlderServices
from cartech_desk.hardware.sim.options import OLDER_BUSES, CarOptions
from cartech_desk.hardware.sim.pids import (
    BRAKES_FREEZE,
    BRAKES_PIDS,
    ENGINE_FREEZE,
    ENGINE_PIDS,
    GEARBOX_FREEZE,
    GEARBOX_PIDS,
    Readout,
)
from cartech_desk.hardware.sim.services import EcuContents, ObdServices
from cartech_desk.hardware.sim.uds_services import UdsServices
from cartech_desk.hardware.sim.vehicle import Vehicle
from cartech_desk.hardware.sim.vin import with_check_digit


def make_ecus(vehicle: Vehicle, options: CarOptions) -> tuple[Ecu, ...]:
    """Engine 7E0, gearbox 7E1, brakes 7E2 and tyre pressures 750/2A (11 bit only).

    With 29-bit identifiers the three answer at 18DA10F1, 18DA18F1 and 18DA28F1.
    """
    ecus = [
        Ecu(
            contents.name,
            Address(wide, extended=True) if options.extended else Address(narrow),
            _services(contents, vehicle, options),
            pace=pace,
        )
        for contents, narrow, wide, pace in (
            (_engine(vehicle, vin(vehicle, options)), 0x7E0, 0x18DA10F1, 1.0),
            (_gearbox(vehicle), 0x7E1, 0x18DA18F1, 1.2),
            (_brakes(vehicle), 0x7E2, 0x18DA28F1, 1.4),
        )
    ]
    if not options.extended and options.speaks not in OLDER_BUSES:
        tyres = Ecu(
            "tyres",
            Address(0x750, response_id=0x758, extension=0x2A),
            {0x21: lambda request: _tyre_pressures(request, vehicle)},
            pace=1.5,
            answers_functional=False,
        )
        ecus.append(tyres)
    return tuple(ecus)


def vin(vehicle: Vehicle, options: CarOptions) -> str:
    """Return what the car tells as its identification number; SZZ belongs to no maker."""
    right = with_check_digit(vehicle.data.identity.vin_without_check.replace("_", "0", 1))
    if options.vin == "wrong_check":
        return right[:8] + ("1" if right[8] != "1" else "2") + right[9:]
    spoilt = {"good": right, "zeros": "0" * 17, "nulls": "\0" * 17, "short": right[:11]}
    return spoilt.get(options.vin, options.vin)


def _services(contents: EcuContents, vehicle: Vehicle, options: CarOptions) -> dict[int, Service]:
    if options.speaks == "uds":
        return UdsServices(contents, vehicle).table()
    if options.speaks in OLDER_BUSES:
        return OlderServices(contents, vehicle).table()
    return ObdServices(contents, vehicle, options.seed).table()


def _engine(vehicle: Vehicle, told_vin: str) -> EcuContents:
    identity = vehicle.data.identity
    number = told_vin.encode("ascii")
    return EcuContents(
        name="engine",
        pids=ENGINE_PIDS,
        freeze=ENGINE_FREEZE,
        information={
            0x02: b"\x01" + number,
            0x04: _calibrations(*identity.calibrations),
            0x06: _verifications(*identity.verification),
            0x0A: _ecu_name("ECM-EngineControl"),
        },
        tests={
            0x01: _probe_tests,
            0x21: _catalyst_tests,
            0x81: _fuel_tests,
            0xA1: lambda r: _misfire_tests(r.state.misfires),
            0xA2: lambda r: _misfire_tests(r.state.misfires),
            0xA3: lambda _: _misfire_tests(0),
            0xA4: lambda _: _misfire_tests(0),
            0xA5: lambda _: _misfire_tests(0),
        },
        identifiers={
            0xF190: lambda _: number,
            0xF18A: lambda _: b"CARTECH SIM",
            # Wastegate duty 0.5 % a bit and turbine speed 100 rpm a bit: this maker's own.
            0x1A40: lambda r: (
                round(r.state.wastegate_pct * 2).to_bytes(1, "big")
                + round(r.state.turbo_krpm * 10).to_bytes(2, "big")
            ),
        },
    )


def _gearbox(vehicle: Vehicle) -> EcuContents:
    identity = vehicle.data.identity
    return EcuContents(
        name="gearbox",
        pids=GEARBOX_PIDS,
        freeze=GEARBOX_FREEZE,
        information={
            0x04: _calibrations(identity.gearbox_calibration),
            0x06: _verifications(identity.gearbox_verification),
            0x0A: _ecu_name("TCM-TransmisCtrl"),
        },
        identifiers={
            # Oil temperature, 1 degC a bit from -40: this maker's own.
            0x1E1C: lambda r: bytes((round(r.state.gearbox_oil_c) + 40,)),
        },
    )


def _brakes(vehicle: Vehicle) -> EcuContents:
    identity = vehicle.data.identity
    return EcuContents(
        name="brakes",
        pids=BRAKES_PIDS,
        freeze=BRAKES_FREEZE,
        information={
            0x04: _calibrations(identity.brakes_calibration),
            0x06: _verifications(identity.brakes_verification),
            0x0A: _ecu_name("ABS-BrakeControl"),
        },
    )


def _calibrations(*names: str) -> bytes:
    """Count, then 16 bytes each, padded with zeros (SAE J1979, info type 04)."""
    return bytes((len(names),)) + b"".join(name.encode("ascii").ljust(16, b"\0") for name in names)


def _verifications(*numbers: str) -> bytes:
    """Count, then four bytes each (SAE J1979, info type 06)."""
    return bytes((len(numbers),)) + b"".join(map(bytes.fromhex, numbers))


def _ecu_name(name: str) -> bytes:
    """One name of 20 bytes: acronym padded to four, a hyphen, the name (info type 0A)."""
    acronym, text = name.split("-")
    return (
        b"\x01"
        + acronym.encode("ascii").ljust(4, b"\0")
        + b"-"
        + text.encode("ascii").ljust(15, b"\0")
    )


def _record(test: int, scaling: int, value: int, least: int, most: int) -> bytes:
    """Test, unit-and-scaling, then value and limits, two bytes each, two's complement."""
    numbers = (number & 0xFFFF for number in (value, least, most))
    return bytes((test, scaling)) + b"".join(number.to_bytes(2, "big") for number in numbers)


def _probe_tests(r: Readout) -> tuple[bytes, ...]:
    millivolt = round(r.state.rear_probe_v * 1000)
    return (
        _record(0x01, 0x0B, 450, 450, 450),  # rich to lean threshold, 1 mV a bit
        _record(0x05, 0x10, 62, 0, 250),  # rich to lean switch time, 1 ms a bit
        _record(0x07, 0x0B, min(millivolt, 120), 0, 300),  # least voltage of a test cycle
    )


def _catalyst_tests(r: Readout) -> tuple[bytes, ...]:
    aged = 92 if r.state.catalyst_c > 300 else 60
    return (_record(0x80, 0x20, aged, 0, 205),)  # ratio, 1/256 a bit


def _fuel_tests(r: Readout) -> tuple[bytes, ...]:
    trim = round((r.state.short_trim_pct + r.state.long_trim_pct) * 100)
    return (_record(0x80, 0xAF, trim, -2500, 2500),)  # percent, signed, 0.01 a bit


def _misfire_tests(count: int) -> tuple[bytes, ...]:
    count = min(count, 0xFFFF)
    return (
        _record(0x0B, 0x24, count // 10, 0, 0xFFFF),  # mean of the last ten driving cycles
        _record(0x0C, 0x24, count, 0, 0xFFFF),  # this driving cycle
    )


def _tyre_pressures(request: bytes, vehicle: Vehicle) -> bytes:
    """21 30: five tyres (the fifth a spare that is not there), (bar + 0.5) * 58 a bit."""
    if len(request) != 2:
        raise Negative(WRONG_LENGTH)
    if request[1] != 0x30:
        raise Negative(OUT_OF_RANGE)
    warmth = 1.0 + 0.0006 * vehicle.state.speed_kmh
    tyres = [round((kpa * warmth / 100 + 0.5) * 58) for kpa in vehicle.data.body.tyres_kpa]
    return bytes((0x61, 0x30, *tyres, 0))
