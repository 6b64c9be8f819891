"""The simulated car as the wire sees it: requests in, the answers of its ECUs out.

The car keeps no clock: whoever asks says what time it is, in nanoseconds of any monotonic clock
(`monotonic_ns()` on a real wire, whatever a test likes). The engine is integrated in fixed
steps up to that moment, so that the same seed and the same questions at the same times give the
same bytes. All methods may be called from several threads.
"""

import random
import threading
from collections.abc import Sequence
from typing import Final, Protocol

from cartech_desk.hardware.sim.car_data import faults
from cartech_desk.hardware.sim.ecu import (
    BUSY_REPEAT_REQUEST,
    RESPONSE_PENDING,
    Answering,
    Ecu,
    EcuAnswer,
)
from cartech_desk.hardware.sim.ecus import make_ecus, vin
from cartech_desk.hardware.sim.evil import spoil
from cartech_desk.hardware.sim.options import CarOptions
from cartech_desk.hardware.sim.vehicle import Vehicle, Witness

FUNCTIONAL_IDS: Final = {False: 0x7DF, True: 0x18DB33F1}
PENDING_S: Final = 0.15
"""How much later the real answer comes after 7F xx 78."""


class Car(Protocol):
    """What a server needs of a car: the simulated one, or a recording that answers for one."""

    @property
    def ecus(self) -> Sequence[Answering]:
        """Its control units."""

    @property
    def extension_ids(self) -> frozenset[int]:
        """Request identifiers whose frames begin with an address byte."""

    @property
    def ignition(self) -> bool:
        """Whether anybody is awake."""

    @property
    def extended(self) -> bool:
        """Whether it speaks 29-bit identifiers."""

    @property
    def speaks(self) -> str:
        """What it speaks: see `options.SPEAKS`."""

    def handle(
        self,
        can_id: int,
        payload: bytes,
        *,
        extended: bool,
        now_ns: int,
        extension: int | None = None,
    ) -> list[EcuAnswer]:
        """Answer a whole request payload; see `SimulatedCar.handle`."""

    def keep_time(self, now_ns: int) -> None:
        """Let time pass without a question."""

    def battery_v(self, now_ns: int) -> float | None:
        """Voltage at the connector; None where nobody knows it."""


