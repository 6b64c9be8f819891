"""A recording as CSV: pandas reads it back equal, without arguments."""

import locale
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cartech_desk.bay.export import ExportCancelled, ExportFailed, ExportRefused, export
from cartech_desk.domain.channels import Channel
from cartech_desk.reports.recording_csv import header
from cartech_desk.store.errors import NotKept
from cartech_desk.store.recordings import Columns, RecordingSummary
from cartech_desk.store.store import Store

ALL = (-(1 << 62), 1 << 62)
SECOND = 1_000_000_000


def test_pandas_reads_back_what_was_recorded(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    table = pd.read_csv(export(store, recording.id, tmp_path / "a.csv"))
    assert table.columns.tolist() == ["time [s]", "rpm [rpm]", "iat [degC]", "lambda [ratio]"]
    times = np.rint(table["time [s]"] * 1e9).astype(np.int64)
    assert bool((np.diff(times) > 0).all())
    for name, column in (("rpm", "rpm [rpm]"), ("iat", "iat [degC]"), ("lambda", "lambda [ratio]")):
        wanted = store.recordings.read(recording.id, name, *ALL)
        good = wanted.quality == 0
        there = table[column].notna()
        assert np.array_equal(times[there], wanted.t_ns[good])
        assert np.array_equal(table[column][there], wanted.values[good])


def test_a_row_stands_also_where_the_answer_was_no_value(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    path = export(store, recording.id, tmp_path / "a.csv", channels=["lambda"])
    table = pd.read_csv(path)
    assert len(table) == 600
    assert table["lambda [ratio]"].isna().sum() == 15


def test_a_selection_holds_its_channels_and_its_time(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    path = export(
        store,
        recording.id,
        tmp_path / "a.csv",
        channels=["iat", "rpm"],
        first_ns=-SECOND,
        last_ns=2 * SECOND,
    )
    table = pd.read_csv(path)
    assert table.columns.tolist() == ["time [s]", "iat [degC]", "rpm [rpm]"]
    assert (table["time [s]"].iloc[0], table["time [s]"].iloc[-1]) == (-1.0, 2.0)
    assert len(table) == 151


def test_resampling_holds_the_last_value_and_invents_none(store: Store, tmp_path: Path) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    t_ns = np.array([0, 1, 2, 100, 101]) * SECOND + 1
    writer.write({"a": Columns(t_ns, np.arange(5.0), np.zeros(5, np.uint8))})
    writer.close()
    table = pd.read_csv(export(store, writer.id, tmp_path / "a.csv", resample_hz=2))
    assert table["time [s]"].tolist() == [i / 2 for i in range(1, 203)]
    by_time = table.set_index("time [s]")["a"]
    assert by_time[0.5] == 0
    assert by_time[1.0] == 0
    assert by_time[1.5] == 1
    assert by_time[3.0] == 2
    assert np.isnan(by_time[99.0])
    assert by_time[100.5] == 3
    assert set(by_time.dropna()) == {0, 1, 2, 3}


def test_samples_of_one_instant_get_rows_of_their_own(store: Store, tmp_path: Path) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    good = np.zeros(3, np.uint8)
    writer.write(
        {
            "a": Columns(np.array([5, 5, 7]), np.array([1.0, 2.0, 3.0]), good),
            "b": Columns(np.array([5, 6, 7]), np.array([-0.0, np.inf, 1e300]), good),
        }
    )
    path = export(store, writer.close().id, tmp_path / "a.csv")
    assert path.read_text().splitlines() == [
        "time [s],a,b",
        "0.000000005,1,0",
        "0.000000005,2,",
        "0.000000006,,inf",
        "0.000000007,3,1e+300",
    ]


@pytest.mark.parametrize(
    ("name", "unit", "cell"),
    [
        ("rpm", "rpm", "rpm [rpm]"),
        ("=cmd|' /C calc'!A0", "", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "kPa", "'@SUM(A1) [kPa]"),
        ("a,b", "", '"a,b"'),
        ('a"\nb', "", '"a""\nb"'),
    ],
)
def test_no_cell_of_the_header_is_a_formula_or_breaks_the_line(
    name: str, unit: str, cell: str
) -> None:
    assert header([Channel(name, name, unit, 0, 1)]) == f"time [s],{cell}\n"


def test_the_country_does_not_change_the_file(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    before = export(store, recording.id, tmp_path / "a.csv").read_bytes()
    kept = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "")
        assert export(store, recording.id, tmp_path / "a.csv").read_bytes() == before
    finally:
        locale.setlocale(locale.LC_ALL, kept)


def test_progress_ends_with_all_and_cancelling_leaves_no_file(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    heard: list[float] = []
    export(store, recording.id, tmp_path / "a.csv", progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    cancel = threading.Event()
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(ExportCancelled):
        export(
            store,
            recording.id,
            folder / "a.csv",
            progress=lambda fraction: cancel.set() if fraction > 0.2 else None,
            cancel=cancel,
        )
    assert list(folder.iterdir()) == []


def test_an_export_that_fails_keeps_the_file_of_before(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("precious")
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(ExportCancelled):
        export(store, recording.id, path, cancel=cancel)
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "named", "words"),
    [
        ("a.txt", {}, ".csv or .mf4"),
        ("a", {}, ".csv or .mf4"),
        (".", {}, ".csv or .mf4"),
        ("a.csv", {"channels": ["rpm", "speed"]}, "'speed'"),
        ("a.csv", {"channels": []}, "no samples"),
        ("a.csv", {"first_ns": 10**15}, "no samples"),
        ("a.csv", {"resample_hz": 0}, "above 0"),
        ("a.csv", {"resample_hz": float("nan")}, "above 0"),
        ("a.mf4", {"resample_hz": 5}, "not resampled"),
    ],
)
def test_what_cannot_be_exported_is_told(
    store: Store,
    recording: RecordingSummary,
    empty: Path,
    name: str,
    named: dict[str, object],
    words: str,
) -> None:
    with pytest.raises(ExportRefused, match=words):
        export(store, recording.id, empty / name, **named)  # type: ignore[arg-type]
    assert list(empty.iterdir()) == []


def test_a_folder_that_is_not_there_and_an_unknown_recording_are_told(
    store: Store, recording: RecordingSummary, tmp_path: Path
) -> None:
    with pytest.raises(ExportRefused, match="does not exist"):
        export(store, recording.id, tmp_path / "nowhere" / "a.csv")
    with pytest.raises(NotKept):
        export(store, "nothing", tmp_path / "a.csv")


def test_a_disk_that_refuses_the_file_is_told(
    store: Store, recording: RecordingSummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ExportFailed, match="No space left on device"):
        export(store, recording.id, tmp_path / "a.csv")
    assert list(tmp_path.glob("*a.csv*")) == []


def test_an_open_recording_can_be_exported(store: Store, tmp_path: Path) -> None:
    writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
    for second in range(70):
        t_ns = second * SECOND + np.arange(10) * 10_000_000
        writer.write({"a": Columns(t_ns, np.ones(10), np.zeros(10, np.uint8))})
    assert len(pd.read_csv(export(store, writer.id, tmp_path / "a.csv"))) == 700
    writer.close()


def test_memory_stays_flat_however_long_the_recording(store: Store, tmp_path: Path) -> None:
    peaks = []
    for minutes in (5, 40):
        writer = store.recordings.begin(store.vehicles.by_name("x").id, [], anchor_ns=0)
        for minute in range(minutes):
            t_ns = minute * 60 * SECOND + np.arange(1200) * 50_000_000
            writer.write({"a": Columns(t_ns, t_ns / 1e9, np.zeros(1200, np.uint8))})
        writer.close()
        tracemalloc.start()
        export(store, writer.id, tmp_path / "a.csv")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 8_000_000
