"""The recorder beside rows inserted one a sample, and its file beside a CSV file."""

import gc
import sqlite3
import tempfile
import time
from pathlib import Path

import hour
import numpy as np
from table import Row

from cartech_desk.bay.export import export
from cartech_desk.bay.recorder import Recorder
from cartech_desk.domain.channels import Quality, Reading
from cartech_desk.store.store import Store

SECONDS = 200
BATCH = 1280
ROUNDS = 3
IN_FLIGHT = 600_000
COMMIT_EVERY = 100 * BATCH
"""The peer commits as rarely as the recorder does when it is fed as fast as it takes."""


def rows() -> list[Row]:
    readings = _readings()
    samples = sum(len(batch) for batch in readings)
    gc.collect()
    gc.freeze()  # the readings are the feed's, not what is measured
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            # Taken in turn, the best of each: the machine has other things to do.
            theirs = ours = in_order = 0.0
            for turn in range(ROUNDS):
                theirs = max(theirs, samples / _insert_rows(folder / f"{turn}.db", readings))
                took_s, ordered_s, ours_bytes, csv_bytes = _record(folder / str(turn), readings)
                ours = max(ours, samples / took_s)
                in_order = max(in_order, samples / ordered_s)
    finally:
        gc.unfreeze()
    return [
        Row(
            "recorder, samples/s",
            f"{ours / 1e6:.2f} M",
            f"{theirs / 1e6:.2f} M, one row a sample",
            ours / theirs,
            ">= 5 times",
            ours >= 5 * theirs,
        ),
        Row(
            "the same, until the last block is made",
            f"{in_order / 1e6:.2f} M",
            f"{theirs / 1e6:.2f} M, one row a sample",
            in_order / theirs,
            ">= 3 times",
            in_order >= 3 * theirs,
        ),
        Row(
            "recording's size, bytes a sample",
            f"{ours_bytes / samples:.2f}",
            f"{csv_bytes / samples:.2f}, CSV",
            ours_bytes / csv_bytes,
            "< 0.5 times",
            ours_bytes < 0.5 * csv_bytes,
        ),
    ]


def _readings() -> list[list[Reading]]:
    """The hour's first minutes as the feed hands them on: batches in order of time."""
    rng = np.random.default_rng(64)
    batches: list[list[Reading]] = []
    for first in range(0, SECONDS, 4):
        piece = hour._piece(rng, first)
        t_ns = np.concatenate([columns.t_ns for columns in piece.values()])
        values = np.concatenate([columns.values for columns in piece.values()])
        names = [name for name, columns in piece.items() for _ in range(len(columns.t_ns))]
        order = np.argsort(t_ns, kind="stable")
        # Made in the order in which they are handed on, as a driver makes them.
        readings = [
            Reading(names[place], t, value, Quality.GOOD)
            for place, t, value in zip(
                order.tolist(), t_ns[order].tolist(), values[order].tolist(), strict=True
            )
        ]
        batches += [readings[i : i + BATCH] for i in range(0, len(readings), BATCH)]
    return batches


def _record(folder: Path, readings: list[list[Reading]]) -> tuple[float, float, int, int]:
    """Seconds until all is durable, and in order; bytes of the recording, and as CSV."""
    store = Store(folder)
    recorder = Recorder(store.recordings, pretrigger_s=0)
    recorder.know(hour.CHANNELS)
    recorder.start()
    try:
        vehicle = store.vehicles.by_name("Benchmark")
        recording_id = recorder.begin(vehicle.id).result(5)
        start = time.perf_counter()
        fed = 0
        for batch in readings:
            recorder.take(batch)
            fed += len(batch)
            while fed - recorder.status.samples > IN_FLIGHT:
                time.sleep(0.001)  # more would be lost, and told as lost
        recorder.end().result(120)
        took_s = time.perf_counter() - start
        assert recorder.status.problem == ""
        recorder.stop(60)  # blocks are made of the journal once nothing waits any more
        ordered_s = time.perf_counter() - start
        summary = store.recordings.get(recording_id)
        assert sum(c.samples for c in summary.channels) == sum(map(len, readings))
        path = export(store, recording_id, folder / "recording.csv")
        return took_s, ordered_s, summary.bytes, path.stat().st_size
    finally:
        recorder.stop()
        store.close()


def _insert_rows(path: Path, readings: list[list[Reading]]) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE sample (recording INTEGER, channel INTEGER, t_ns INTEGER, value REAL, "
        "quality INTEGER)"
    )
    code = {channel.name: number for number, channel in enumerate(hour.CHANNELS)}
    start = time.perf_counter()
    connection.execute("BEGIN")
    written = 0
    for batch in readings:
        for reading in batch:
            connection.execute(
                "INSERT INTO sample VALUES (?, ?, ?, ?, ?)",
                (1, code[reading.channel], reading.t_ns, reading.value, int(reading.quality)),
            )
        written += len(batch)
        if written >= COMMIT_EVERY:
            connection.execute("COMMIT")
            connection.execute("BEGIN")
            written = 0
    connection.execute("COMMIT")
    took_s = time.perf_counter() - start
    connection.close()
    return took_s
