"""An ELM327 or STN11xx as a byte state machine in front of the simulated car.

It keeps no clock and does no input or output: `feed` takes what the client wrote at a moment,
`poll` gives what the client may read by a moment, `due_ns` tells when there will be more. An
endpoint (TCP, pty, in-process link) moves the bytes and does the waiting.

Sources: ELM327 data sheet (v2.3: "Interpreting Trouble Codes" to "CAN Message Formats"), STN1100
family reference and programming manual.
"""

import heapq
import re
from collections import deque
from typing import Final

from cartech_desk.hardware.sim.bus import Bus, Frame
from cartech_desk.hardware.sim.car import Car
from cartech_desk.hardware.sim.dirt import Dirt, Event
from cartech_desk.hardware.sim.elm_commands import UNKNOWN, find_command
from cartech_desk.hardware.sim.elm_connecting import open_protocol
from cartech_desk.hardware.sim.elm_settings import PROTOCOLS, Settings
from cartech_desk.hardware.sim.elm_text import is_pending, kline_line, lines_of
from cartech_desk.hardware.sim.frames import FIRST_FRAME, segment
from cartech_desk.hardware.sim.kline import OLDER, KLine
from cartech_desk.hardware.sim.options import AdapterOptions, Chip, chips

FOREVER_NS: Final = 1 << 62
MS: Final = 1_000_000
CR: Final = 0x0D
LONGEST_LINE: Final = 512
"""Characters of one command; an ELM327 prints ? for what does not fit its buffer."""
PENDING_WAIT_NS: Final = 5_000 * MS
"""P2* of ISO 15765-4: how long an answer may take after 7F xx 78."""
MONITOR_GAP_NS: Final = 10 * MS
HEX: Final = re.compile(r"[0-9A-F]+")
LEAST_WAIT_S: Final = (0.0, 0.012, 0.006)
WAIT_FACTOR: Final = (0.0, 2.0, 1.3)
"""Adaptive timing 1 and 2: wait this much beyond, and this many times, the slowest answer seen."""


