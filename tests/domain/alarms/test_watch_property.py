"""The limit watch against a plain, slow model of the same rules, over random happenings.

The model knows no fast path: it keeps everything that was ever heard, and looks back over all of
it for each answer. It is written from the rules, not from the watch.
"""

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartech_desk.domain.alarms.limit import Comparison, Limit
from cartech_desk.domain.alarms.state import AlarmRefused
from cartech_desk.domain.alarms.watch import LimitWatch
from cartech_desk.domain.channels import Quality, Reading

MS = 1_000_000
BREAK = "break"
"""Stands in a history where delays begin anew."""
UNKNOWN = "unknown"
INSIDE = -math.inf


class PlainEdge:
    """Out or not, by looking back over everything heard since it last changed."""

    def __init__(self, edge, deadband, on_s, off_s):
        self.edge, self.back = edge, edge - deadband
        self.on_ns, self.off_ns = round(on_s * 1e9), round(off_s * 1e9)
        self.out = False
        self.heard = []

    def hear(self, t_ns, word):
        self.heard.append((t_ns, word))
        if word in (BREAK, UNKNOWN):
            return
        since = self._since()
        if since is not None and t_ns - since >= (self.off_ns if self.out else self.on_ns):
            self.out = not self.out
            self.heard = []

    def _since(self):
        """Since when all that was heard speaks for a change; None where the last does not."""
        since = None
        for t_ns, word in reversed(self.heard):
            if word == BREAK:
                break
            if word == UNKNOWN:
                if self.out:
                    break  # what is not known is never in range
                continue
            if (word <= self.back) if self.out else (word > self.edge):
                since = t_ns
            else:
                break
        return since


class PlainAlarm:
    """An alarm as a person would keep it on paper: is it active, was it acknowledged, is it held.

    `told` lists what was said aloud; what happens while it is put aside is not.
    """

    def __init__(self, latch):
        self.latch = latch
        self.level = self.worst = 0
        self.values = []
        self.seen = True
        self.held = False
        self.aside = None
        self.until = 0
        self.open = False
        self.told = []

    @property
    def natural(self):
        if self.level:
            return "active_acknowledged" if self.seen else "active_unacknowledged"
        if not self.seen:
            return "returned_unacknowledged"
        return "latched" if self.held else "normal"

    @property
    def state(self):
        return self.aside or self.natural

    def say(self, word):
        if self.aside is None:
            self.told.append(word)

    def end_if_over(self):
        if self.aside is None and self.natural == "normal":
            self.worst = 0
            self.say("cleared")

    def condition(self, level, value=math.nan):
        if not self.worst:
            self.values = []
        if level and math.isfinite(value):
            self.values.append(value)
        was, self.level = self.level, level
        worse = level > self.worst
        self.worst = max(self.worst, level)
        if level and not was:
            self.seen, self.held = False, self.latch
            self.say("raised")
        elif level > was:
            if worse or self.seen:
                self.say("escalated")
            self.seen = False
        elif was and not level:
            self.say("returned")
            self.end_if_over()

    def acknowledge(self):
        if self.aside or self.seen:
            return False
        self.seen = True
        self.say("acknowledged")
        self.end_if_over()
        return True

    def clear(self):
        if self.state != "latched":
            return False
        self.held = False
        self.end_if_over()
        return True

    def put_aside(self, how, word):
        if self.aside is None:
            self.open = self.natural != "normal"
        self.aside = how
        self.told.append(word)

    def take_back(self, word):
        self.aside = None
        self.told.append(word)
        if self.level:
            self.seen = False
            self.told.append("raised")
        elif self.natural == "normal":
            self.worst = 0
            if self.open:
                self.told.append("cleared")

    def shelve(self, until):
        if self.aside == "out_of_service":
            return False
        self.until = until
        self.put_aside("shelved", "shelved")
        return True

    def unshelve(self):
        if self.aside != "shelved":
            return False
        self.take_back("unshelved")
        return True

    def out_of_service(self):
        if self.aside != "out_of_service":
            self.put_aside("out_of_service", "out_of_service")
        return True

    def in_service(self):
        if self.aside == "out_of_service":
            self.take_back("in_service")
        return True

    def drop(self):
        if self.state != "normal":
            self.told.append("cleared")
        told = self.told
        self.__init__(self.latch)
        self.told = told


class PlainLimit:
    """A limit: a direction, two edges, a gate that is a function of what is known."""

    def __init__(self, limit):
        self.limit = limit
        self.alarm = PlainAlarm(limit.latch)
        self.sign = 1 if limit.comparison is Comparison.ABOVE else -1
        self.edges = [
            PlainEdge(
                math.inf if edge is None else self.sign * edge,
                limit.deadband,
                delay,
                limit.off_delay_s,
            )
            for edge, delay in (
                (limit.warning, limit.warning_delay_s),
                (limit.trip, limit.trip_delay_s),
            )
        ]

    def level(self):
        return 2 if self.edges[1].out else 1 if self.edges[0].out else 0

    def judge(self, t_ns, known):
        value = self.limit.expression(known)
        gate = self.limit.gate_expression
        counts = 1.0 if gate is None else gate(known)
        if math.isnan(value) or math.isnan(counts):
            word = UNKNOWN
        else:
            word = self.sign * value if counts else INSIDE
        self.hear(t_ns, word)

    def hear(self, t_ns, word):
        for edge in self.edges:
            edge.hear(t_ns, word)
        judged = isinstance(word, float) and math.isfinite(word)
        self.alarm.condition(self.level(), self.sign * word if judged else math.nan)

    def furthest(self):
        values = self.alarm.values
        return max(values, key=lambda value: self.sign * value, default=None)

    def break_off(self, t_ns):
        for edge in self.edges:
            edge.hear(t_ns, BREAK)


@dataclass
class PlainChannel:
    value: float = math.nan
    answers: list = field(default_factory=list)
    goods: list = field(default_factory=list)
    period_ns: int = 0
    asked_ns: int = -(10**18)
    alarm: PlainAlarm = field(default_factory=lambda: PlainAlarm(latch=False))

    def fault(self, now_ns):
        if not self.period_ns:
            return False
        last_good = self.goods[-1] if self.goods else -(10**18)
        if last_good < self.asked_ns and now_ns <= self.asked_ns + 5000 * MS:
            return False
        return now_ns - last_good > self.patience()

    def patience(self):
        gaps = [b - a for a, b in pairwise(self.answers)][-2:]
        kept = min(gaps) if len(gaps) == 2 else 0
        return max(500 * MS, 3 * self.period_ns, min(3 * kept, 10_000 * MS))


class PlainWatch:
    """All limits and channels of one car."""

    def __init__(self, limits, t_ns):
        self.limits = {limit.key: PlainLimit(limit) for limit in limits}
        names = dict.fromkeys(name for limit in limits for name in limit.channels)
        self.channels = {name: PlainChannel() for name in names}
        self.listening = False
        self.held = False
        self.awake_ns = None

    def known(self):
        return {name: channel.value for name, channel in self.channels.items()}

    def wake(self, t_ns):
        if self.awake_ns is not None and t_ns - self.awake_ns > 5000 * MS:
            self.lose(t_ns)
        if self.awake_ns is not None:
            self.awake_ns = max(self.awake_ns, t_ns)

    def lose(self, t_ns):
        for channel in self.channels.values():
            channel.value, channel.asked_ns = math.nan, t_ns
        for one in self.limits.values():
            one.break_off(t_ns)

    def take(self, t_ns, readings):
        """Readings of one instant, each of another channel."""
        self.wake(t_ns)
        touched = []
        for name, value, quality in readings:
            channel = self.channels.get(name)
            if channel is None:
                continue
            good = quality == Quality.GOOD and math.isfinite(value)
            channel.value = value if good else math.nan
            if good:
                channel.goods.append(t_ns)
            if good or quality != Quality.STALE:
                channel.answers.append(t_ns)
            touched.append(name)
        for one in self.limits.values():
            if any(name in one.limit.inputs for name in touched):
                one.judge(t_ns, self.known())

    def tick(self, t_ns):
        if self.awake_ns is None:
            self.awake_ns = t_ns
        self.wake(t_ns)
        for alarm in self.alarms().values():
            if alarm.aside == "shelved" and t_ns >= alarm.until:
                alarm.unshelve()
        if self.listening and not self.held:
            for name, channel in self.channels.items():
                fault = channel.fault(t_ns)
                if fault and not channel.alarm.level:
                    channel.value = math.nan
                    for one in self.limits.values():
                        if name in one.limit.channels:
                            one.hear(t_ns, UNKNOWN)
                channel.alarm.condition(1 if fault else 0)

    def expect(self, periods_s, t_ns):
        for name, channel in self.channels.items():
            period_ns = round(1e9 * periods_s.get(name, 0))
            if period_ns and not channel.period_ns:
                channel.asked_ns = t_ns
            channel.period_ns = period_ns
            if not period_ns:
                channel.alarm.condition(0)

    def listen(self, t_ns, on):
        if on != self.listening:
            self.listening = on
            self.lose(t_ns)

    def hold(self, on):
        self.held = on

    def paused(self, since_ns, until_ns):
        """The wire paused: no delay began anew, and the pause counts against no live channel."""
        for channel in self.channels.values():
            alive = channel.goods and channel.goods[-1] >= channel.asked_ns
            if alive and 0 <= since_ns - channel.goods[-1] <= channel.patience():
                channel.goods[-1] += until_ns - since_ns

    def leave(self, t_ns):
        self.listening = False
        self.lose(t_ns)
        for one in self.limits.values():
            for edge in one.edges:
                edge.out, edge.heard = False, []
            one.alarm.condition(0)
        for channel in self.channels.values():
            channel.answers = channel.answers[-1:]
            channel.alarm.condition(0)

    def alarms(self):
        found = {f"limit:{key}": one.alarm for key, one in self.limits.items()}
        found |= {f"signal:{name}": channel.alarm for name, channel in self.channels.items()}
        return found


CHANNELS = ("a", "b", "g")
NUMBERS = st.sampled_from([-20.0, -10.0, -6.0, -4.0, -2.0, 0.0, 1.0, 2.0, 4.0, 6.0, 10.0, 20.0])
DELAYS = st.sampled_from([0.0, 0.05, 0.1, 0.5, 2.0])


@st.composite
def a_limit(draw, key):
    above = draw(st.booleans())
    warning = draw(st.sampled_from([-4.0, 0.0, 4.0]))
    distance = draw(st.sampled_from([2.0, 6.0]))
    trip = warning + (distance if above else -distance)
    which = draw(st.sampled_from(["both", "both", "warning", "trip"]))
    return Limit(
        key,
        draw(st.sampled_from(["a", "a", "b", "a - b"])),
        Comparison.ABOVE if above else Comparison.BELOW,
        None if which == "trip" else warning,
        None if which == "warning" else trip,
        deadband=draw(st.sampled_from([0.0, 1.0, 2.0])),
        warning_delay_s=draw(DELAYS),
        trip_delay_s=draw(DELAYS),
        off_delay_s=draw(DELAYS),
        latch=draw(st.booleans()),
        gate=draw(st.sampled_from(["", "", "g > 0", "g > 0 and b < 15"])),
    )


LIMITS = st.integers(1, 3).flatmap(lambda n: st.tuples(*[a_limit(f"k{at}") for at in range(n)]))
VALUES = st.one_of(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([math.nan, math.inf, -math.inf]))
QUALITIES = st.sampled_from([Quality.GOOD] * 5 + [Quality.INVALID, Quality.STALE])
READINGS = st.dictionaries(st.sampled_from(CHANNELS), st.tuples(VALUES, QUALITIES), min_size=1)
WAITS_MS = st.sampled_from([1, 10, 40, 50, 60, 100, 400, 500, 600, 2000, 4000, 6000, 100_000_000])
ACTS = ("acknowledge", "clear", "shelve", "unshelve", "out_of_service", "in_service", "drop")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("readings"), READINGS),
        st.tuples(st.just("readings"), READINGS),
        st.tuples(st.just("readings"), READINGS),
        st.tuples(st.just("tick"), st.none()),
        st.tuples(st.just("tick"), st.none()),
        st.tuples(st.just("act"), st.tuples(st.integers(0, 5), st.sampled_from(ACTS))),
        st.tuples(st.just("act"), st.tuples(st.integers(0, 5), st.sampled_from(ACTS))),
        st.tuples(st.just("listen"), st.booleans()),
        st.tuples(st.just("hold"), st.booleans()),
        st.tuples(st.just("paused"), st.sampled_from([(50, 0), (450, 0), (600, 100)])),
        st.tuples(
            st.just("expect"),
            st.dictionaries(st.sampled_from(CHANNELS), st.sampled_from([0.01, 0.1, 1.0, 5.0])),
        ),
        st.tuples(st.just("leave"), st.none()),
    ).flatmap(lambda step: st.tuples(WAITS_MS, st.just(step))),
    max_size=60,
)


