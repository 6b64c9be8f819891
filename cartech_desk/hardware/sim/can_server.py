"""The simulated car on a CAN bus: real ISO-TP in front of its ECUs, with as much dirt as asked.

Reassembly and segmentation are can-isotp's, not the desk's own, so that a mistake in one is not
hidden by the same mistake in the other.
"""

import heapq
import itertools
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import can
import isotp

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.hardware.sim.car import FUNCTIONAL_IDS, Car
from cartech_desk.hardware.sim.ecu import Answering, EcuAnswer
from cartech_desk.hardware.sim.options import DirtOptions

PADDINGS: Final = (0x00, 0xAA, 0x55)
"""What ECUs of different makers fill their frames with; one after the other."""
IDLE_S: Final = 0.05
BUSY_S: Final = 0.001
LATE_S: Final = 0.4
"""How much later a late answer comes: after a tester has given it up."""
FOREIGN_IDS: Final = (0x0C9, 0x120, 0x1F1, 0x2C3, 0x3E8, 0x4C1, 0x52A, 0x641)
MOST_FOREIGN_AT_ONCE: Final = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CanDirt:
    """What goes wrong on the simulated bus.

    `foreign_per_s` frames of other talks every second; `duplicate`, `lose` and `late` the
    probability that a frame comes twice, that a consecutive frame is lost, that an answer comes
    0.4 s late; `no_flow_control` True for ECUs that never answer a first frame.
    """

    foreign_per_s: float = 0.0
    duplicate: float = 0.0
    lose: float = 0.0
    late: float = 0.0
    no_flow_control: bool = False
    seed: int = 1


def can_dirt(options: DirtOptions, seed: int) -> CanDirt:
    """Carry the dirt that was asked of an adapter over to a bus, as far as a bus knows it.

    A truncated answer is one of which a frame is lost; `foreign` at 1 is 1,000 frames a second.
    """
    return CanDirt(
        foreign_per_s=1000 * options.foreign,
        duplicate=options.duplicates,
        lose=options.truncated,
        late=options.late,
        seed=seed,
    )


class _Stack:
    """ISO-TP of one ECU; `inbox` holds the frames that came for it."""

    def __init__(self, ecu: Answering, padding: int, server: "CanCarServer") -> None:
        self.ecu = ecu
        self.lost_frame = 0
        """How many consecutive frames from now the one is that never goes out; 0 for none."""
        address = ecu.address
        self.inbox: deque[isotp.CanMessage] = deque()
        if address.extension is None:
            mode = isotp.AddressingMode.Normal_29bits
            if not address.extended:
                mode = isotp.AddressingMode.Normal_11bits
            ends = isotp.Address(mode, txid=ecu.answer_id, rxid=address.request_id)
        else:
            mode = isotp.AddressingMode.Extended_29bits
            if not address.extended:
                mode = isotp.AddressingMode.Extended_11bits
            ends = isotp.Address(
                mode,
                txid=ecu.answer_id,
                rxid=address.request_id,
                source_address=address.extension,
                target_address=address.extension,
            )
        self.layer = isotp.TransportLayerLogic(
            rxfn=lambda _timeout: self.inbox.popleft() if self.inbox else None,
            txfn=server.put,
            address=ends,
            error_handler=lambda error: _log.info("%s: %s", ecu.name, error),
            params={"tx_padding": padding, "tx_data_min_length": 8, "blocking_send": False},
        )

    def is_for(self, message: can.Message) -> bool:
        """Whether a frame is addressed to this ECU."""
        address = self.ecu.address
        return (
            message.arbitration_id == address.request_id
            and message.is_extended_id == address.extended
            and (address.extension is None or message.data[:1] == bytes((address.extension,)))
        )

    def loses(self) -> bool:
        """Tell whether the consecutive frame that is due is the one that gets lost."""
        if self.lost_frame:
            self.lost_frame -= 1
            return self.lost_frame == 0
        return False

    @property
    def busy(self) -> bool:
        """Whether a long message is under way in either direction."""
        return bool(self.inbox) or self.layer.transmitting() or self.layer.is_rx_active()


