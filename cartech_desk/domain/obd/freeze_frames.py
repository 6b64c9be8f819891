"""Service 02: the values that an ECU kept when a code was stored (SAE J1979, 5.4; ISO 15031-5).

A request names pairs of PID and frame; on CAN up to three share one. The answer repeats each pair
and gives the PID's data as service 01 would: `42 0C 00 1A F8 0D 00 20`. PID 02 is the code that
stored the frame, 0000 where there is none.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from cartech_desk.domain.faults.found import FrameValue
from cartech_desk.domain.obd.pids import Pid

SERVICE: Final = 0x02
CODE_PID: Final = 0x02
MOST_PAIRS: Final = 3


def support_requests(frame: int, *, packed: bool) -> tuple[bytes, ...]:
    """Return the requests that ask which PIDs a frame has; an ECU without more leaves some out."""
    raise NotImplementedError


def frame_requests(pids: Collection[int], frame: int, *, packed: bool) -> tuple[bytes, ...]:
    """Return the requests that fetch PIDs of a frame, as few as may be.

    The code's PID comes first. `packed` on CAN only: PIDs of open length are asked alone all the
    same. PIDs that the table of service 01 does not hold are left out: nothing is made of them.
    """
    raise NotImplementedError


def read_frame_support(payload: bytes, frame: int) -> dict[int, frozenset[int]]:
    """Return the PIDs that each bitmap of an answer names, by its PID (00, 20, …).

    Errors: DecodeError where the answer is to something else, or cut off.
    """
    raise NotImplementedError


def read_frame(request: bytes, payload: bytes) -> dict[int, bytes]:
    """Return the data bytes of each PID in the answer to one of `frame_requests`.

    Errors: DecodeError where the answer is to something else, names another frame, is cut off, or
    holds what was not asked; nothing is half taken.
    """
    raise NotImplementedError


def read_frame_code(data: bytes) -> str:
    """Return the code of PID 02's two bytes, empty where there is none. Errors: DecodeError."""
    raise NotImplementedError


def frame_values(
    parts: Mapping[int, bytes],
    supported: frozenset[int] = frozenset(),
    scales: Mapping[str, float] | None = None,
) -> tuple[FrameValue, ...]:
    """Decode the data bytes of PIDs with the table of service 01, in the order of the PIDs.

    `supported` (mode 01's PIDs of this ECU) and `scales` change what some bytes mean, see
    `variants`. PIDs 01, 02 and 41 are no values of the moment and left out.
    Errors: DecodeError where the bytes of a PID have another length than the table says.
    """
    raise NotImplementedError


def row_as_told(
    pid: int, supported: frozenset[int], scales: Mapping[str, float] | None
) -> Pid | None:
    """Return the table's row as this ECU means it, None for a PID that the table lacks."""
    raise NotImplementedError


__all__: Sequence[str] = (
    "CODE_PID",
    "MOST_PAIRS",
    "SERVICE",
    "frame_requests",
    "frame_values",
    "read_frame",
    "read_frame_code",
    "read_frame_support",
    "row_as_told",
    "support_requests",
)
