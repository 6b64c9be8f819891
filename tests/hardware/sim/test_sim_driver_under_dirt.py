"""However dirty the line, the desk's driver gives a right value or says that it has none."""

import itertools
import random
import time

import pytest

from cartech_desk.domain.obd.address import FUNCTIONAL, Address
from cartech_desk.hardware.adapter import Adapter, Answer, Reply, Request
from cartech_desk.hardware.adapters import make_adapter
from cartech_desk.hardware.errors import HardwareError, LinkLost, RequestFailed

ENGINE = Address(0x7E0)
STEADY = {0x33: "63", 0x51: "01", 0x1C: "06", 0x46: "3B", 0x13: "03", 0x63: "0168"}
"""PIDs of the idling car that never change, and their data."""
CODES = {0x7E8: "43010301", 0x7E9: "4300", 0x7EA: "4300"}
VIN = "490201" + b"SZZCT0SM5N0012047".hex().upper()
DIRT = {
    "light": "light",
    "heavy": "heavy",
    "interleaved": "interleave:1,late:0.2,foreign:0.3",
    "damaged": "garbage:0.3,truncated:0.3,nulls:0.3",
    "doubled": "duplicates:0.6,late:0.4,leaked_prompt:0.2",
    "failing": "errors:0.5,chunks:1",
}


def connect(adapter: Adapter) -> None:
    """Connect as a patient person would."""
    adapter.open()
    for attempt in itertools.count(1):
        try:
            adapter.connect_car()
        except LinkLost:
            raise
        except HardwareError:
            assert attempt < 12, "a dozen attempts failed"
        else:
            return


def is_right(answer: Answer) -> bool:
    told = answer.payload.hex().upper()
    if told.startswith("43"):
        return told == CODES[answer.ecu]
    if told.startswith("49"):
        return told == VIN
    rest = answer.payload[1:]
    while rest:
        data = bytes.fromhex(STEADY.get(rest[0], "FFFFFFFF"))
        if rest[1 : 1 + len(data)] != data:
            return False
        rest = rest[1 + len(data) :]
    return told.startswith("41")


def replies(url: str, seconds: float) -> tuple[list[Reply], int]:
    """Ask for what never changes for a while; the replies, and how many requests failed."""
    dice = random.Random(url)  # noqa: S311 - no secret
    good: list[Reply] = []
    failed = 0
    with make_adapter(url) as adapter:
        connect(adapter)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pids = dice.sample(sorted(STEADY), dice.randrange(1, 6))
            request = dice.choice(
                [Request(ENGINE, bytes([1, *pids]), 1)] * 3
                + [Request(FUNCTIONAL, b"\x03"), Request(FUNCTIONAL, b"\x09\x02")]
            )
            try:
                good.append(adapter.request(request))
            except RequestFailed:
                failed += 1
    return good, failed


def check(dirt: str, seed: int, seconds: float) -> None:
    url = f"sim:?script=idle&faults=misfire&latency_ms=2&dirt={DIRT[dirt]}&seed={seed}"
    good, failed = replies(url, seconds)
    wrong = [
        (reply.request.payload.hex(), answer)
        for reply in good
        for answer in reply.answers
        if not is_right(answer)
    ]
    assert wrong == []
    assert len(good) > 3, f"{failed} requests failed"


@pytest.mark.parametrize("dirt", DIRT)
def test_no_dirt_makes_a_wrong_value(dirt):
    check(dirt, seed=7, seconds=0.5)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("dirt", DIRT)
def test_no_dirt_makes_a_wrong_value_for_long(dirt, seed):
    check(dirt, seed, seconds=15.0)
