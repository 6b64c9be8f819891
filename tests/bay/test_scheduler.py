"""The scheduler, driven by a clock and a car that exist only here."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.bay.pace import Pace
from cartech_desk.bay.scheduler import Outcome, Scheduler, Turn
from cartech_desk.domain.obd.address import Address
from cartech_desk.domain.obd.signals import Command

ENGINE = Address(0x7E0, 0x7E8)
GEARBOX = Address(0x7E1, 0x7E9)
BODY = Address(0x750, 0x758, extension=0x40)
SECOND = 1_000_000_000


def pid(number: int, *, address: Address = ENGINE, length: int = 1, packable: bool = True):
    return Command(address, bytes((1, number)), (), length, packable)


class Bench:
    """Runs a scheduler against a wire of its own, which takes `latency_s` for each request."""

    def __init__(self, *, gap_s=0.0, most=100.0, packing=True, latency_s=0.01, answer=None):
        self.now_ns = SECOND
        self.latency_ns = round(latency_s * SECOND)
        self.scheduler = Scheduler(Pace(gap_s, most), ENGINE, packing=packing, now_ns=self.now_ns)
        self.answer = answer or (lambda turn: (Outcome.ANSWERED, turn.commands))
        self.turns: list[tuple[int, int, Turn]] = []
        self.fetched: Counter[bytes] = Counter()

    def run(self, seconds: float) -> None:
        end = self.now_ns + round(seconds * SECOND)
        while self.now_ns < end:
            turn = self.scheduler.next(self.now_ns)
            if isinstance(turn, int):
                assert turn > self.now_ns, "a wait that does not wait"
                self.now_ns = min(turn, end)
                continue
            sent = self.now_ns
            outcome, commands = self.answer(turn)
            self.now_ns += self.latency_ns
            payloads = {command.payload for command in commands}
            if outcome is Outcome.ANSWERED:
                self.fetched.update((command.address, command.payload) for command in commands)
            self.scheduler.done(turn, outcome, self.now_ns, fetched=payloads, answers=1)
            self.turns.append((sent, self.now_ns, turn))

    def count(self, command: Command) -> int:
        return self.fetched[command.address, command.payload]


commands = st.builds(
    pid,
    st.integers(1, 0xDF),
    address=st.sampled_from([ENGINE, GEARBOX, BODY]),
    length=st.integers(1, 12),
    packable=st.booleans(),
)
plans = (
    st.dictionaries(commands, st.floats(0.2, 50), min_size=1, max_size=24)
    .map(lambda plan: {(c.address, c.payload): (c, hz) for c, hz in plan.items()})
    .map(lambda plan: dict(plan.values()))
)


@settings(max_examples=60, deadline=None)
@given(plans, st.floats(1, 200), st.floats(0, 0.02), st.floats(0.0005, 0.05), st.data())
def test_neither_rate_nor_gap_nor_packing_is_ever_broken(plan, most, gap_s, latency_s, data):
    outcomes = st.sampled_from(list(Outcome))
    draw = data.draw(st.lists(outcomes, min_size=1, max_size=12))

    def answer(turn):
        outcome = draw[len(bench.turns) % len(draw)]
        return outcome, turn.commands if outcome is Outcome.ANSWERED else ()

    bench = Bench(gap_s=gap_s, most=most, latency_s=latency_s, answer=answer)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(3)
    for (sent, done, _), (next_sent, _, _) in zip(bench.turns, bench.turns[1:], strict=False):
        assert next_sent - done >= round(gap_s * SECOND)
        assert next_sent - sent >= round(SECOND / most)
    for _, _, turn in bench.turns:
        assert {command.address for command in turn.commands} <= {turn.request.address}
        if len(turn.commands) > 1:
            assert len(turn.commands) <= 6
            assert all(command.packable for command in turn.commands)
            assert all(command.service == 1 for command in turn.commands)
            assert 1 + sum(1 + command.length for command in turn.commands) <= 62
            assert turn.request.payload[1:] == bytes(c.payload[1] for c in turn.commands)


@settings(max_examples=40, deadline=None)
@given(plans, st.floats(0.002, 0.06))
def test_nobody_starves_however_slow_the_wire(plan, latency_s):
    bench = Bench(latency_s=latency_s, most=500)
    bench.scheduler.plan(plan, bench.now_ns)
    # Long enough for the slowest command to come twice when everything is overloaded.
    load = sum(rate * latency_s for rate in plan.values())
    bench.run(2.5 * max(1.0, load) / min(plan.values()) + 1)
    assert all(bench.count(command) >= 1 for command in plan)


@settings(max_examples=30, deadline=None)
@given(plans)
def test_rates_are_met_and_not_exceeded_where_the_wire_can_keep_up(plan):
    total = sum(plan.values())
    bench = Bench(latency_s=0.3 / total, most=1e6)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(10)
    for command, rate in plan.items():
        assert bench.count(command) <= rate * 10 + 2
        assert bench.count(command) >= rate * 10 * 0.9 - 1


@pytest.mark.parametrize("packing", [True, False])
def test_every_channel_loses_the_same_share_when_the_wire_cannot_keep_up(packing):
    plan = {pid(n, packable=False): rate for n, rate in enumerate((20, 10, 5, 2, 40, 1), start=1)}
    bench = Bench(latency_s=0.04, packing=packing)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(120)
    shares = [bench.count(command) / 120 / rate for command, rate in plan.items()]
    assert max(shares) < 0.5
    assert min(shares) == pytest.approx(max(shares), rel=0.1)


def test_six_commands_of_one_rate_share_a_request():
    plan = {pid(n): 10.0 for n in range(1, 7)}
    bench = Bench()
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(5)
    assert len(bench.turns) == pytest.approx(50, abs=2)
    assert bench.turns[0][2].request.payload == bytes((1, 1, 2, 3, 4, 5, 6))


def test_twelve_channels_at_ten_hertz_need_twenty_requests_a_second():
    plan = {pid(n): 10.0 for n in range(1, 13)}
    bench = Bench()
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(5)
    assert len(bench.turns) == pytest.approx(100, abs=3)


def test_an_older_bus_gets_single_requests():
    plan = {pid(n): 10.0 for n in range(1, 7)}
    bench = Bench(packing=False)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(2)
    assert all(len(turn.commands) <= 1 for _, _, turn in bench.turns)
    assert all(bench.count(command) >= 15 for command in plan)


def test_an_ecu_that_cannot_pack_is_asked_singly_before_long():
    def answer(turn):
        if len(turn.commands) > 1:
            return Outcome.REFUSED, ()
        return Outcome.ANSWERED, turn.commands

    plan = {pid(n, length=2): 5.0 for n in range(1, 7)}
    bench = Bench(answer=answer)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(3)
    packed = [turn for _, _, turn in bench.turns if len(turn.commands) > 1]
    assert 2 <= len(packed) <= 6
    bench.turns.clear()
    bench.fetched.clear()
    bench.run(5)
    assert all(len(turn.commands) == 1 for _, _, turn in bench.turns if not turn.probe)
    assert all(bench.count(command) == pytest.approx(25, abs=2) for command in plan)


def test_an_adapter_without_flow_control_gets_answers_of_one_frame():
    def answer(turn):
        size = 1 + sum(1 + command.length for command in turn.commands)
        return (Outcome.ANSWERED, turn.commands) if size <= 7 else (Outcome.SILENT, ())

    plan = {pid(n, length=1): 5.0 for n in range(1, 7)}
    bench = Bench(answer=answer)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(4)
    bench.turns.clear()
    bench.run(4)
    assert {len(turn.commands) for _, _, turn in bench.turns} == {3}


def test_another_ecu_goes_on_packing_when_one_cannot():
    def answer(turn):
        if turn.request.address == GEARBOX and len(turn.commands) > 1:
            return Outcome.REFUSED, ()
        return Outcome.ANSWERED, turn.commands

    plan = {pid(n, address=address): 5.0 for n in range(1, 4) for address in (ENGINE, GEARBOX)}
    bench = Bench(answer=answer)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(5)
    bench.turns.clear()
    bench.run(5)
    sizes = {(turn.request.address, len(turn.commands)) for _, _, turn in bench.turns}
    assert sizes == {(ENGINE, 3), (GEARBOX, 1)}


def test_a_pid_missing_from_packed_answers_is_asked_alone():
    shy = pid(3)

    def answer(turn):
        if len(turn.commands) > 1:
            return Outcome.ANSWERED, [c for c in turn.commands if c != shy]
        return Outcome.ANSWERED, turn.commands

    plan = {pid(n): 10.0 for n in range(1, 6)}
    bench = Bench(answer=answer)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(5)
    assert bench.count(shy) == pytest.approx(48, abs=4)
    bench.turns.clear()
    bench.run(2)
    assert {len(turn.commands) for _, _, turn in bench.turns} == {1, 4}


def test_a_silent_pid_is_asked_ever_more_rarely_and_never_dropped():
    silent = pid(3)

    def answer(turn):
        if silent in turn.commands and len(turn.commands) == 1:
            return Outcome.SILENT, ()
        return Outcome.ANSWERED, [c for c in turn.commands if c != silent]

    bench = Bench(answer=answer)
    bench.scheduler.plan({pid(1): 10.0, silent: 10.0}, bench.now_ns)
    bench.run(60)
    asked = [sent for sent, _, turn in bench.turns if silent in turn.commands]
    waits = [b - a for a, b in itertools.pairwise(asked)]
    assert waits[-1] == pytest.approx(10 * SECOND, rel=0.05)
    assert len(asked) < 20
    assert bench.count(pid(1)) > 570


def test_a_silent_pid_that_answers_again_is_back_at_its_rate():
    quiet = [True]

    def answer(turn):
        if pid(3) in turn.commands and quiet[0]:
            return (Outcome.SILENT, ()) if len(turn.commands) == 1 else (
                Outcome.ANSWERED, [c for c in turn.commands if c != pid(3)])  # fmt: skip
        return Outcome.ANSWERED, turn.commands

    bench = Bench(answer=answer)
    bench.scheduler.plan({pid(1): 10.0, pid(3): 10.0}, bench.now_ns)
    bench.run(20)
    quiet[0] = False
    bench.run(11)
    before = bench.count(pid(3))
    bench.run(5)
    assert bench.count(pid(3)) - before == pytest.approx(50, abs=2)


def test_a_busy_ecu_is_left_alone_for_longer_each_time():
    bench = Bench(answer=lambda _: (Outcome.BUSY, ()))
    bench.scheduler.plan({pid(1): 50.0}, bench.now_ns)
    bench.run(6)
    sent = [sent for sent, _, turn in bench.turns if not turn.probe]
    waits = [b - a for a, b in itertools.pairwise(sent)]
    assert waits[0] >= 0.05 * SECOND
    assert waits[3] >= 0.4 * SECOND
    assert max(waits) <= 2.1 * SECOND


def test_polling_rests_with_the_ignition_and_resumes_with_it():
    key = [True]
    bench = Bench(
        answer=lambda turn: (Outcome.ANSWERED, turn.commands) if key[0] else (Outcome.SILENT, ())
    )
    plan = {pid(n): 10.0 for n in range(1, 7)}
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(2)
    key[0] = False
    bench.run(3)
    assert not bench.scheduler.ignition.on
    bench.turns.clear()
    bench.run(40)
    assert all(turn.probe for _, _, turn in bench.turns)
    assert 4 <= len(bench.turns) <= 6  # after 4, 8, then 10 s each
    key[0] = True
    before = bench.count(pid(1))
    bench.run(12)
    assert bench.scheduler.ignition.on
    assert bench.count(pid(1)) - before >= 18


def test_one_silent_pid_alone_does_not_turn_the_ignition_off():
    bench = Bench(answer=lambda turn: (Outcome.ANSWERED if turn.probe else Outcome.SILENT, ()))
    bench.scheduler.plan({pid(1): 10.0}, bench.now_ns)
    for _ in range(100):
        bench.run(0.3)
        assert bench.scheduler.ignition.on


def test_a_link_with_nothing_to_poll_is_tried_twice_a_second():
    bench = Bench()
    bench.scheduler.plan({}, bench.now_ns)
    bench.run(10)
    assert all(turn.probe for _, _, turn in bench.turns)
    assert len(bench.turns) == pytest.approx(20, abs=1)


def test_the_number_of_answers_is_learned_and_relearned_after_a_timeout():
    everybody = Command(Address(0x7DF), bytes((1, 0x0C)), (), 2)
    bench = Bench()
    bench.scheduler.plan({everybody: 10.0}, bench.now_ns)
    bench.run(1)
    assert bench.turns[0][2].request.expected is None
    assert bench.turns[-1][2].request.expected == 1
    bench.answer = lambda _: (Outcome.SILENT, ())
    bench.run(0.3)
    bench.answer = lambda turn: (Outcome.ANSWERED, turn.commands)
    bench.run(0.5)
    assert None in [turn.request.expected for _, _, turn in bench.turns[-8:]]


def test_headers_change_no_more_often_than_they_must():
    plan = {
        pid(n, address=address, packable=False): 5.0
        for n in range(1, 5)
        for address in (ENGINE, GEARBOX)
    }
    bench = Bench(latency_s=0.002)
    bench.scheduler.plan(plan, bench.now_ns)
    bench.run(4)
    headers = [turn.request.address for _, _, turn in bench.turns]
    changes = sum(a != b for a, b in itertools.pairwise(headers))
    assert changes <= 2 * 4 * 5


def test_a_new_plan_keeps_what_was_learned_of_the_commands_that_stay():
    bench = Bench(answer=lambda turn: (Outcome.ANSWERED if turn.probe else Outcome.SILENT, ()))
    bench.scheduler.plan({pid(1): 10.0}, bench.now_ns)
    bench.run(20)
    bench.turns.clear()
    bench.scheduler.plan({pid(1): 10.0, pid(2): 1.0}, bench.now_ns)
    bench.run(4)
    assert sum(pid(1) in turn.commands for _, _, turn in bench.turns) <= 2