class ElmServer:
    """One adapter. `requests` counts what was sent to the car."""

    def __init__(self, car: Car, options: AdapterOptions | None = None) -> None:
        self.options = options or AdapterOptions()
        self.chip: Chip = chips()[self.options.chip]
        self.bus: Bus = Bus(car)
        self.kline: KLine | None = KLine(car) if car.speaks in OLDER else None
        self.settings = Settings()
        self.device_name: str = ""
        self.requests = 0
        self._dirt = Dirt(self.options.dirt, self.options.seed)
        self._now_ns = 0
        self._out: deque[Event] = deque()
        self._line = bytearray()
        self._last = ""
        self._busy_until_ns = 0
        self._deaf_until_ns = 0
        self._wire_free_ns = 0
        self._asleep = False
        self._monitor_ns: int | None = None
        self._on_the_way: list[tuple[int, int, Frame]] = []
        self._sequence = 0
        self._slowest_s: float | None = None

    what: Final = "adapter"

    @property
    def drop_after(self) -> tuple[float, int]:
        """How long a link to it lives: seconds and requests, 0 for ever."""
        return self.options.drop_after_s, self.options.drop_after_requests

    def keep_time(self, now_ns: int) -> None:
        """Let the car's time pass."""
        self.bus.keep_time(now_ns)

    def feed(self, data: bytes, now_ns: int) -> bytes:
        """Take what the client wrote; return what it may read at once."""
        self.receive(data, now_ns)
        return self.poll(now_ns)

    def receive(self, data: bytes, now_ns: int) -> None:
        """Take what the client wrote."""
        self._now_ns = now_ns
        for byte in data:
            if now_ns < self._deaf_until_ns:
                continue
            if self._asleep:
                self._asleep = False
                self._say("", "", self.chip.banner)
            elif now_ns < self._busy_until_ns:
                self._interrupt()
            else:
                self._take(byte)

    def poll(self, now_ns: int) -> bytes:
        """Return what the client may read by now."""
        self._now_ns = max(now_ns, self._now_ns)
        self._watch_bus(now_ns)
        ready = bytearray()
        while self._out and self._out[0][0] <= now_ns:
            ready += self._out.popleft()[1]
        return bytes(ready)

    @property
    def due_ns(self) -> int | None:
        """When there will be something to read; None while nothing is under way."""
        if self._out:
            return self._out[0][0]
        return self._monitor_ns

    # What commands do

    def battery_v(self) -> float | None:
        """Voltage at pin 16 of the connector; None where nobody knows it."""
        return self.bus.battery_v(self._now_ns)

    def switch_echo(self, *, on: bool) -> None:
        """Echo what comes in, or not; some clones go on, some are deaf for a while."""
        self.settings.echo = on or self.chip.echo_stays
        if not on:
            self._deaf_until_ns = self._now_ns + round(self.chip.deaf_after_echo_off_ms * MS)

    def set_defaults(self) -> None:
        """AT D: all settings as after power-on, but the protocol."""
        kept = self.settings
        self.settings = Settings(
            protocol=kept.protocol, automatic=kept.automatic, active=kept.active
        )

    def reset(self) -> None:
        """AT Z: start anew, deaf meanwhile."""
        self._restart(round(self.options.reset_ms * MS))
        if self.chip.stray_after_reset:
            stray = bytes.fromhex(self.chip.stray_after_reset)
            self._queue(self._deaf_until_ns, stray)

    def restart(self) -> None:
        """AT WS: the same without the light show."""
        self._restart(0)

    def sleep(self) -> None:
        """AT LP: low power until a byte comes."""
        self._say("OK")
        self._asleep = True

    def monitor(self) -> None:
        """AT MA: print what is on the bus until a byte comes."""
        self._monitor_ns = self._now_ns if self.bus.awake else FOREVER_NS
        self._busy_until_ns = FOREVER_NS

    def transact(self, match: re.Match[str]) -> str | None:
        """ST PX: header, data, time-out in ms and number of frames in one command."""
        header, digits, timeout_ms, count = match.groups()
        before = self.settings.header
        if header:
            self.settings.header = int(header, 16)
        wait_s = int(timeout_ms) / 1e3 if timeout_ms else None
        try:
            return self._request(bytes.fromhex(digits), int(count or 0), wait_s)
        finally:
            self.settings.header = before

    # Bytes in

    def _take(self, byte: int) -> None:
        if self.settings.echo and byte != 0:
            echo = b"\r\n" if byte == CR and self.settings.linefeeds else bytes((byte,))
            self._queue(self._now_ns, echo)
        if byte == CR:
            text = "".join(self._line.decode("latin-1").upper().split())
            self._line.clear()
            self._execute(text)
        elif byte > 0x20 and len(self._line) < LONGEST_LINE:
            self._line.append(byte)

    def _execute(self, text: str) -> None:
        text = text or self._last  # an empty line repeats the last command
        self._last = text
        if not text:
            self._queue(self._now_ns, self._newline() + b">")
            return
        if text[:2] in ("AT", "ST"):
            answer = self._setting(text)
        elif HEX.fullmatch(text) and len(text) > 1:
            even = len(text) // 2 * 2
            answer = self._request(bytes.fromhex(text[:even]), int(text[even:] or "0", 16), None)
        else:
            answer = UNKNOWN
        if answer is not None:
            self._say(answer)

    def _setting(self, text: str) -> str | None:
        if text.startswith("AT") and text[2:].startswith(tuple(self.chip.refuses) or "\0"):
            return UNKNOWN
        found = find_command(text, stn=bool(self.chip.stn))
        if found is None:
            return UNKNOWN
        handler, match = found
        return handler(self, match)

    def _interrupt(self) -> None:
        """Stop because a byte came while the adapter was busy; the byte is gone."""
        while self._out and self._out[-1][0] > self._now_ns:
            self._out.pop()
        self._wire_free_ns = self._out[-1][0] if self._out else self._now_ns
        self._monitor_ns = None
        self._busy_until_ns = self._now_ns
        self._say("STOPPED")

    def _restart(self, deaf_ns: int) -> None:
        self.settings = Settings(protocol=self.settings.protocol, automatic=self.settings.automatic)
        self._last = ""
        self._slowest_s = None
        self._on_the_way.clear()
        self._deaf_until_ns = self._now_ns + deaf_ns
        newline = self._newline()
        text = newline * 2 + self.chip.banner.encode("ascii") + newline * 2 + b">"
        self._queue(self._deaf_until_ns, text)

    # Requests

    def _request(self, data: bytes, count: int, wait_s: float | None) -> str | None:
        """Send a request to the car and print what comes back; "?" where it cannot be sent."""
        settings = self.settings
        if not data or not self._fits(data):
            return UNKNOWN
        self.requests += 1
        if self._dirt.happens(self.options.dirt.silence):
            self._busy_until_ns = FOREVER_NS
            return None
        sent_ns = self._now_ns
        if settings.active is None:
            sent_ns, verdict = self._connect()
            if verdict:
                self._finish([], sent_ns, verdict)
                return None
        protocol = PROTOCOLS[settings.active or "0"]
        wait_s = self._patience_s() if wait_s is None else wait_s
        if self.kline is not None:
            self._ask_kline(self.kline, data, sent_ns, count, wait_s)
            return None
        for frame in self._transmit(data, sent_ns, extended=protocol.extended):
            self._expect(frame)
        if not settings.responses:
            self._finish([], sent_ns, "")
            return None
        lines, done_ns = self._receive(sent_ns, count, wait_s, extended=protocol.extended)
        self._finish(lines, done_ns, "" if lines else "NO DATA")
        return None

    def _fits(self, data: bytes) -> bool:
        if not self.settings.formatting:
            return len(data) <= 8
        room = 7 if self.settings.extended_address is None else 6
        return len(data) <= (0xFFF if self.chip.stn and self.settings.segment_long else room)

    def _connect(self) -> tuple[int, str]:
        """Open the protocol: when that is done, and what to print where it fails."""
        search_ns = round(self.options.search_ms * MS)
        opened = open_protocol(self.settings, self.bus, self.kline, search_ns, self._now_ns)
        if opened.prints:
            end = self._newline() if opened.ends_line else b""
            self._queue(self._now_ns, opened.prints.encode("ascii") + end)
        return opened.done_ns, opened.verdict

    def _ask_kline(
        self, kline: KLine, data: bytes, sent_ns: int, count: int, wait_s: float
    ) -> None:
        """Send a request on the K line and print the messages that come in time."""
        lines: list[Event] = []
        last_ns = sent_ns
        for message in kline.ask(data, self.settings.header, sent_ns):
            if message.t_ns > last_ns + round(wait_s * 1e9):
                break
            self._learn((message.t_ns - last_ns) / 1e9)
            last_ns = message.t_ns
            lines.append((last_ns, kline_line(message.data, self.settings).encode("ascii")))
            if len(lines) == count:
                self._finish(lines, last_ns, "")
                return
        self._finish(lines, last_ns + round(wait_s * 1e9), "" if lines else "NO DATA")

    def _transmit(self, data: bytes, sent_ns: int, *, extended: bool) -> list[Frame]:
        """Send the request's frames; what ECUs send at once because of them."""
        settings = self.settings
        can_id = settings.request_id(extended=extended)
        address = settings.extended_address
        if not settings.formatting:
            frames = [data if address is None else (bytes((address,)) + data)[:8]]
        else:
            frames = segment(data, address)
        heard: list[Frame] = []
        for place, frame in enumerate(frames):
            answers = self.bus.send(can_id, frame, extended=extended, now_ns=sent_ns)
            # Flow control for a segmented request is the adapter's own affair.
            heard += answers if place == len(frames) - 1 else []
        return heard

    def _expect(self, frame: Frame) -> None:
        self._sequence += 1
        heapq.heappush(self._on_the_way, (frame.t_ns, self._sequence, frame))

    def _receive(
        self, sent_ns: int, count: int, wait_s: float, *, extended: bool
    ) -> tuple[list[Event], int]:
        """Gather lines until `count` frames are there or nothing has come for `wait_s`."""
        settings = self.settings
        lines: list[Event] = []
        usual_ns = wait_ns = round(wait_s * 1e9)
        last_ns, seen = sent_ns, 0
        while self._on_the_way and self._on_the_way[0][0] <= last_ns + wait_ns:
            frame = heapq.heappop(self._on_the_way)[2]
            if frame.t_ns < sent_ns or not settings.lets_pass(frame.can_id, extended=extended):
                continue
            self._learn((frame.t_ns - last_ns) / 1e9)
            last_ns = frame.t_ns
            texts = lines_of(frame.can_id, frame.data, settings, extended=extended)
            lines.extend((frame.t_ns, text.encode("ascii")) for text in texts)
            self._control_flow(frame, extended=extended)
            pending = self.chip.waits_pending and is_pending(frame.data, settings)
            wait_ns = PENDING_WAIT_NS if pending else usual_ns
            seen += 1
            if count and seen >= count:
                return lines, last_ns
        if not lines:
            self._slowest_s = None
        return lines, last_ns + wait_ns

    def _control_flow(self, frame: Frame, *, extended: bool) -> None:
        place = 0 if self.settings.extended_address is None else 1
        if frame.data[place] & 0xF0 != FIRST_FRAME:
            return
        flow = self.settings.flow_frame(frame.can_id, extended=extended)
        if flow is None:
            return
        rest = self.bus.send(flow[0], flow[1], extended=extended, now_ns=frame.t_ns)
        delays = [0] * len(rest)
        if self._dirt.happens(self.options.dirt.interleave):
            delays = self._dirt.frame_delays_ns(len(rest))
        for following, delay_ns in zip(rest, delays, strict=True):
            self._expect(following._replace(t_ns=following.t_ns + delay_ns))

    def _patience_s(self) -> float:
        """How long to wait for the next answer: AT ST, shortened by adaptive timing."""
        settings = self.settings
        if not settings.adaptive or self._slowest_s is None:
            return settings.timeout_s
        mode = settings.adaptive
        return min(settings.timeout_s, LEAST_WAIT_S[mode] + WAIT_FACTOR[mode] * self._slowest_s)

    def _learn(self, gap_s: float) -> None:
        self._slowest_s = max(gap_s, 0.95 * (self._slowest_s or 0.0))

    # Bytes out

    def _finish(self, lines: list[Event], done_ns: int, verdict: str) -> None:
        """Print the answer's lines at their times, the verdict and the prompt at `done_ns`."""
        settings, newline = self.settings, self._newline()
        lines = self._dirt.on_lines(lines, headers=settings.headers, spaces=settings.spaces)
        for t_ns, line in lines:
            self._queue(t_ns, self._dirt.on_bytes(line + newline))
        text = verdict.encode("ascii") + newline if verdict else b""
        self._queue(done_ns, text + newline + b">")
        self._busy_until_ns = done_ns

    def _say(self, *lines: str) -> None:
        """Print lines and the prompt now."""
        newline = self._newline()
        text = b"".join(line.encode("ascii") + newline for line in lines)
        self._queue(self._now_ns, text + newline + b">")

    def _newline(self) -> bytes:
        return b"\r\n" if self.settings.linefeeds else b"\r"

    def _queue(self, t_ns: int, data: bytes) -> None:
        """Hand bytes to the client's wire, no earlier than what is before them."""
        for piece_ns, piece in self._dirt.chunks(t_ns, data):
            start_ns = max(piece_ns, self._wire_free_ns)
            if self.options.baud:
                start_ns += round(len(piece) * 10 / self.options.baud * 1e9)
            self._wire_free_ns = start_ns
            self._out.append((start_ns, piece))

    def _watch_bus(self, now_ns: int) -> None:
        """While monitoring, print the frames that have passed."""
        while self._monitor_ns is not None and self._monitor_ns <= now_ns:
            t_ns = self._monitor_ns
            tenth = t_ns // MONITOR_GAP_NS
            volt = round((self.bus.battery_v(t_ns) or 0.0) * 10)
            data = bytes((tenth & 0xFF, volt & 0xFF, 0, 0, 0, 0, 0, 0x55))
            raw = Settings(
                headers=self.settings.headers, spaces=self.settings.spaces, formatting=False
            )
            can_id = 0x100 + 0x40 * (tenth % 4)
            line = lines_of(can_id, data, raw, extended=self.bus.extended)[0]
            self._queue(t_ns, line.encode("ascii") + self._newline())
            self._monitor_ns = t_ns + MONITOR_GAP_NS
