"""A car of OBD on UDS, asked and heard as one of SAE J1979.

Its identifiers F4xx and F8xx of service 22 are the PIDs of service 01 and the info types of service
09 under other numbers (ISO 27145-2, SAE J1979-2), so that one identification serves both.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cartech_desk.domain.obd import uds_requests as identifiers
from cartech_desk.domain.obd.identity import (
    CALIBRATION_ID_LENGTH,
    CVN_LENGTH,
    ECU_NAME_LENGTH,
    VIN_LENGTH,
)
from cartech_desk.hardware.adapter import Reply, Request

Ask = Callable[[Request], Reply]

_FAMILIES: Final = {0x01: identifiers.PIDS, 0x09: identifiers.INFO}
_SERVICES: Final = {family >> 8: service for service, family in _FAMILIES.items()}
_ITEM: Final = {
    identifiers.VIN: VIN_LENGTH,
    identifiers.CALIBRATION_IDS: CALIBRATION_ID_LENGTH,
    identifiers.CVNS: CVN_LENGTH,
    identifiers.ECU_NAME: ECU_NAME_LENGTH,
}
"""Bytes of one item; UDS tells no count of them, or the one of service 09."""


def asking_as_j1979(ask: Ask) -> Ask:
    """Return an `ask` that takes requests of services 01 and 09, one number each, of a UDS car."""

    def asked(request: Request) -> Reply:
        family = _FAMILIES[request.payload[0]]
        payload = identifiers.identifiers_request([family | request.payload[1]])
        reply = ask(replace(request, payload=payload))
        answers = tuple(replace(one, payload=as_j1979(one.payload)) for one in reply.answers)
        return replace(reply, request=request, answers=answers)

    return asked


def as_j1979(payload: bytes) -> bytes:
    """Return an answer of service 22 in the form of service 01 or 09; others as they are."""
    service = _SERVICES.get(payload[1]) if len(payload) > 3 else None
    if service is None or payload[0] != identifiers.SERVICE | 0x40:
        return payload
    head, data = bytes((service | 0x40, payload[2])), payload[3:]
    size = _ITEM.get(int.from_bytes(payload[1:3], "big"))
    if size is None:
        return head + data
    count, rest = divmod(len(data), size)
    if rest == 1 and count and data[0] == count:
        data = data[1:]
    return head + bytes((count or 1,)) + data
