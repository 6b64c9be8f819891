"""A simulated adapter that is asked without waiting: time is a number that the test moves."""

from dataclasses import dataclass

import pytest

from cartech_desk.hardware.sim.car import SimulatedCar
from cartech_desk.hardware.sim.elm_server import ElmServer
from cartech_desk.hardware.sim.options import parse_options

START_NS = 1_000_000_000
LIMIT_NS = 20_000_000_000


@dataclass
class Bench:
    """An adapter and its car, with the time they live in."""

    car: SimulatedCar
    server: ElmServer
    now_ns: int = START_NS

    def ask(self, command: str, limit_ns: int = LIMIT_NS) -> str:
        """Send a command and read until the adapter has nothing more to say."""
        heard = self.server.feed(command.encode("ascii") + b"\r", self.now_ns)
        end_ns = self.now_ns + limit_ns
        while self.server.due_ns is not None and self.server.due_ns <= end_ns:
            self.now_ns = max(self.server.due_ns, self.now_ns)
            heard += self.server.poll(self.now_ns)
        self.now_ns += 1_000_000
        return heard.decode("latin-1")

    def ask_all(self, *commands: str) -> list[str]:
        return [self.ask(command) for command in commands]

    def took_ms(self, command: str) -> float:
        before = self.now_ns
        self.ask(command)
        return (self.now_ns - before) / 1e6 - 1.0


@pytest.fixture
def bench():
    """Make a bench from the options of a `sim:` URL; echo is off and the car found."""

    def make(*commands: str, **options: str) -> Bench:
        options = {"script": "idle"} | options
        chosen = parse_options(options)
        car = SimulatedCar(chosen.car)
        made = Bench(car, ElmServer(car, chosen.adapter))
        made.ask_all("ATE0", *commands)
        return made

    return make


@pytest.fixture
def connected(bench):
    """The same, with the protocol found."""

    def make(*commands: str, **options: str) -> Bench:
        made = bench(**options)
        made.ask("0100")
        made.ask_all(*commands)
        return made

    return make
