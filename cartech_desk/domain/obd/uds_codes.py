"""OBD on UDS: trouble codes by service 19, and clearing by 14 (ISO 14229-1, 12.2, 12.3; J1979-2).

Codes have three bytes, the two of SAE J2012 and a failure type byte, and a status byte. What a car
of SAE J1979-2 is asked: `19 42 33 08 1E` (confirmed), `19 42 33 04 1E` (pending), `19 55 33`
(permanent), `19 04` (snapshots), all of functional group 33, emissions.
"""

from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.faults.found import CodeStatus

SERVICE: Final = 0x19
EMISSIONS: Final = 0x33
"""The functional group of emissions-related systems (ISO 14229-1, table D.15; ISO 27145-3)."""
CONFIRMED: Final = 0x08
PENDING: Final = 0x04
ALL_SNAPSHOTS: Final = 0xFF
CLEAR_EMISSIONS: Final = bytes.fromhex("14FFFF33")
CLEARED: Final = b"\x54"


@dataclass(frozen=True, slots=True)
class UdsCode:
    """One code: three bytes as text and failure type, status; `severity` None where not told."""

    code: str
    failure_type: int
    status: int
    severity: int | None = None

    @property
    def raw(self) -> bytes:
        """The three bytes, for requests about this code."""
        raise NotImplementedError

    @property
    def statuses(self) -> tuple[CodeStatus, ...]:
        """Stored and pending as the status byte tells them."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class UdsCodes:
    """Codes that one answer lists; `available` are the status bits that the ECU keeps at all."""

    codes: tuple[UdsCode, ...]
    available: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One record of a code's snapshots: data bytes by identifier (F4xx are mode 01's PIDs).

    `left` is what stands behind an identifier whose length nobody knows: not decoded.
    """

    code: UdsCode
    record: int
    parts: tuple[tuple[int, bytes], ...]
    left: bytes = b""

    @property
    def pids(self) -> dict[int, bytes]:
        """The data bytes of those that are PIDs of service 01, for `frame_values`."""
        raise NotImplementedError


def codes_request(status: int) -> bytes:
    """Return the request for codes of the emissions group with any of these status bits."""
    raise NotImplementedError


def permanent_request() -> bytes:
    """Return the request for permanent codes of the emissions group."""
    raise NotImplementedError


def plain_codes_request(status: int) -> bytes:
    """Return the request 19 02 for codes of any group: for ECUs that refuse 19 42."""
    raise NotImplementedError


def read_uds_codes(request: bytes, payload: bytes) -> UdsCodes:
    """Return the codes that answer one of the requests above (also 19 56 and 19 1A).

    A code told twice stands once. Errors: DecodeError where the answer is to something else, in
    another format than SAE J2012's, or no whole records; CodesAmiss where a record's status does
    not fit what was asked.
    """
    raise NotImplementedError


def snapshot_ids_request() -> bytes:
    """Return the request 19 03 for which codes have which records."""
    raise NotImplementedError


def read_snapshot_ids(payload: bytes) -> tuple[tuple[UdsCode, int], ...]:
    """Return code and record number of every snapshot; `status` of these codes is 0, not told."""
    raise NotImplementedError


def snapshot_request(code: UdsCode, record: int = ALL_SNAPSHOTS) -> bytes:
    """Return the request 19 04 for a code's snapshot records."""
    raise NotImplementedError


def read_snapshots(
    request: bytes, payload: bytes, supported: frozenset[int] = frozenset()
) -> tuple[Snapshot, ...]:
    """Return the snapshot records of one code; none where it has none.

    Lengths come from the table of service 01 as this ECU means it (`supported` are its F4xx
    identifiers as PIDs). Errors: DecodeError where the answer is to something else or cut off.
    """
    raise NotImplementedError


def read_cleared(payload: bytes) -> None:
    """Check the answer to CLEAR_EMISSIONS. Errors: DecodeError where it confirms nothing."""
    raise NotImplementedError