class CanCarServer:
    """Serves a simulated car on an open python-can bus, which stays the caller's to close.

    `latency_s` is added to every answer. `problem` holds a sentence once the server had to give
    up; it is empty while all is well.
    """

    def __init__(
        self,
        car: Car,
        bus: can.BusABC,
        *,
        latency_s: float = 0.0,
        dirt: CanDirt | None = None,
    ) -> None:
        self.problem = ""
        self._car = car
        self._bus = bus
        self._latency_s = latency_s
        self._dirt = dirt or CanDirt()
        self._random = random.Random(f"dirt {self._dirt.seed}")  # noqa: S311 - no secret
        paddings = itertools.cycle(PADDINGS)
        self._stacks = [_Stack(ecu, next(paddings), self) for ecu in car.ecus]
        self._due: list[tuple[float, int, EcuAnswer]] = []
        self._numbers = itertools.count()
        self._foreign_owed_since = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start answering; a no-op while it runs."""
        if self._thread is not None:
            return
        self._stop.clear()
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="simulated car on CAN", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering; returns once the thread has ended."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
            self._thread = None

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def put(self, message: isotp.CanMessage) -> None:
        """Send a frame of one of the stacks, or what the dirt makes of it."""
        dirt, lead = self._dirt, 0
        stack = self._stack_of(message.arbitration_id)
        if stack is not None and stack.ecu.address.extension is not None:
            lead = 1
        kind = message.data[lead] >> 4
        if kind == 2 and (self._happens(dirt.lose) or (stack is not None and stack.loses())):
            return
        if kind == 3 and dirt.no_flow_control:
            return
        frame = can.Message(
            arbitration_id=message.arbitration_id,
            data=message.data,
            is_extended_id=message.is_extended_id,
        )
        for _ in range(2 if self._happens(dirt.duplicate) else 1):
            self._bus.send(frame, timeout=0.5)

    def _run(self) -> None:
        self._foreign_owed_since = time.monotonic()
        try:
            while not self._stop.is_set():
                message = self._bus.recv(self._nap_s())
                if message is not None and not message.is_error_frame:
                    self._take(message)
                self._send_due()
                for stack in self._stacks:
                    if stack.busy:
                        self._work(stack)
                self._send_foreign()
        except (can.CanError, OSError) as error:
            self.problem = f"The simulated car left the bus: {error}."
            _log.warning("%s", self.problem)
        except Exception as error:  # drivers of twenty vendors raise what they like
            self.problem = f"The simulated car left the bus: {error}."
            _log.exception("the simulated car failed")

    def _nap_s(self) -> float:
        if self._dirt.foreign_per_s or any(stack.busy for stack in self._stacks):
            return BUSY_S
        if not self._due:
            return IDLE_S
        return min(IDLE_S, max(0.0, self._due[0][0] - time.monotonic()))

    def _take(self, message: can.Message) -> None:
        data = bytes(message.data)
        if message.is_remote_frame or not data:
            return
        if message.arbitration_id == FUNCTIONAL_IDS[message.is_extended_id]:
            # only single frames go to everybody (ISO 15765-2, 8.2)
            if data[0] >> 4 == 0 and 0 < data[0] < len(data):
                self._ask(message, data[1 : 1 + data[0]], None)
            return
        for stack in self._stacks:
            if stack.is_for(message):
                stack.inbox.append(
                    isotp.CanMessage(
                        arbitration_id=message.arbitration_id,
                        data=data,
                        extended_id=message.is_extended_id,
                    )
                )
                self._work(stack)

    def _work(self, stack: _Stack) -> None:
        stack.layer.process()
        address = stack.ecu.address
        while stack.layer.available():
            payload = stack.layer.recv()
            if payload:
                request = can.Message(
                    arbitration_id=address.request_id, is_extended_id=address.extended
                )
                self._ask(request, bytes(payload), address.extension)

    def _ask(self, message: can.Message, payload: bytes, extension: int | None) -> None:
        answers = self._car.handle(
            message.arbitration_id,
            payload,
            extended=message.is_extended_id,
            now_ns=monotonic_ns(),
            extension=extension,
        )
        self._forget_waits({answer.can_id for answer in answers})
        for answer in answers:
            delay_s = answer.delay_s + self._latency_s
            if self._happens(self._dirt.late):
                delay_s += LATE_S
            heapq.heappush(self._due, (time.monotonic() + delay_s, next(self._numbers), answer))

    def _forget_waits(self, can_ids: set[int]) -> None:
        """Let an ECU that is asked anew no longer ask for time for what it was asked before."""
        kept = [one for one in self._due if one[2].can_id not in can_ids or not one[2].is_wait]
        if len(kept) < len(self._due):
            self._due = kept
            heapq.heapify(self._due)

    def _send_due(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, _, answer = heapq.heappop(self._due)
            for stack in self._answering(answer.can_id, answer.extension):
                stack.lost_frame = answer.lost_frame
                stack.layer.send(answer.payload)
                self._work(stack)

    def _answering(self, can_id: int, extension: int | None) -> Iterator[_Stack]:
        for stack in self._stacks:
            if stack.ecu.answer_id == can_id and stack.ecu.address.extension == extension:
                yield stack

    def _stack_of(self, answer_id: int) -> _Stack | None:
        return next((one for one in self._stacks if one.ecu.answer_id == answer_id), None)

    def _send_foreign(self) -> None:
        rate = self._dirt.foreign_per_s
        if not rate:
            return
        now = time.monotonic()
        owed = int((now - self._foreign_owed_since) * rate)
        if not owed:
            return
        if owed > MOST_FOREIGN_AT_ONCE:  # we were held up: what was missed stays missed
            owed, self._foreign_owed_since = MOST_FOREIGN_AT_ONCE, now
        else:
            self._foreign_owed_since += owed / rate
        for _ in range(owed):
            frame = can.Message(
                arbitration_id=self._random.choice(FOREIGN_IDS),
                data=self._random.randbytes(8),
                is_extended_id=False,
            )
            self._bus.send(frame, timeout=0.5)

    def _happens(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability
