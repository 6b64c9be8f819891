"""A record's canonical form: it reads back as it was written, and nothing else is read."""

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cartech_desk.domain.audit import (
    BodyRefused,
    Entity,
    Entry,
    Phase,
    body_of,
    canonical,
    checked,
    read_body,
)
from cartech_desk.domain.audit_proof import proven
from cartech_desk.domain.audit_words import ACTIONS, action_words, change_rows, change_words
from cartech_desk.domain.people import Actor, Role

AT = datetime(2026, 1, 5, 8, 0, 0, 123456, tzinfo=UTC)
ADA = Actor("0192-a", "Ada Administrator", Role.ADMINISTRATOR)
ENTRY = Entry("limit.set", Entity("limit", "k", "Boost", "golf"), {"a": 1}, {"a": 2.5}, "why")

any_text = some.text(max_size=30)
values = some.recursive(
    some.none() | some.booleans() | any_text | some.integers() | some.floats(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
changes = some.none() | some.dictionaries(any_text, values, max_size=4)


@given(
    sequence=some.integers(1, 2**63 - 1),
    at=some.datetimes(timezones=some.just(UTC)),
    who=some.builds(Actor, any_text, any_text, some.none() | some.sampled_from(Role)),
    entry=some.builds(
        Entry,
        any_text,
        some.builds(Entity, any_text, any_text, any_text, any_text),
        changes,
        changes,
        any_text,
    ),
    phase=some.sampled_from(Phase),
)
def test_what_is_written_reads_back(
    sequence: int, at: datetime, who: Actor, entry: Entry, phase: Phase
) -> None:
    intent = 7 if phase is Phase.RESULT else None
    body = body_of(sequence, at, who, entry, phase=phase, intent=intent)
    record = read_body(body)
    assert (record.sequence, record.at, record.phase) == (sequence, at, phase)
    assert record.intent == intent
    again = body_of(
        sequence,
        record.at,
        record.actor,
        Entry(record.action, record.entity, record.before, record.after, record.reason),
        phase=phase,
        intent=intent,
    )
    assert again == body
    assert canonical(json.loads(body)) == body
    assert proven(body) == str(sequence)


def sequence_of(body: str) -> str | None:
    """The long proof: read the whole, write it again, compare."""
    try:
        return str(checked(body)["sequence"])
    except BodyRefused:
        return None


@given(body=some.text(max_size=200))
def test_any_text_is_read_or_refused(body: str) -> None:
    with pytest.raises(BodyRefused):
        read_body(body)
    assert proven(body) is None


@given(
    entry=some.builds(Entry, any_text, some.just(Entity("k")), changes, changes, any_text),
    place=some.integers(0, 2000),
    cut=some.integers(0, 3),
    put=some.text(max_size=3)
    | some.sampled_from(
        ['"', "\\", "\\n", "\\u000a", "\\u001F", "\\u001f", "\\/", "{}", "null", " ", "0", ","]
    ),
)
def test_the_quick_proof_holds_for_what_the_long_one_holds_for(
    entry: Entry, place: int, cut: int, put: str
) -> None:
    body = body_of(3, AT, ADA, entry)
    place %= len(body)
    changed = body[:place] + put + body[place + cut :]
    assert proven(changed) == sequence_of(changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"after":{', '"after":{"a":"2.5",'),
        ('"after":{"a":"2.5"}', '"after":{"b":"1","a":"2.5"}'),
        ('"after":{"a":"2.5"}', '"after":{"a":"9","a":"2.5"}'),
        ('"after":{"a":"2.5"}', '"after":{"a":{"b":"9","b":"2.5"}}'),
        ('"after":{"a":"2.5"}', '"after":{"a": "2.5"}'),
        ('"after":{"a":"2.5"}', '"after":{"a":"\\u0032.5"}'),
        ('"after":{"a":"2.5"}', '"after":["a"]'),
        ('"after":{"a":"2.5"}', '"after":"a"'),
        ('"action":', '"action":"other","action":'),
        ('"reason":', '"reason":"other","reason":'),
        ('"sequence":', '"sequence":"9","sequence":'),
        ('"why"', '"wh\\u0079"'),
        ('"Boost"', '"Boo\nst"'),
        ('"Boost"', '"Boo\\u000ast"'),
        ("2026-01-05T", "2026-02-30T"),
        ("2026-01-05T", "2026-01-05 "),
        ("2026-01-05T08", "2026-01-05T24"),
        ('"administrator"', '"owner"'),
        ('"intent":null', '"intent":"3"'),
        ('"phase":"act"', '"phase":"result"'),
    ],
)
def test_what_reads_alike_but_stands_otherwise_is_refused_by_both_proofs(
    old: str, new: str
) -> None:
    body = body_of(3, AT, ADA, ENTRY)
    changed = body.replace(old, new)
    assert changed != body
    assert proven(changed) is sequence_of(changed) is None


@given(place=some.integers(0, 400), letter=some.characters())
def test_a_letter_changed_is_another_record_or_refused(place: int, letter: str) -> None:
    body = body_of(3, AT, ADA, ENTRY)
    changed = body[: place % len(body)] + letter + body[place % len(body) + 1 :]
    try:
        record = read_body(changed)
    except BodyRefused:
        return
    assert changed == body or record != read_body(body)


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": "0"},
        {"sequence": "03"},
        {"sequence": "-3"},
        {"sequence": "x"},
        {"sequence": None},
        {"sequence": "9" * 30},
        {"at": "2026-01-05"},
        {"at": "2026-01-05T08:00:00.123456+02:00"},
        {"at": "2026-13-05T08:00:00.123456+00:00"},
        {"actor": {}},
        {"actor": "Ada"},
        {"actor": {"id": "", "name": "", "role": "owner"}},
        {"actor": {"id": "", "name": None, "role": None}},
        {"actor": {"id": "", "name": "", "role": ["manager"]}},
        {"entity": []},
        {"before": "x"},
        {"after": ["x"]},
        {"reason": None},
        {"phase": "later"},
        {"phase": None},
        {"phase": "result"},
        {"intent": "4"},
        {"more": "x"},
    ],
    ids=str,
)
def test_a_body_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    body = json.loads(body_of(3, AT, ADA, ENTRY))
    with pytest.raises(BodyRefused):
        read_body(canonical({**body, **change}))


@pytest.mark.parametrize("number", ["1", "1.5", "1e400", "NaN", "Infinity", "-0"])
def test_a_number_that_is_no_text_is_refused(number: str) -> None:
    body = body_of(3, AT, ADA, ENTRY).replace('"2.5"', number)
    with pytest.raises(BodyRefused):
        read_body(body)


def test_a_body_is_canonical_json() -> None:
    body = body_of(1, AT.astimezone(timezone(timedelta(hours=2))), ADA, ENTRY)
    assert '"at":"2026-01-05T08:00:00.123456+00:00"' in body
    assert '"before":{"a":"1"},' in body
    assert '"after":{"a":"2.5"},' in body
    assert body == json.dumps(
        json.loads(body), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )


def test_numbers_of_any_kind_are_written_plainly() -> None:
    class Level(IntEnum):
        TRIP = 2

    class Word(StrEnum):
        SHELVED = "shelved"

    written = canonical([np.float64(1.5), Level.TRIP, Word.SHELVED, float("inf"), 10**30])
    assert written == f'["1.5","2","shelved","inf","{10**30}"]'


def test_half_a_surrogate_pair_is_escaped() -> None:
    body = body_of(1, AT, ADA, Entry("a", Entity("k"), {"\ud800": "\udfff"}, None, "\ud83d"))
    assert read_body(body).before == {"\\ud800": "\\udfff"}
    body.encode("utf-8")


def test_what_has_no_plain_form_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        canonical({"x": object()})


def test_what_changed_is_said_value_by_value() -> None:
    before = {"trip": "180.0", "gate": {"channel": "rpm"}, "on": True, "same": "x"}
    after = {"trip": "185.5", "gate": {"channel": "load"}, "on": False, "same": "x"}
    record = read_body(body_of(1, AT, ADA, Entry("limit.set", Entity("limit"), before, after)))
    assert change_rows(record) == (
        ("gate.channel", "rpm", "load"),
        ("on", "yes", "no"),
        ("trip", "180.0", "185.5"),
    )
    assert change_words(record) == "gate.channel: rpm → load; on: yes → no; trip: 180.0 → 185.5"


def test_every_action_has_words() -> None:
    assert all(words[0].isupper() for words in ACTIONS.values())
    assert action_words("job.price_changed") == "Job: price changed"
