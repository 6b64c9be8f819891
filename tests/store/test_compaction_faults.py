"""What is durable in the journal is not written twice, whatever becomes of the blocks."""

from collections.abc import Callable

import numpy as np
import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.store import recording_ends, recording_writer
from cartech_desk.store.recordings import Columns, Ending, Mark, MarkKind
from cartech_desk.store.store import Store

Make = Callable[..., Columns]
FAULTS = [MemoryError("no room"), ValueError("a bug"), ZeroDivisionError()]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_while_blocks_are_closed_is_told_and_loses_and_doubles_nothing(
    store: Store, columns: Make, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fails(*args: object, **named: object) -> bool:
        raise fault

    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    monkeypatch.setattr(recording_writer, "compact", fails)
    for second in range(70):
        assert writer.write({"rpm": columns(second, second + 1)}) == 100
    assert writer.postponed is not None
    assert "fault" in writer.postponed.message
    monkeypatch.undo()
    assert writer.close().ending is Ending.STOPPED
    found = store.recordings.read(writer.id, "rpm", 0, 1 << 62)
    assert np.array_equal(found.t_ns, np.arange(7000) * 10_000_000)


def test_a_long_journal_is_not_gone_through_with_every_write(
    store: Store, columns: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def fails(*args: object, **named: object) -> bool:
        calls.append(1)
        raise MemoryError

    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    monkeypatch.setattr(recording_writer, "compact", fails)
    monkeypatch.setattr(recording_writer, "_JOURNAL_ROWS", 5)
    monkeypatch.setattr(recording_writer, "_RETRY_S", 1000.0)
    for second in range(20):
        writer.write({"rpm": columns(second, second + 1)})
    assert len(calls) == 1
    writer.abandon()


def test_a_fault_in_one_recording_does_not_hide_the_list(
    store: Store, columns: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **named: object) -> bool:
        raise MemoryError

    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    writer.write({"rpm": columns(0, 1)})
    writer.abandon(Ending.STOPPED)
    monkeypatch.setattr(recording_ends, "compact", fails)
    (found,) = store.recordings.list()
    assert found.channels[0].samples == 100


def test_half_a_surrogate_pair_in_a_word_costs_no_samples(store: Store, columns: Make) -> None:
    half = "Oil \ud83d temperature"
    writer = store.recordings.begin(
        store.vehicles.by_name("x").id,
        [Channel("oil", half, half, 0, 1, source=half)],
        anchor_ns=0,
        note=half,
    )
    writer.write({"oil": columns(0, 1)}, [Mark(0, MarkKind.NOTE, half)])
    found = writer.close()
    assert found.channels[0].samples == 100
    whole = "Oil ? temperature"
    assert (found.note, found.marks[0].note, found.channels[0].channel.label) == (whole,) * 3
    store.recordings.set_note(found.id, half)
    assert store.recordings.get(found.id).note == whole
