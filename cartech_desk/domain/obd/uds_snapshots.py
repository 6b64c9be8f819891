"""OBD on UDS: freeze frames as snapshot records of a code, services 19 03 and 19 04.

`59 04 <code> <status>`, then for each record its number, how many identifiers it holds, and the
identifiers each with its data (ISO 14229-1, 12.3). Lengths are not told: identifiers F4xx are the
PIDs of service 01 and have the lengths of its table; behind any other one nothing can be parted.

Which record is the legislated freeze frame is not agreed on in public (00, or F0 for one that is
written anew): all are asked for and shown with their numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cartech_desk.domain.obd.freeze_frames import row_as_told
from cartech_desk.domain.obd.packed import is_padding, wrong_answer, wrong_size
from cartech_desk.domain.obd.uds_codes import SERVICE, UdsCode, uds_code
from cartech_desk.domain.obd.uds_identifiers import PIDS

IDENTIFICATION: Final = 0x03
BY_CODE: Final = 0x04
ALL_RECORDS: Final = 0xFF


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One record of a code's snapshots: data bytes by identifier (F4xx are mode 01's PIDs).

    `left` is what stands behind an identifier whose length nobody knows: not decoded. Where it
    is not empty, further identifiers and records may be in it.
    """

    code: UdsCode
    record: int
    parts: Mapping[int, bytes]
    left: bytes = b""

    @property
    def pids(self) -> dict[int, bytes]:
        """The data bytes of those that are PIDs of service 01, for `frame_values`."""
        return {key & 0xFF: data for key, data in self.parts.items() if key & 0xFF00 == PIDS}


def snapshot_ids_request() -> bytes:
    """Return the request 19 03 for which codes have which records."""
    return bytes((SERVICE, IDENTIFICATION))


def read_snapshot_ids(payload: bytes) -> tuple[tuple[UdsCode, int], ...]:
    """Return code and record number of every snapshot; `status` of these codes is 0, not told.

    Errors: DecodeError where the answer is to something else or no whole records, or padded.
    """
    if not payload.startswith(bytes((SERVICE | 0x40, IDENTIFICATION))):
        raise wrong_answer(payload, snapshot_ids_request())
    data = payload[2:]
    if len(data) % 4:
        raise wrong_size(payload, "2 and whole records of 4")
    records = [data[at : at + 4] for at in range(0, len(data), 4)]
    if any(is_padding(record) for record in records):
        raise wrong_size(payload, "2 and records without padding")
    return tuple((uds_code(record[:3] + b"\x00"), record[3]) for record in records)


def snapshot_request(code: UdsCode, record: int = ALL_RECORDS) -> bytes:
    """Return the request 19 04 for a code's snapshot records."""
    return bytes((SERVICE, BY_CODE)) + code.raw + bytes((record,))


def read_snapshots(
    request: bytes, payload: bytes, supported: frozenset[int] = frozenset()
) -> tuple[Snapshot, ...]:
    """Return the snapshot records of one code; none where it has none.

    `supported` are the ECU's F4xx identifiers as PIDs, see `variants`. Padding behind the last
    record (one byte throughout) is passed over.
    Errors: DecodeError where the answer is to something else or cut off, where a record comes
    twice, or holds nothing.
    """
    if not payload.startswith(bytes((SERVICE | 0x40,)) + request[1:5]):
        raise wrong_answer(payload, request)
    if len(payload) < 6:
        raise wrong_size(payload, "at least 6")
    code = uds_code(payload[2:6])
    wanted, at = request[5], 6
    found: list[Snapshot] = []
    while at < len(payload):
        if found and is_padding(payload[at:]):
            break
        if at + 2 > len(payload):
            raise wrong_size(payload, "a whole record")
        record, count = payload[at], payload[at + 1]
        if wanted < 0xFE and record != wanted:
            raise wrong_answer(payload, request)
        if any(record == one.record for one in found):
            raise wrong_size(payload, f"those of record {record:02X} once")
        parts, left, at = _parts(payload, at + 2, count, supported)
        if is_padding(left) if left else not parts:
            raise wrong_size(payload, f"more for the identifiers of record {record:02X}")
        found.append(Snapshot(code, record, parts, left))
    return tuple(found)


def _parts(
    payload: bytes, at: int, count: int, supported: frozenset[int]
) -> tuple[dict[int, bytes], bytes, int]:
    """Part one record; return its identifiers, what nobody can part, and where the next begins."""
    parts: dict[int, bytes] = {}
    end = len(payload)
    if not count:  # more identifiers than a byte counts: nobody knows where the record ends
        return parts, payload[at:], end
    for _ in range(count):
        if at + 2 > end:
            raise wrong_size(payload, f"{count} identifiers in a record")
        identifier = int.from_bytes(payload[at : at + 2], "big")
        size = _length(identifier, supported)
        if size is None:
            return parts, payload[at:], end
        if at + 2 + size > end or identifier in parts:
            raise wrong_size(payload, f"{size} more for identifier {identifier:04X}, once")
        parts[identifier] = payload[at + 2 : at + 2 + size]
        at += 2 + size
    return parts, b"", at


def _length(identifier: int, supported: frozenset[int]) -> int | None:
    if identifier & 0xFF00 != PIDS:
        return None
    row = row_as_told(identifier & 0xFF, supported, None)
    return None if row is None else row.length