# One limit without delays, and acts upon it: deep into the states of an alarm.
ONE_LIMIT = st.booleans().map(
    lambda latch: (Limit("k0", "a", Comparison.ABOVE, 0.0, 4.0, deadband=1.0, latch=latch),)
)
ONE_STEPS = st.lists(
    st.one_of(
        st.sampled_from([-1.0, 0.0, 0.5, 1.0, 3.0, 3.5, 4.0, 5.0]).map(
            lambda value: ("readings", {"a": (value, Quality.GOOD)})
        ),
        st.sampled_from(ACTS).map(lambda act: ("act", (0, act))),
        st.just(("tick", None)),
    ).flatmap(lambda step: st.tuples(st.sampled_from([10, 1000]), st.just(step))),
    max_size=80,
)
# One channel that comes and stays away.
QUIET_STEPS = st.lists(
    st.tuples(
        st.sampled_from([100, 400, 600, 1000, 3000, 4000, 4900]),
        st.one_of(
            QUALITIES.map(lambda quality: ("readings", {"a": (-1.0, quality)})),
            st.just(("tick", None)),
            st.just(("tick", None)),
            st.sampled_from([("act", (1, "acknowledge")), ("listen", True), ("listen", False)]),
            st.booleans().map(lambda on: ("hold", on)),
            st.sampled_from([(400, 0), (900, 300)]).map(lambda ago_ms: ("paused", ago_ms)),
        ),
    ),
    max_size=60,
).map(
    lambda steps: [(1, ("expect", {"a": 0.1})), (1, ("listen", True)), (1, ("tick", None)), *steps]
)


class Pair:
    """The watch and its model, fed with the same."""

    def __init__(self, limits):
        self.now_ns = 1_000_000 * MS
        self.watch = LimitWatch(limits)
        self.plain = PlainWatch(limits, self.now_ns)
        self.told = []

    def step(self, name, what, shuffled=False):
        now = self.now_ns
        if name == "readings":
            rows = [(channel, value, quality) for channel, (value, quality) in what.items()]
            self.plain.take(now, rows)
            rows = rows[::-1] if shuffled else rows
            self.hear(self.watch.take([Reading(c, now, v, q) for c, v, q in rows]))
        elif name == "tick":
            self.plain.tick(now)
            self.hear(self.watch.tick(now))
        elif name == "listen":
            self.plain.listen(now, what)
            self.watch.listen(now, on=what)
        elif name == "hold":
            self.plain.hold(what)
            self.watch.hold(on=what)
        elif name == "paused":
            since_ns, until_ns = (now - ago_ms * MS for ago_ms in what)
            self.plain.paused(since_ns, until_ns)
            self.watch.paused(since_ns, until_ns)
        elif name == "expect":
            self.plain.expect(what, now)
            self.hear(self.watch.expect(what, now))
        elif name == "leave":
            self.plain.leave(now)
            self.hear(self.watch.leave(now))
        else:
            self.act(*what)

    def act(self, at, name):
        now = self.now_ns
        keys = sorted(self.watch.alarms)
        key = keys[at % len(keys)]
        alarm, plain = self.watch.alarms[key], self.plain.alarms()[key]
        if name == "drop":
            plain.drop()
            self.hear(alarm.drop(now))
            return
        until = (now + 3000 * MS,) if name == "shelve" else ()
        done = getattr(plain, name)(*until)
        try:
            self.hear(getattr(alarm, name)(now, *until))
        except AlarmRefused:
            assert not done, f"{name} of {plain.state} must not be refused"
        else:
            assert done, f"{name} of {plain.state} must be refused"

    def hear(self, changes):
        self.told += changes

    def agree(self):
        for key, plain in self.plain.alarms().items():
            alarm = self.watch.alarms.get(key)
            mine = [change for change in self.told if change.key == key]
            assert [change.happening.value for change in mine] == plain.told, key
            if alarm is None:
                assert plain.state == "normal"
                continue
            assert (alarm.state.value, int(alarm.level), int(alarm.worst)) == (
                plain.state,
                plain.level,
                plain.worst,
            ), key
            if key.startswith("limit:") and plain.worst:
                furthest = self.plain.limits[key.removeprefix("limit:")].furthest()
                assert furthest is None or alarm.worst_value == furthest, key
            # Each change begins where the one before ended, and the last one is what is shown.
            for before, after in pairwise(mine):
                assert after.before is before.after
            if mine:
                assert mine[-1].after is alarm.state
        assert {one.key for one in self.watch.standing()} == {
            key for key, plain in self.plain.alarms().items() if plain.state != "normal"
        }


