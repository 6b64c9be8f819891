"""Alarms and the operator of a recording in its exports."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cartech_desk.bay.export import export
from cartech_desk.domain.channels import Channel
from cartech_desk.domain.people import Actor, Role
from cartech_desk.store.recordings import Columns, Mark, MarkKind, RecordingSummary
from cartech_desk.store.store import Store

SECOND = 1_000_000_000


@pytest.fixture
def alarmed(store: Store) -> RecordingSummary:
    """Sixty seconds at 10 Hz with two alarms, one of which begins before the first sample."""
    writer = store.recordings.begin(
        store.vehicles.by_name("Blue Golf").id,
        [Channel("rpm", "Engine speed", "rpm", 0, 8000)],
        anchor_ns=0,
        operator=Actor("0192-t", "Tom Technician", Role.TECHNICIAN),
    )
    t_ns = np.arange(600) * SECOND // 10
    alarms = {
        "a": Mark(-5 * SECOND, MarkKind.ALARM, "Over-boost, 141 kPa", 20 * SECOND),
        "b": Mark(15 * SECOND, MarkKind.ALARM, "=Lean", 25 * SECOND),
    }
    column = Columns(t_ns, np.arange(600.0), np.zeros(600, np.uint8))
    writer.write({"rpm": column}, [Mark(0, MarkKind.TRIGGER)], alarms=alarms)
    return writer.close()


def test_a_last_column_of_the_csv_says_which_alarm_stood(
    store: Store, alarmed: RecordingSummary, tmp_path: Path
) -> None:
    table = pd.read_csv(export(store, alarmed.id, tmp_path / "a.csv"), keep_default_na=False)
    assert table.columns.tolist() == ["time [s]", "rpm [rpm]", "alarm"]
    told = dict(zip(table["time [s]"], table["alarm"], strict=True))
    assert told[0.0] == told[14.9] == "Over-boost, 141 kPa"
    assert told[15.0] == told[20.0] == "Over-boost, 141 kPa;' =Lean"
    assert told[20.1] == told[25.0] == "'=Lean"  # no formula for a spreadsheet
    assert told[25.1] == told[59.9] == ""


def test_a_stretch_without_an_alarm_has_no_such_column(
    store: Store, alarmed: RecordingSummary, tmp_path: Path
) -> None:
    path = export(store, alarmed.id, tmp_path / "a.csv", first_ns=30 * SECOND)
    assert path.read_text(encoding="utf-8").splitlines()[0] == "time [s],rpm [rpm]"


def test_resampled_rows_tell_the_alarm_too(
    store: Store, alarmed: RecordingSummary, tmp_path: Path
) -> None:
    table = pd.read_csv(export(store, alarmed.id, tmp_path / "a.csv", resample_hz=1.0))
    assert table["alarm"].notna().sum() == 26  # 0 to 25 s, both ends included


def test_mdf_has_alarms_as_events_and_the_operator_in_its_comment(
    store: Store, alarmed: RecordingSummary, tmp_path: Path
) -> None:
    asammdf = pytest.importorskip("asammdf", reason="the mdf extra is not installed")
    path = export(store, alarmed.id, tmp_path / "a.mf4", last_ns=18 * SECOND)
    with asammdf.MDF(path) as mdf:
        assert "Operator: Tom Technician" in mdf.header.comment
        assert [(event.name, round(event.value, 6)) for event in mdf.events] == [
            ("Alarm: Over-boost, 141 kPa", 0.0),
            ("End of: Alarm: Over-boost, 141 kPa", 18.0),
            ("Start was pressed", 0.0),
            ("Alarm: =Lean", 15.0),
            ("End of: Alarm: =Lean", 18.0),
        ]
