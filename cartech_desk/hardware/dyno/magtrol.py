"""Magtrol DSP6000, DSP6001 and DSP7000 as a source: a bench dynamometer that is asked.

The desk sends `OD` and nothing else: no load, no set-up. Each answer is asked for once the one
before has come, or a second has passed, for a controller that is asked too fast stops answering.
Without a checksum a digit that became another cannot be seen; a value that stands alone against
both its neighbours is marked INVALID (`step_guard`).
"""

from typing import Final

from cartech_desk.domain.channels import Channel, Quality, Reading
from cartech_desk.domain.dyno.roles import Role, Tier
from cartech_desk.hardware.dyno.magtrol_wire import BAUD, MagtrolFramer, OutputData, output_data
from cartech_desk.hardware.dyno.source import Kind, SourceChannel, SourceIdentity
from cartech_desk.hardware.dyno.source_url import SourceUrl
from cartech_desk.hardware.dyno.step_guard import EXACT, Step, StepGuard
from cartech_desk.hardware.dyno.stream import StreamSource, baud_of, link_of
from cartech_desk.hardware.links.link import Link

TORQUE_UNITS: Final = {
    "nm": 1.0,
    "ncm": 0.01,
    "nmm": 0.001,
    "lbft": 1.3558179483314004,
    "lbin": 1.3558179483314004 / 12.0,
    "ozft": 1.3558179483314004 / 16.0,
    "ozin": 1.3558179483314004 / 192.0,
    "kgm": 9.80665,
    "kgcm": 0.0980665,
    "gcm": 0.0000980665,
}
"""Units that a panel can show, each in newton-metres (NIST SP 811, appendix B)."""

ANSWER_NS: Final = 1_000_000_000
"""The manual asks for at least a second of patience."""
LONGEST_NS: Final = 8_000_000_000
"""Where it goes on not answering, it is asked no more often than this."""
ASKED_HZ: Final = 20.0
_STEPS: Final = {
    "rpm": Step(base=20.0, part=0.1, of_most=0.05, per_s=1000.0),
    "torque": Step(part=0.1, of_most=0.05),
}


