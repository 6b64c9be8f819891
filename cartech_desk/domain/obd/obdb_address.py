"""Headers of a signal set: `hdr`, `rax`, `eax`, `pri` and `tst`.

Three digits of `hdr` are an 11-bit identifier. Four are the middle of a 29-bit one, between the
priority (`pri`, 18 where not given) and the tester (`tst`, F1); eight are a whole one. `rax` is the
identifier of the answer: whole (three or eight digits), behind the priority (six), or the ECU's
own byte of pp DA F1 xx (two). `eax` is the address byte of extended addressing.
"""

from typing import Final

from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.obdb_checks import Node

_LARGEST_11BIT: Final = 0x7FF
_LARGEST_29BIT: Final = 0x1FFF_FFFF
_PRIORITY: Final = "18"
_TESTER: Final = "F1"


def read_address(node: Node, warnings: list[str]) -> Address | None:
    """Return where a command goes; None, with a warning, where it is for a bus before CAN."""
    header = node.text("hdr")
    priority, tester = _digits(node, "pri", _PRIORITY), _digits(node, "tst", _TESTER)
    node.hexadecimal(header, "hdr")
    if node.get("proto") == "9141-2":
        warnings.append(f"{node.place}: it is for a bus before CAN and left out.")
        return None
    extension = node.get("eax")
    answer = _answer(node, priority)
    if len(header) == 3:
        request, extended = int(header, 16), False
        if request > _LARGEST_11BIT:
            raise node.wrong(f"hdr {header} is no 11-bit identifier")
    elif len(header) in (4, 8):
        whole = header if len(header) == 8 else priority + header + tester
        request, extended = int(whole, 16), True
        if request > _LARGEST_29BIT:
            raise node.wrong(f"hdr {whole} is no 29-bit identifier")
    else:
        raise node.wrong(f"hdr “{header}” has neither 3, 4 nor 8 hex digits")
    if answer is not None and (answer > _LARGEST_11BIT) != extended:
        raise node.wrong("hdr and rax are not identifiers of the same length")
    return Address(
        request_id=request,
        response_id=answer,
        extended=extended,
        extension=None if extension is None else int(_digits(node, "eax", ""), 16),
    )


def _answer(node: Node, priority: str) -> int | None:
    if node.get("rax") is None:
        return None
    text = node.text("rax")
    whole = {2: f"{priority}DAF1{text}", 3: text, 6: priority + text, 8: text}.get(len(text))
    if whole is None:
        raise node.wrong(f"rax “{text}” has neither 2, 3, 6 nor 8 hex digits")
    number = node.hexadecimal(whole, "rax")
    if number > (_LARGEST_11BIT if len(text) == 3 else _LARGEST_29BIT):
        raise node.wrong(f"rax {whole} is no identifier")
    return number


def _digits(node: Node, key: str, default: str) -> str:
    if node.get(key) is None:
        return default
    text = node.text(key)
    node.hexadecimal(text, key)
    if len(text) != 2:
        raise node.wrong(f"{key} “{text}” has not 2 hex digits")
    return text
