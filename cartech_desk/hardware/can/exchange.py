"""One request on a CAN bus and the answers to it, as ISO 15765-2 and ISO 15765-4 prescribe."""

from collections.abc import Callable
from typing import Final

from cartech_desk.domain.clock import monotonic_ns
from cartech_desk.domain.obd.address import Address
from cartech_desk.hardware.adapter import Answer, Refusal, Reply, Request
from cartech_desk.hardware.answers import (
    MOST_ACTING_S,
    MOST_PENDING_S,
    P2_STAR_S,
    READING,
    Kind,
    judge,
)
from cartech_desk.hardware.can import isotp_send
from cartech_desk.hardware.can.reassembly import Begun, Broken, Reassembly, Whole
from cartech_desk.hardware.can.wire import CanWire, Frame
from cartech_desk.hardware.errors import AdapterLacks, BusFault, NoAnswer, Unreadable

LONG_S: Final = 1.5
"""Whoever waits longer than this for an answer means it: silence is then no sign of a dead link."""
SLICE_S: Final = 0.1
"""Longest single wait, so that an interruption is seen."""
MOST_WAITS: Final = 10
"""Flow control may ask to wait this often in a row before the ECU counts as full."""
MOST_WAITING: Final = 500
"""Frames read after the time is up; a busy bus brings that many in a tenth of a second."""
_TESTER: Final = 0xF1
_FUNCTIONAL: Final = (0x7DF, 0x18DB33F1)


def _nothing() -> None:
    """Do nothing meanwhile."""


