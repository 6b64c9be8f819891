"""Received CAN frames as the lines that an ELM327 prints (data sheet, "Multiline Responses")."""

from cartech_desk.hardware.sim.ecu import RESPONSE_PENDING
from cartech_desk.hardware.sim.elm_settings import Settings
from cartech_desk.hardware.sim.frames import CONSECUTIVE_FRAME, FIRST_FRAME, FLOW_CONTROL


def lines_of(can_id: int, data: bytes, settings: Settings, *, extended: bool) -> list[str]:
    """Print one frame; no line for one that automatic formatting finds invalid."""
    place = 0 if settings.extended_address is None else 1
    body = data[place:]
    kind = body[0] & 0xF0 if body else 0xF0
    if settings.headers:
        shown = data
        if settings.formatting and kind == 0 and body:
            shown = data[: place + 1 + body[0]]  # padding is left out
        length = f"{len(data)}" if settings.lengths else ""
        return [_with_header(can_id, length, shown, settings, extended=extended)]
    if not settings.formatting:
        return [_bytes(data, settings)]
    if kind == 0:
        return [_bytes(body[1 : 1 + body[0]], settings)] if 0 < body[0] < len(body) else []
    if kind == FIRST_FRAME:
        length = f"{(body[0] & 0x0F) << 8 | body[1]:03X}"
        return [length, _numbered("0", body[2:], settings)]
    if kind == CONSECUTIVE_FRAME:
        return [_numbered(f"{body[0] & 0x0F:X}", body[1:], settings)]
    if kind == FLOW_CONTROL:
        return [_numbered("FC", body[:3], settings)]
    return []


def kline_line(data: bytes, settings: Settings) -> str:
    """Print one message of the K line: all of it, or what is between header and checksum."""
    return _bytes(data if settings.headers else data[3:-1], settings)


def is_pending(data: bytes, settings: Settings) -> bool:
    """Tell whether a frame says that the answer takes longer (7F xx 78)."""
    body = data if settings.extended_address is None else data[1:]
    return len(body) >= 4 and body[0] == 3 and body[1] == 0x7F and body[3] == RESPONSE_PENDING


def _bytes(data: bytes, settings: Settings) -> str:
    if settings.spaces:
        return "".join(f"{byte:02X} " for byte in data)
    return data.hex().upper()


def _numbered(number: str, data: bytes, settings: Settings) -> str:
    gap = " " if settings.spaces else ""
    return f"{number}:{gap}{_bytes(data, settings)}"


def _with_header(
    can_id: int, length: str, data: bytes, settings: Settings, *, extended: bool
) -> str:
    if extended:
        header = _bytes(can_id.to_bytes(4, "big"), settings)
    else:
        header = f"{can_id:03X} " if settings.spaces else f"{can_id:03X}"
    if length and settings.spaces:
        length += " "
    return header + length + _bytes(data, settings)
