"""Service 02: the values that an ECU kept when a code was stored (SAE J1979, 5.4; ISO 15031-5).

A request names pairs of PID and frame; on CAN up to three share one. The answer repeats each pair
and gives the PID's data as service 01 would: `42 0C 00 1A F8 0D 00 20`. PID 02 is the code that
stored the frame, 0000 where there is none.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from cartech_desk.domain.faults.found import FrameValue
from cartech_desk.domain.obd.codes import code_text
from cartech_desk.domain.obd.decode import decode_data
from cartech_desk.domain.obd.packed import bitmap, split_packed, wrong_answer, wrong_size
from cartech_desk.domain.obd.pids import Pid, mode01_pids
from cartech_desk.domain.obd.signals import Signal
from cartech_desk.domain.obd.support import SUPPORT_PIDS
from cartech_desk.domain.obd.variants import as_told_by

__all__ = [
    "CODE_PID",
    "MOST_PAIRS",
    "SERVICE",
    "check_length",
    "frame_requests",
    "frame_values",
    "read_frame",
    "read_frame_code",
    "read_frame_support",
    "row_as_told",
    "support_requests",
]

SERVICE: Final = 0x02
CODE_PID: Final = 0x02
MOST_PAIRS: Final = 3
_NO_VALUES: Final = frozenset((0x01, CODE_PID, 0x41))
_MOST_PACKED_BYTES: Final = 8


def support_requests(frame: int, *, packed: bool) -> tuple[bytes, ...]:
    """Return the requests that ask which PIDs a frame has; an ECU without more leaves some out.

    The first names the PIDs to 20 (to 60 where packed), and so on: the rest need be asked only
    where the last bitmap told names the next one.
    """
    return _requests([SUPPORT_PIDS], frame, MOST_PAIRS if packed else 1)


def frame_requests(
    pids: Collection[int],
    frame: int,
    *,
    packed: bool,
    supported: frozenset[int] = frozenset(),
) -> tuple[bytes, ...]:
    """Return the requests that fetch PIDs of a frame, as few as may be.

    The code's PID comes first. `packed` on CAN only: PIDs of open length are asked alone all the
    same. PIDs that the table of service 01 does not hold are left out: nothing is made of them.
    `supported` are the PIDs that service 01 has, see `variants`.
    """
    together: list[int] = []
    alone: list[int] = []
    for pid in sorted(pids, key=lambda pid: (pid != CODE_PID, pid)):
        row = row_as_told(pid, supported, None)
        if row is None or pid in SUPPORT_PIDS:
            continue
        fixed = row.length is not None and row.length <= _MOST_PACKED_BYTES
        (together if fixed else alone).append(pid)
    first = _requests([together], frame, MOST_PAIRS if packed else 1)
    return first + _requests([[pid] for pid in alone], frame, 1)


def _requests(groups: Sequence[Sequence[int]], frame: int, most: int) -> tuple[bytes, ...]:
    return tuple(
        bytes((SERVICE,)) + b"".join(bytes((pid, frame)) for pid in pids[at : at + most])
        for pids in groups
        for at in range(0, len(pids), most)
    )


def read_frame_support(payload: bytes, frame: int) -> dict[int, frozenset[int]]:
    """Return the PIDs that each bitmap of an answer names, by its PID (00, 20, …).

    The PIDs of further bitmaps are among them where there are more.
    Errors: DecodeError where the answer is to something else, or cut off.
    """
    parts = split_packed(payload, SERVICE, 2, {base << 8 | frame: 4 for base in SUPPORT_PIDS})
    return {key >> 8: bitmap(key >> 8, data) for key, data in parts.items()}


def read_frame(
    request: bytes, payload: bytes, supported: frozenset[int] = frozenset()
) -> dict[int, bytes]:
    """Return the data bytes of each PID in the answer to one of `frame_requests`.

    `supported` as there. A PID that the frame has not got is left out.
    Errors: DecodeError where the answer is to something else, names another frame, is cut off, or
    holds what was not asked; nothing is half taken.
    """
    pids, frame = request[1::2], request[2]
    rows = {pid: row_as_told(pid, supported, None) for pid in pids}
    if len(pids) == 1 and (row := rows[pids[0]]) is not None and row.length is None:
        if not payload.startswith(bytes((SERVICE | 0x40, pids[0], frame))):
            raise wrong_answer(payload, request)
        data = payload[3:]
        check_length(row, data, payload)
        return {row.pid: data}
    lengths = {
        pid << 8 | frame: row.shortest
        for pid, row in rows.items()
        if row is not None and row.length is not None
    }
    parts = split_packed(payload, SERVICE, 2, lengths)
    return {key >> 8: data for key, data in parts.items()}


def read_frame_code(data: bytes) -> str:
    """Return the code of PID 02's two bytes, empty where there is none. Errors: DecodeError."""
    if len(data) != 2:
        raise wrong_size(data, "2")
    raw = int.from_bytes(data, "big")
    return code_text(raw) if raw else ""


def frame_values(
    parts: Mapping[int, bytes],
    supported: frozenset[int] = frozenset(),
    scales: Mapping[str, float] | None = None,
) -> tuple[FrameValue, ...]:
    """Decode the data bytes of PIDs with the table of service 01, in the order of the PIDs.

    `supported` (mode 01's PIDs of this ECU) and `scales` change what some bytes mean, see
    `variants`. PIDs 01, 02 and 41 are no values of the moment and left out. Where two signals are
    the same canonical channel, the second keeps its own id.
    Errors: DecodeError where the bytes of a PID have another length than the table says.
    """
    values: dict[str, FrameValue] = {}
    for pid in sorted(parts.keys() - _NO_VALUES):
        row = row_as_told(pid, supported, scales)
        if row is None:
            continue
        check_length(row, parts[pid], parts[pid])
        numbers = decode_data(row.command(), parts[pid])
        for signal in row.signals:
            if signal.id in numbers:
                one = _value(signal, numbers[signal.id], values)
                values[one.name] = one
    return tuple(values.values())


def _value(signal: Signal, number: float, taken: Mapping[str, FrameValue]) -> FrameValue:
    name = signal.channel if signal.channel and signal.channel not in taken else signal.id
    state = ""
    if signal.states and not math.isnan(number):
        state = dict(signal.states).get(round(number), "")
    return FrameValue(name, signal.label, signal.unit, number, state)


def row_as_told(
    pid: int, supported: frozenset[int], scales: Mapping[str, float] | None
) -> Pid | None:
    """Return the table's row as this ECU means it, None for a PID that the table lacks."""
    row = mode01_pids().get(pid)
    return None if row is None else as_told_by(row, supported, scales or {})


def check_length(row: Pid, data: bytes, payload: bytes) -> None:
    """Check that the data bytes of a PID are as many as the table says. Errors: DecodeError."""
    if len(data) < row.shortest or (row.longest is not None and len(data) > row.longest):
        least = str(row.shortest)
        due = least if row.longest == row.shortest else f"{least} or more"
        raise wrong_size(payload, f"{due} of data for PID {row.pid:02X}")