def run(limits, steps):
    pair = Pair(limits)
    for at, (wait_ms, (name, what)) in enumerate(steps):
        pair.now_ns += wait_ms * MS
        pair.step(name, what, shuffled=at % 2 == 1)
        pair.agree()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(limits=LIMITS, steps=STEPS)
def test_the_watch_is_the_plain_model(limits, steps):
    run(limits, steps)


@settings(max_examples=150, deadline=None)
@given(limits=ONE_LIMIT, steps=ONE_STEPS)
def test_the_watch_is_the_plain_model_deep_into_the_states(limits, steps):
    run(limits, steps)


@settings(max_examples=200, deadline=None)
@given(limits=ONE_LIMIT, steps=QUIET_STEPS)
def test_the_watch_is_the_plain_model_for_a_channel_that_stays_away(limits, steps):
    run(limits, steps)


@pytest.mark.long
@settings(max_examples=4000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(limits=st.one_of(LIMITS, ONE_LIMIT), steps=st.one_of(STEPS, ONE_STEPS, QUIET_STEPS))
def test_the_watch_is_the_plain_model_for_long(limits, steps):
    run(limits, steps)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    limits=LIMITS,
    instants=st.lists(st.tuples(st.integers(1, 300), READINGS), min_size=1, max_size=60),
    data=st.data(),
)
def test_how_readings_are_cut_into_batches_makes_no_difference(limits, instants, data):
    t_ns, stream = 1000 * MS, []
    for wait_ms, readings in instants:
        t_ns += wait_ms * MS
        stream.append([Reading(c, t_ns, v, q) for c, (v, q) in readings.items()])
    one_by_one = LimitWatch(limits)
    told = [change for batch in stream for change in one_by_one.take(batch)]
    cut = LimitWatch(limits)
    told_cut, batch = [], []
    for instant in stream:
        batch += instant
        if data.draw(st.booleans()):
            told_cut += cut.take(batch)
            batch = []
    told_cut += cut.take(batch)

    def of_each(changes):
        return {key: [repr(one) for one in changes if one.key == key] for key in cut.alarms}

    assert of_each(told_cut) == of_each(told)


@settings(max_examples=80, deadline=None)
@given(limits=LIMITS, steps=STEPS)
def test_putting_the_same_limits_in_force_again_changes_nothing(limits, steps):
    pair = Pair(limits)
    for wait_ms, (name, what) in steps:
        pair.now_ns += wait_ms * MS
        pair.step(name, what)
        texts = [replace(limit, to_do=f"Since {pair.now_ns}.") for limit in limits]
        in_service = [
            limit
            for limit in texts
            if pair.watch.alarms[f"limit:{limit.key}"].state.value != "out_of_service"
        ]
        if len(in_service) == len(texts):  # the limit itself says whether it is in service
            pair.hear(pair.watch.use(texts, pair.now_ns))
        pair.agree()
