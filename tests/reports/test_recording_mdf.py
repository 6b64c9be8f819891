"""A recording as MDF4: asammdf reads it back equal."""

import sys
import threading
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.bay.export import ExportCancelled, ExportRefused, export
from cartech_desk.store.recordings import RecordingSummary
from cartech_desk.store.store import Store

pandas = pytest.importorskip("pandas", reason="a reader of CSV is not installed")
asammdf = pytest.importorskip("asammdf", reason="the mdf extra is not installed")

ALL = (-(1 << 62), 1 << 62)
SECOND = 1_000_000_000


def test_asammdf_reads_back_what_was_recorded(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    path = export(store, recording.id, tmp_path / "a.mf4")
    with asammdf.MDF(path) as mdf:
        for name, unit in (("rpm", "rpm"), ("iat", "degC"), ("lambda", "ratio")):
            signal = mdf.get(name)
            wanted = store.recordings.read(recording.id, name, *ALL)
            assert signal.unit == unit
            t_ns = np.rint(signal.timestamps * 1e9).astype(np.int64) + recording.first_ns
            assert np.array_equal(t_ns, wanted.t_ns)
            values = np.where(wanted.quality == 0, wanted.values, np.nan)
            assert np.array_equal(signal.samples, values, equal_nan=True)
        assert mdf.get("rpm").comment == "Engine speed (mode 01 PID 0C)"


def test_the_file_tells_when_and_what_was_recorded(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    path = export(store, recording.id, tmp_path / "a.mf4")
    with asammdf.MDF(path) as mdf:
        assert mdf.version == "4.10"
        started = mdf.header.start_time
        assert abs(started - recording.anchor + timedelta(seconds=30)) < timedelta(milliseconds=1)
        assert "Vehicle: Grüner &amp; Käfer" in mdf.header.comment
        assert "Note: &lt;dyno&gt; pull" in mdf.header.comment


def test_marks_are_events_on_the_files_clock(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    path = export(store, recording.id, tmp_path / "a.mf4", last_ns=60 * SECOND)
    with asammdf.MDF(path) as mdf:
        assert [(event.name, round(event.value, 9)) for event in mdf.events] == [
            ("Start was pressed", 30.0),
            ("Mark: knock?", 35.0),
            ("Gap: the link was gone", 80.0),
            ("End of: Gap: the link was gone", 82.0),
        ]


def test_seconds_are_those_of_the_csv_file(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    chosen = {"channels": ["rpm"], "first_ns": 5 * SECOND, "last_ns": 9 * SECOND}
    rows = pandas.read_csv(export(store, recording.id, tmp_path / "a.csv", **chosen))
    with asammdf.MDF(export(store, recording.id, tmp_path / "a.mf4", **chosen)) as mdf:
        signal = mdf.get("rpm")
        assert abs(mdf.header.start_time - recording.anchor) < timedelta(milliseconds=1)
    assert signal.timestamps[0] >= 5
    assert np.allclose(signal.timestamps, rows["time [s]"], rtol=0, atol=1e-9)
    assert np.array_equal(signal.samples, rows["rpm [rpm]"], equal_nan=True)


def test_before_start_the_files_clock_is_that_of_the_csv_shifted_by_the_pre_trigger(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    chosen = {"channels": ["rpm"], "last_ns": 2 * SECOND}
    rows = pandas.read_csv(export(store, recording.id, tmp_path / "a.csv", **chosen))
    with asammdf.MDF(export(store, recording.id, tmp_path / "a.mf4", **chosen)) as mdf:
        signal = mdf.get("rpm")
        shift = (recording.anchor - mdf.header.start_time).total_seconds()
    assert signal.timestamps[0] >= 0 > rows["time [s]"][0]
    assert np.allclose(signal.timestamps - shift, rows["time [s]"], rtol=0, atol=1e-6)


def test_a_selection_begins_with_its_first_instant(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    path = export(
        store, recording.id, tmp_path / "a.mf4", channels=["rpm"], first_ns=0, last_ns=SECOND
    )
    with asammdf.MDF(path) as mdf:
        assert len(mdf.groups) == 1
        signal = mdf.get("rpm")
        assert (signal.timestamps[0], signal.timestamps[-1]) == (0.0, 1.0)
        assert abs(mdf.header.start_time - recording.anchor) < timedelta(milliseconds=1)
        assert [event.name for event in mdf.events] == ["Start was pressed"]


def test_cancelling_leaves_no_file(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    cancel = threading.Event()
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(ExportCancelled):
        export(
            store,
            recording.id,
            folder / "a.mf4",
            progress=lambda fraction: cancel.set() if fraction > 0.2 else None,
            cancel=cancel,
        )
    assert list(folder.iterdir()) == []


def test_a_missing_asammdf_is_told_with_what_to_install(
    store: Store,
    recording: RecordingSummary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "asammdf", None)
    with pytest.raises(ExportRefused) as refused:
        export(store, recording.id, tmp_path / "a.mf4")
    assert "mdf extra" in refused.value.to_do
    assert not (tmp_path / "a.mf4").exists()