class Exchange:
    """One request under way. `run` does it; one object serves one request.

    `wait_s` is the time for the first frame of an answer; `before` the request before this one,
    whose late first frame is still let through, so that its ECU gets free; `check` raises where
    the adapter is to be closed; `sent` is called once the request is out; `clock` gives monotonic
    nanoseconds.
    """

    def __init__(
        self,
        wire: CanWire,
        request: Request,
        *,
        wait_s: float,
        before: Request | None,
        check: Callable[[], None],
        sent: Callable[[], None] = _nothing,
        clock: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._wire = wire
        self._now_ns = clock
        self._request = request
        self._address = request.address
        self._wait_s = wait_s
        self._before = before
        self._check = check
        self._sent = sent
        extension = self._address.extension
        # by the standard the answer's byte is the tester's; Toyota's ECUs send their own
        self._reassembly = Reassembly(
            None if extension is None else frozenset((extension, _TESTER))
        )
        self._answers: dict[int, Answer] = {}
        self._refusals: dict[int, Refusal] = {}
        self._unreadable: dict[int, list[str]] = {}
        self._pending_ns: dict[int, int] = {}
        self._late: set[int] = set()
        self._t_sent_ns = 0
        self._p2_ns = 0
        self.slowest_s: float | None = None
        """Time to the first frame of the slowest ECU; None while none answered."""

    def run(self) -> Reply:
        """Ask and gather.

        Errors: NoAnswer, Unreadable, BusFault, AdapterLacks, LinkLost.
        """
        errors_before = self._wire.error_frames
        self._wire.drain()
        self._t_sent_ns = self._now_ns()
        self._p2_ns = self._t_sent_ns + int(self._wait_s * 1e9)
        signs = self._wire.signs
        signs.patient_until_ns = self._p2_ns if self._wait_s > LONG_S else 0
        try:
            self._send()
            self._sent()
            self._gather()
        finally:
            signs.patient_until_ns = 0
        return self._reply(self._wire.error_frames - errors_before)

    # sending

    def _send(self) -> None:
        payload, extension = self._request.payload, self._address.extension
        if not payload or len(payload) > isotp_send.LONGEST:
            raise AdapterLacks(
                f"A request of {len(payload)} bytes cannot be sent on a CAN bus.",
                to_do="Ask for 1 to 4095 bytes.",
            )
        if isotp_send.fits_single(payload, extension):
            self._put(isotp_send.single_frame(payload, extension))
        elif self._address.request_id in _FUNCTIONAL:
            raise AdapterLacks(
                f"A request to all ECUs at once holds at most 7 bytes, not {len(payload)}.",
                to_do="Ask for less at once, or ask one ECU by its own address.",
            )
        else:
            self._send_long(payload)

    def _send_long(self, payload: bytes) -> None:
        extension = self._address.extension
        self._put(isotp_send.first_frame(payload, extension))
        control = self._flow_control()
        if control is None:
            return  # the ECU refused the request at its first frame
        left = control.block
        for frame in isotp_send.consecutive_frames(payload, extension):
            if control.block and left == 0:
                control = self._flow_control()
                if control is None:
                    return
                left = control.block
            self._pause(control.pause_s)
            self._put(frame)
            left -= 1
        self._t_sent_ns = self._now_ns()
        self._p2_ns = self._t_sent_ns + int(self._wait_s * 1e9)

    def _flow_control(self) -> isotp_send.FlowControl | None:
        """Wait for the ECU's flow control; None where it answered the request instead."""
        waits = 0
        deadline_ns = self._now_ns() + int(isotp_send.N_BS_S * 1e9)
        while self._now_ns() < deadline_ns:
            frame = self._take(deadline_ns)
            if frame is None:
                continue
            lead = 0 if self._address.extension is None else 1
            control = isotp_send.read_flow_control(frame.data[lead:])
            if control is None:
                self._sort(frame)
                if self._finished():
                    return None
            elif control.status is isotp_send.Status.GO_ON:
                return control
            elif control.status is isotp_send.Status.OVERFLOW or waits >= MOST_WAITS:
                break
            else:
                waits += 1
                deadline_ns = self._now_ns() + int(isotp_send.N_BS_S * 1e9)
        raise NoAnswer(
            f"The ECU at {self._address} did not take a request of "
            f"{len(self._request.payload)} bytes.",
            to_do="Ask for less at once, or try again.",
        )

    def _pause(self, pause_s: float) -> None:
        """Keep the pause between frames that the ECU asked for, listening meanwhile."""
        until_ns = self._now_ns() + int(pause_s * 1e9)
        while (left_ns := until_ns - self._now_ns()) > 0:
            frame = self._wire.receive(left_ns / 1e9)
            if frame is not None and self._is_for_us(frame):
                self._sort(frame)

    def _put(self, data: bytes) -> None:
        self._wire.send(self._address.request_id, data, extended=self._address.extended)

    # receiving

    def _gather(self) -> None:
        while not self._finished():
            now_ns = self._now_ns()
            for broken in self._reassembly.expire(now_ns):
                self._note(broken)
            deadline_ns = self._deadline_ns()
            if now_ns >= deadline_ns:
                self._read_waiting()
                if self._deadline_ns() <= deadline_ns:
                    return
                continue
            frame = self._take(deadline_ns)
            if frame is not None:
                self._sort(frame)

    def _read_waiting(self) -> None:
        """Read what has arrived: where this thread was held up, it may have come in time."""
        for _ in range(MOST_WAITING):
            frame = self._wire.receive(0.0)
            if frame is None:
                return
            if self._is_for_us(frame):
                self._sort(frame)
            if self._finished():
                return

    def _deadline_ns(self) -> int:
        return max(self._p2_ns, self._reassembly.deadline_ns or 0, *self._pending_ns.values(), 0)

    def _finished(self) -> bool:
        done = len(self._answers.keys() | self._refusals.keys() | self._reassembly.spoiled)
        if self._address.functional:
            return self._request.expected is not None and done >= self._request.expected > 0
        return done > 0

    def _take(self, deadline_ns: int) -> Frame | None:
        """Return the next frame of a legal responder, None after a while."""
        self._check()
        left_s = (deadline_ns - self._now_ns()) / 1e9
        frame = self._wire.receive(max(0.0, min(SLICE_S, left_s)))
        return frame if frame is not None and self._is_for_us(frame) else None

    def _is_for_us(self, frame: Frame) -> bool:
        return frame.extended == self._address.extended and self._address.accepts(frame.can_id)

    def _sort(self, frame: Frame) -> None:
        event = self._reassembly.feed(frame.can_id, frame.data, frame.t_ns)
        if isinstance(event, Broken):
            self._note(event)
        elif isinstance(event, Begun):
            self._begin(event)
        elif isinstance(event, Whole):
            self._take_whole(event)

    def _begin(self, first: Begun) -> None:
        """Ask for the rest of a long answer, if it is one to us."""
        if judge(self._request.payload, first.start) is Kind.FOREIGN:
            if self._before is None or judge(self._before.payload, first.start) is Kind.FOREIGN:
                self._reassembly.forget(first.can_id)
                return
            self._late.add(first.can_id)  # let it finish, so that the ECU gets to our request
        self._wire.send(
            _physical_id(self._address, first.can_id),
            isotp_send.go_on(self._address.extension),
            extended=self._address.extended,
        )

    def _take_whole(self, whole: Whole) -> None:
        ecu, payload = whole.can_id, whole.payload
        kind = judge(self._request.payload, payload)
        if kind is Kind.FOREIGN or ecu in self._answers or ecu in self._refusals:
            return
        if kind is Kind.PENDING:
            self._learn(whole.t_ns)
            reads = self._request.payload[0] in READING
            most_s = MOST_PENDING_S if reads else MOST_ACTING_S
            self._pending_ns[ecu] = min(
                whole.t_ns + int(P2_STAR_S * 1e9), self._t_sent_ns + int(most_s * 1e9)
            )
            self._wire.signs.be_patient(self._pending_ns[ecu])
            return
        if kind is Kind.CUT_SHORT:
            self._note(Broken(ecu, f"{ecu:03X} answered {payload.hex(' ').upper()}, too short"))
            return
        if self._reassembly.under_way(ecu):
            if ecu not in self._late:
                self._note(self._reassembly.spoil(ecu, f"{ecu:03X} sent two answers at once"))
                return
            self._reassembly.forget(ecu)
        self._learn(whole.t_ns)
        self._pending_ns.pop(ecu, None)
        if kind is Kind.REFUSAL:
            self._refusals[ecu] = Refusal(ecu, payload[1], payload[2], whole.t_ns)
        else:
            self._answers[ecu] = Answer(ecu, payload, whole.t_ns)

    def _learn(self, t_ns: int) -> None:
        if not self._pending_ns:
            took_s = (t_ns - self._t_sent_ns) / 1e9
            self.slowest_s = max(self.slowest_s or 0.0, took_s)

    def _note(self, broken: Broken) -> None:
        texts = self._unreadable.setdefault(broken.can_id, [])
        if broken.text not in texts:
            texts.append(broken.text)

    # the end

    def _reply(self, error_frames: int) -> Reply:
        for ecu in self._pending_ns:
            if ecu not in self._unreadable:
                self._note(Broken(ecu, f"{ecu:03X} asked for time and never answered"))
        # what an ECU that answered in the end sent beside that was late or noise
        told = self._answers.keys() | self._refusals.keys()
        unreadable = tuple(
            text for ecu, texts in self._unreadable.items() if ecu not in told for text in texts
        )
        if not told:
            self._fail(unreadable, error_frames)
        return Reply(
            self._request,
            tuple(self._answers.values()),
            tuple(self._refusals.values()),
            unreadable,
            self._t_sent_ns,
            self._now_ns(),
        )

    def _fail(self, unreadable: tuple[str, ...], error_frames: int) -> None:
        asked = f"{self._request.payload.hex().upper()[:16]} at {self._address}"
        if unreadable:
            raise Unreadable(
                f"The answer to {asked} cannot be read: {'; '.join(unreadable)}.",
                to_do="Try again; if it stays, check the cable and whether another tester is on "
                "the bus.",
            )
        if error_frames:
            raise BusFault(
                f"The adapter reports {error_frames} errors on the bus while asking {asked}.",
                to_do="Check the bit rate, the plug and the wiring.",
            )
        if self._wire.bus_off:
            raise BusFault(
                "The adapter has left the bus after too many errors (bus off).",
                to_do="Check the plug and the wiring, then connect again.",
            )
        raise NoAnswer(
            f"No ECU answered {asked} within {self._wait_s * 1000:.0f} ms.",
            to_do="Check that the ignition is on; the car may not support this request.",
        )


def _physical_id(address: Address, responder: int) -> int:
    """Return where flow control for an answer of `responder` goes (ISO 15765-4, 6.3.2)."""
    if address.request_id not in _FUNCTIONAL:
        return address.request_id
    if address.extended:
        return 0x18DA00F1 | (responder & 0xFF) << 8
    return responder - 8
