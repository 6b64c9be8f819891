"""Control units that answer wrongly, as the option `evil` asks: `wrong_count:engine,mute:brakes`.

What they spoil are the services of codes (03, 07, 0A, 19) and of freeze frames (02); they identify
themselves and tell live values as honest ones do.
"""

from dataclasses import replace
from typing import Final

from cartech_desk.hardware.sim.car_data import Fault
from cartech_desk.hardware.sim.code_option import ECUS, NEVER_S
from cartech_desk.hardware.sim.ecu import RESPONSE_PENDING, Ecu, EcuAnswer
from cartech_desk.hardware.sim.option_values import refused

PENDING_FOREVER: Final = "pending_forever"
ANOTHERS_DATA: Final = "anothers_data"
WRONG_COUNT: Final = "wrong_count"
CONTRADICTS: Final = "contradicts"
MANY_CODES: Final = "many_codes"
BROKEN_FRAMES: Final = "broken_frames"
MUTE: Final = "mute"

EVILS: Final = {
    PENDING_FOREVER: "answers “please wait” and never anything else",
    ANOTHERS_DATA: "answers with what another request asked for",
    WRONG_COUNT: "announces other than it tells",
    CONTRADICTS: "counts one code more in PID 01 than it lists",
    MANY_CODES: "has 40 codes more",
    BROKEN_FRAMES: "loses a frame of every long answer",
    MUTE: "is silent",
}
MANY: Final = 40
FIRST_OF_MANY: Final = 0x0100
AGAIN_S: Final = 2.0
WAITS: Final = 60
"""It asks for time every two seconds, for two minutes: longer than anybody waits."""
LOST_FRAME: Final = 2

_CODES: Final = frozenset({0x03, 0x07, 0x0A, 0x19})
_SPOILT: Final = _CODES | {0x02}
_NEIGHBOUR: Final = {0x03: b"\x07", 0x07: b"\x0a", 0x0A: b"\x03", 0x19: b"\x22\xf4\x0c"}
Evils = dict[str, frozenset[str]]


def read_evils(name: str, text: str) -> tuple[tuple[str, str], ...]:
    """Read `KIND:ECU` entries with commas. Errors: BadAdapterUrl for one that cannot be."""
    entries = []
    for part in filter(None, text.split(",")):
        kind, _, ecu = part.partition(":")
        if kind not in EVILS or ecu not in ECUS:
            wanted = f"Write KIND:ECU, with kinds {', '.join(EVILS)} and {', '.join(ECUS)}."
            raise refused(name, part, wanted)
        entries.append((kind, ecu))
    return tuple(entries)


def many_codes(ecu: str) -> tuple[Fault, ...]:
    """Return forty codes for an ECU."""
    return tuple(
        Fault(
            name=f"P{number:04X}:{ecu}",
            code=f"P{number:04X}",
            ecu=ecu,
            says="one of many",
            pending_s=NEVER_S,
            confirmed_s=NEVER_S,
            kinds=("confirmed",),
        )
        for number in range(FIRST_OF_MANY, FIRST_OF_MANY + MANY)
    )


def spoil(
    kinds: frozenset[str], ecu: Ecu, payload: bytes, answers: list[EcuAnswer], *, functional: bool
) -> list[EcuAnswer]:
    """Return what an ECU of these kinds answers to a request instead of the honest answers."""
    service = payload[0]
    if CONTRADICTS in kinds and payload in (b"\x01\x01", b"\x22\xf4\x01"):
        return [replace(answer, payload=_one_more(answer.payload)) for answer in answers]
    if service not in _SPOILT:
        return answers
    if MUTE in kinds:
        return []
    if PENDING_FOREVER in kinds and service in _CODES:
        wait = bytes((0x7F, service, RESPONSE_PENDING))
        extension = ecu.address.extension
        return [EcuAnswer(ecu.answer_id, wait, AGAIN_S * n, extension) for n in range(WAITS)]
    if ANOTHERS_DATA in kinds:
        other = ecu.answer(_other(payload), functional=functional)
        answers = [] if other is None else [replace(one, payload=other) for one in answers]
    if WRONG_COUNT in kinds and service in _CODES:
        answers = [replace(answer, payload=_miscounted(answer.payload)) for answer in answers]
    if BROKEN_FRAMES in kinds:
        answers = [replace(answer, lost_frame=LOST_FRAME) for answer in answers]
    return answers


def _other(payload: bytes) -> bytes:
    """Return the request whose answer comes instead."""
    if payload[0] == 0x02:
        return bytes((0x02, payload[1] ^ 0x01)) + payload[2:]
    return _NEIGHBOUR[payload[0]]


def _one_more(answer: bytes) -> bytes:
    """Raise the count of codes in PID 01 by one."""
    place = 2 if answer[0] == 0x41 else 3
    return answer[:place] + bytes((answer[place] + 1,)) + answer[place + 1 :]


def _miscounted(answer: bytes) -> bytes:
    """Announce two codes more than follow; a UDS report ends within a code."""
    if answer[0] == 0x59:
        return answer[:-1] if len(answer) > 6 else answer + b"\x02\x03"
    if answer[0] in (0x43, 0x47, 0x4A):
        return bytes((answer[0], answer[1] + 2)) + answer[2:]
    return answer