class MagtrolSource(StreamSource):
    """A controller; `channel` of a DSP7000, `torque` the unit that its panel shows."""

    def __init__(
        self, url: str, alias: str, link: Link, torque: str | None, channel: int | None
    ) -> None:
        identity = SourceIdentity(
            Kind.DYNO,
            "Magtrol",
            "DSP6000 or DSP6001" if channel is None else f"DSP7000, channel {channel}",
            "Magtrol RS-232 (OD)",
            Tier.DOCUMENTED,
            f"torque in {torque or 'nm'} on the panel",
        )
        self._rpm = f"{alias}_brake_rpm"
        self._torque = f"{alias}_brake_torque"
        super().__init__(url, alias, link, identity, StepGuard({}))
        self._begin()
        self._question = output_data(channel)
        self._unit = torque
        self._factor = TORQUE_UNITS[torque or "nm"]
        self._channels = _channels(alias)

    def _begin(self) -> None:
        self._framer = MagtrolFramer()
        self._guard = StepGuard(
            {
                self._rpm: _STEPS["rpm"],
                self._torque: _STEPS["torque"],
                f"{self.alias}_alarm": EXACT,
                f"{self.alias}_direction": EXACT,
            }
        )
        self._asked_ns = 0
        self._waiting = False
        self._patience_ns = ANSWER_NS
        self._owed = 0
        """Answers to earlier questions that may still come."""
        self._answered = False
        self._unanswered = 0
        self._alarm = False

    def _turn(self, now_ns: int) -> None:
        if self._waiting and now_ns - self._asked_ns < self._patience_ns:
            return
        if not self._waiting and now_ns - self._asked_ns < 1e9 / ASKED_HZ:
            return
        if self._waiting:
            self._unanswered += 1
            # A slow one may still answer: asked on top of that, questions would pile up in it.
            self._owed = 0 if self._answered else self._owed + 1
            self._patience_ns = min(2 * self._patience_ns, LONGEST_NS)
        self._framer.drop_rest()
        self._link.write(self._question)
        self._asked_ns = now_ns
        self._waiting = True
        self._answered = False

    def _patience_s(self) -> float:
        return min(super()._patience_s(), 0.5 / ASKED_HZ)

    def _take(self, data: bytes, t_ns: int) -> list[Reading]:
        refused = self._framer.refused
        answers = self._framer.feed(data, t_ns)
        for _ in range(len(answers) + self._framer.refused - refused):
            self._answered = True
            if self._owed:
                self._owed -= 1
            else:
                self._waiting = False
                self._patience_ns = ANSWER_NS
        return [reading for answer in answers for reading in self._readings_of(answer)]

    def _quiet(self, now_ns: int) -> list[Reading]:  # noqa: ARG002 - nothing waits
        return []

    def _bad_bytes(self) -> int:
        return self._framer.bad_bytes

    def _lost_packets(self) -> int:
        return self._unanswered

    def _words(self) -> str:
        said = []
        if self._alarm:
            said.append("The controller shows an alarm.")
        if self._unanswered and not self._readings:
            said.append(
                "The controller does not answer: check the cable (null modem), the speed of the "
                "line on its panel, and on a DSP7000 the channel."
            )
        if self._unit is None:
            said.append(
                "The address does not say the unit of torque on the panel: N·m is taken. Add "
                "torque=lbft (or another) where that is wrong."
            )
        return " ".join(said)

    def _readings_of(self, answer: OutputData) -> list[Reading]:
        self._alarm = answer.direction == b"A"
        t_ns = answer.t_ns
        direction = {b"R": 1.0, b"L": -1.0}.get(answer.direction)
        told = [
            Reading(f"{self.alias}_alarm", t_ns, float(self._alarm)),
            Reading(f"{self.alias}_direction", t_ns, float("nan"), Quality.INVALID)
            if direction is None
            else Reading(f"{self.alias}_direction", t_ns, direction),
        ]
        measured = [
            Reading(self._rpm, t_ns, float(answer.rpm)),
            Reading(self._torque, t_ns, answer.torque * self._factor),
        ]
        return self._guarded(measured + told)


def _channels(alias: str) -> tuple[SourceChannel, ...]:
    source = "Magtrol, output data"
    return (
        SourceChannel(
            Channel(f"{alias}_brake_rpm", "Brake speed", "rpm", 0.0, 8000.0, 0, source),
            Role.BRAKE_RPM,
            ASKED_HZ,
        ),
        SourceChannel(
            Channel(f"{alias}_brake_torque", "Brake torque", "Nm", 0.0, 100.0, 2, source),
            Role.BRAKE_TORQUE,
            ASKED_HZ,
        ),
        SourceChannel(
            Channel(
                f"{alias}_direction",
                "Direction (1 right, -1 left)",
                "none",
                -1.0,
                1.0,
                0,
                source + ", seen from the shaft",
            ),
            None,
            ASKED_HZ,
        ),
        SourceChannel(
            Channel(f"{alias}_alarm", "Controller's alarm", "none", 0.0, 1.0, 0, source),
            None,
            ASKED_HZ,
        ),
    )


def magtrol_source(url: SourceUrl, alias: str) -> MagtrolSource:
    """Make the source of `magtrol:PORT?baud=9600&torque=lbft&channel=1`. Errors: BadSourceUrl."""
    url.only(("baud", "torque", "channel"))
    torque = url.choice("torque", tuple(TORQUE_UNITS), "nm") if "torque" in url.options else None
    channel = url.whole("channel", 1, 2, 1) if "channel" in url.options else None
    return MagtrolSource(url.text, alias, link_of(url, baud_of(url, BAUD)), torque, channel)