class SimulatedCar:
    """A car with its ECUs.

    `ecus` lists them; `extension_ids` holds the request identifiers whose frames begin with an
    address byte (ISO 15765-2 extended addressing), for the server that reassembles frames.
    """

    def __init__(self, options: CarOptions | None = None) -> None:
        self.options = options or CarOptions()
        self.vehicle = Vehicle(self.options)
        self.ecus: tuple[Ecu, ...] = make_ecus(self.vehicle, self.options)
        self.extension_ids: frozenset[int] = frozenset(
            ecu.address.request_id for ecu in self.ecus if ecu.address.extension is not None
        )
        self.vin = vin(self.vehicle, self.options)
        self.ignition = self.options.ignition
        self._evils = {
            name: frozenset(kind for kind, ecu in self.options.evil if ecu == name)
            for name in {ecu for _, ecu in self.options.evil}
        }
        self._requests = 0
        self._random = random.Random(f"answers {self.options.seed}")  # noqa: S311 - no secret
        self._lock = threading.Lock()

    @property
    def extended(self) -> bool:
        """Whether the car speaks 29-bit identifiers."""
        return self.options.extended

    @property
    def speaks(self) -> str:
        """What it speaks: see `options.SPEAKS`."""
        return self.options.speaks

    def handle(
        self,
        can_id: int,
        payload: bytes,
        *,
        extended: bool,
        now_ns: int,
        extension: int | None = None,
    ) -> list[EcuAnswer]:
        """Answer a whole request payload sent to `can_id`; empty where nobody answers.

        `extended` tells 29-bit identifiers; `extension` the address byte where the identifier is
        one of `extension_ids`. Answers come in the order of their delay.
        """
        with self._lock:
            self.vehicle.advance(now_ns)
            if not self.ignition or extended != self.options.extended:
                return []
            if self._switched_off():
                return []
            functional = can_id == FUNCTIONAL_IDS[extended]
            answers: list[EcuAnswer] = []
            for ecu in self.ecus:
                if not _is_for(ecu, can_id, extension, functional=functional):
                    continue
                if self.vehicle.scenario.is_silent(ecu.name, self.vehicle.state.time_s):
                    continue
                told = self._answers(ecu, payload, functional=functional)
                if ecu.name in self._evils and payload:
                    kinds = self._evils[ecu.name]
                    told = spoil(kinds, ecu, payload, told, functional=functional)
                answers.extend(told)
        return sorted(answers, key=lambda answer: answer.delay_s)

    def keep_time(self, now_ns: int) -> None:
        """Let time pass without a question, lest much of it be made up for at the next one."""
        with self._lock:
            self.vehicle.advance(now_ns)

    def add_witness(self, witness: Witness) -> None:
        """Show every later step of the car to somebody, who keeps a copy and returns at once.

        It is called with the state and its time, in whichever thread lets the car's time pass.
        """
        with self._lock:
            self.vehicle.add_witness(witness)

    def remove_witness(self, witness: Witness) -> None:
        """Show it no more."""
        with self._lock:
            self.vehicle.remove_witness(witness)

    def battery_v(self, now_ns: int) -> float:
        """Voltage at pin 16 of the diagnostic connector, there with the ignition off too."""
        with self._lock:
            self.vehicle.advance(now_ns)
            return self.vehicle.battery_v

    def switch_ignition(self, *, on: bool) -> None:
        """Turn the key: with the ignition off, no ECU answers."""
        with self._lock:
            self.ignition = on
            self.vehicle.switch_ignition(on=on)

    def inject(self, fault: str) -> None:
        """Make a fault of `faults.FAULTS` happen from now on; ValueError for another name."""
        with self._lock:
            self.vehicle.inject(fault)

    def remember(self, *names: str) -> None:
        """Let the car hold the codes of these faults as of an earlier drive, nothing being wrong.

        Errors: KeyError for another name.
        """
        with self._lock:
            for name in names:
                self.vehicle.memory.remember(faults()[name])

    def mend(self, fault: str) -> None:
        """Take a fault away; its stored codes stay until they are cleared."""
        with self._lock:
            self.vehicle.mend(fault)

    def _switched_off(self) -> bool:
        """Count the request; the ignition is turned off after as many as the options say."""
        self._requests += 1
        if 0 < self.options.off_after_requests < self._requests:
            self.ignition = False
            self.vehicle.switch_ignition(on=False)
        return not self.ignition

    def _answers(self, ecu: Ecu, payload: bytes, *, functional: bool) -> list[EcuAnswer]:
        answer = ecu.answer(payload, functional=functional)
        if answer is None:
            return []
        delay_s = self.options.latency_ms * ecu.pace / 1000
        if self.options.jitter_ms:
            delay_s += self._random.random() * self.options.jitter_ms / 1000
        extension = ecu.address.extension
        service = payload[0]
        if not functional and self._happens(self.options.busy):
            refusal = bytes((0x7F, service, BUSY_REPEAT_REQUEST))
            return [EcuAnswer(ecu.answer_id, refusal, delay_s, extension)]
        if not functional and self._happens(self.options.pending):
            wait = bytes((0x7F, service, RESPONSE_PENDING))
            return [
                EcuAnswer(ecu.answer_id, wait, delay_s, extension),
                EcuAnswer(ecu.answer_id, answer, delay_s + PENDING_S, extension),
            ]
        return [EcuAnswer(ecu.answer_id, answer, delay_s, extension)]

    def _happens(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability


def _is_for(ecu: Ecu, can_id: int, extension: int | None, *, functional: bool) -> bool:
    if functional:
        return ecu.answers_functional
    return ecu.address.request_id == can_id and ecu.address.extension == extension
