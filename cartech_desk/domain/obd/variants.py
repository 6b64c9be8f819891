"""What an ECU tells about its own mode 01 answers: where its sensors sit, and other full scales.

Two things change what bits mean. PID 1D in place of 13 says that the oxygen sensors are counted
over four banks of two (SAE J1979, tables of PIDs 13 and 1D), and that trims have a second byte.
PIDs 4F and 50 give full scales other than the usual ones.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from cartech_desk.domain.obd.decode import DecodeError
from cartech_desk.domain.obd.layout import with_full_range
from cartech_desk.domain.obd.pids import Pid
from cartech_desk.domain.obd.signals import Signal

FOUR_BANKS_PID: Final = 0x1D
LAMBDA_MAX: Final = "lambda_max"
O2_VOLT_MAX: Final = "o2_volt_max"
O2_CURRENT_MAX: Final = "o2_current_max_ma"
MAP_MAX: Final = "map_max_kpa"
MAF_MAX: Final = "maf_max_g_s"

_TWO_BANKS: Final = ("11", "12", "13", "14", "21", "22", "23", "24")
_FOUR_BANKS: Final = ("11", "12", "21", "22", "31", "32", "41", "42")
_SENSOR_PIDS: Final = (range(0x14, 0x1C), range(0x24, 0x2C), range(0x34, 0x3C))
_TRIM_PIDS: Final = (0x06, 0x07, 0x08, 0x09, 0x55, 0x56, 0x57, 0x58)


def full_scales(answer_4f: bytes | None, answer_50: bytes | None) -> dict[str, float]:
    """Return the parameters for `build_catalogue` that PIDs 4F and 50 tell, each only where not 0.

    The answers are whole (41 4F and four bytes); None where the ECU has not got the PID.
    Errors: DecodeError where an answer is to something else or has another length.
    """
    scales: dict[str, float] = {}
    for pid, answer, entries in (
        (0x4F, answer_4f, ((LAMBDA_MAX, 1), (O2_VOLT_MAX, 1), (O2_CURRENT_MAX, 1), (MAP_MAX, 10))),
        (0x50, answer_50, ((MAF_MAX, 10),)),
    ):
        if answer is None:
            continue
        if len(answer) != 6 or answer[0] != 0x41 or answer[1] != pid:
            raise DecodeError(
                f"The answer {answer[:8].hex(' ').upper() or '(empty)'} does not tell the full "
                f"scales of PID {pid:02X}.",
                to_do="The request is sent again; if this repeats, check the adapter.",
            )
        for (name, factor), raw in zip(entries, answer[2:], strict=False):
            if raw:
                scales[name] = float(raw * factor)
    return scales


def as_told_by(row: Pid, supported: frozenset[int], scales: Mapping[str, float]) -> Pid:
    """Return the PID as this ECU means it: sensors' places, second bytes, full scales."""
    if row.pid in _TRIM_PIDS:
        size = 2 if FOUR_BANKS_PID in supported else 1
        signals = tuple(one for one in row.signals if one.bit_offset < 8 * size)
        return replace(row, shortest=size, longest=size, signals=signals)
    if FOUR_BANKS_PID in supported:
        row = _counted_over_four_banks(row)
    return _rescaled(row, scales)


def _counted_over_four_banks(row: Pid) -> Pid:
    for pids in _SENSOR_PIDS:
        if row.pid in pids:
            was, now = _TWO_BANKS[row.pid - pids[0]], _FOUR_BANKS[row.pid - pids[0]]
            signals = tuple(_moved(one, was, now) for one in row.signals)
            return replace(row, signals=signals)
    return row


def _moved(signal: Signal, was: str, now: str) -> Signal:
    identifier = signal.id.replace(was, now)
    label = signal.label.replace(f"bank {was[0]} sensor {was[1]}", f"bank {now[0]} sensor {now[1]}")
    channel = identifier if signal.channel == signal.id else signal.channel
    return replace(signal, id=identifier, label=label, channel=channel)


def _rescaled(row: Pid, scales: Mapping[str, float]) -> Pid:
    """Apply other full scales (SAE J1979, PIDs 4F and 50: the raw maximum means the full scale)."""
    name: dict[str, str] = {}
    if row.pid == 0x0B:
        name = {"MAP": MAP_MAX}
    elif row.pid == 0x10:
        name = {"MAF": MAF_MAX}
    elif row.pid == 0x44:
        name = {"EQ_RAT": LAMBDA_MAX}
    elif row.pid in _SENSOR_PIDS[1] or row.pid in _SENSOR_PIDS[2]:
        second = O2_VOLT_MAX if row.pid in _SENSOR_PIDS[1] else O2_CURRENT_MAX
        name = {row.signals[0].id: LAMBDA_MAX, row.signals[1].id: second}
    signals = tuple(
        _to_full_scale(one, scales[name[one.id]]) if name.get(one.id) in scales else one
        for one in row.signals
    )
    return replace(row, signals=signals)


def _to_full_scale(signal: Signal, maximum: float) -> Signal:
    counts = float(1 << signal.bit_length) if signal.bit_length > 8 else 255.0
    if signal.unit == "mA":  # half of the counts lie below zero
        changed = replace(signal, mul=maximum, div=counts / 2, add=-maximum)
    else:
        changed = replace(signal, mul=maximum, div=counts)
    return with_full_range(replace(changed, minimum=None, maximum=None))
