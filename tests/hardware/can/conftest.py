"""A scripted car on a virtual bus: each frame that the desk sends must be the script's next."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence

import can
import pytest

from cartech_desk.hardware.adapter import Adapter
from cartech_desk.hardware.adapters import make_adapter

Step = tuple[str, Sequence[str | float]]
"""A frame that the desk sends ("7DF 02 01 00", padded here), then frames and pauses."""


def frame(text: str, *, padded: bool = False) -> can.Message:
    head, *rest = text.split()
    data = bytes.fromhex("".join(rest))
    return can.Message(
        arbitration_id=int(head, 16),
        is_extended_id=len(head) > 3,
        data=data.ljust(8, b"\0") if padded else data,
    )


class ScriptedCar:
    def __init__(self, channel: str) -> None:
        self.bus = can.Bus(channel, interface="virtual", ignore_config=True)
        self.steps: list[Step] = []
        self.unexpected: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def put(self, *texts: str) -> None:
        for text in texts:
            self.bus.send(frame(text))

    def _run(self) -> None:
        while not self._stop.is_set():
            message = self.bus.recv(0.02)
            if message is None:
                continue
            if not self.steps or not message.equals(
                frame(self.steps[0][0], padded=True),
                timestamp_delta=None,
                check_channel=False,
                check_direction=False,
            ):
                self.unexpected.append(str(message))
                continue
            for item in self.steps.pop(0)[1]:
                if isinstance(item, str):
                    self.put(item)
                else:
                    time.sleep(item)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(2)
        self.bus.shutdown()


@pytest.fixture
def channel() -> str:
    return f"test-{uuid.uuid4()}"


@pytest.fixture
def car(channel: str) -> Iterator[ScriptedCar]:
    scripted = ScriptedCar(channel)
    yield scripted
    scripted.close()


@pytest.fixture
def adapter(channel: str) -> Iterator[Adapter]:
    with make_adapter(f"can:virtual:{channel}") as opened:
        yield opened


@pytest.fixture
def talk(car: ScriptedCar) -> Iterator[Callable[..., None]]:
    """Set the script; at the end of the test every step must have been played and no more."""

    def script(*steps: Step) -> None:
        car.steps = list(steps)

    yield script
    deadline = time.monotonic() + 1
    while car.steps and time.monotonic() < deadline:
        time.sleep(0.005)
    assert car.steps == []
    assert car.unexpected == []
