"""One hour of 64 channels at 100 Hz: opened to the first overview, and a zoom, beside asammdf."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import hour
import numpy as np
from table import Row

from cartech_desk.bay.export import export
from cartech_desk.store.store import Store

STRETCHES = 1500
ZOOM_S = 60
SHOWN = [channel.name for channel in hour.CHANNELS[:6]]
ALL = [channel.name for channel in hour.CHANNELS]
ROUNDS = 3


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, recording_id = hour.make(folder)
        mdf = export(store, recording_id, folder / "hour.mf4")
        store.close()
        opened = _median(lambda: _open(folder, ALL))
        theirs = _median(lambda: _open_mdf(mdf, ALL))
        six, six_theirs = (
            _median(lambda: _open(folder, SHOWN)),
            _median(lambda: _open_mdf(mdf, SHOWN)),
        )
        store = Store(folder)
        zoom_all = _median(lambda: _zoom(store, recording_id, ALL))
        zoom_six = _median(lambda: _zoom(store, recording_id, SHOWN))
        store.close()
        zoom_all_theirs, zoom_six_theirs = _zoom_mdf(mdf, ALL), _zoom_mdf(mdf, SHOWN)
    return [
        _row("hour of 64 channels opened to the overview of all", opened, theirs, 300),
        _row("the same, of the six shown", six, six_theirs, 300),
        _row(f"zoom to {ZOOM_S} s, all 64 channels", zoom_all, zoom_all_theirs, 100),
        _row(f"zoom to {ZOOM_S} s, the six shown", zoom_six, zoom_six_theirs, 100),
    ]


def _row(what: str, ours_s: float, theirs_s: float, bound_ms: float) -> Row:
    return Row(
        what,
        f"{ours_s * 1e3:.0f} ms",
        f"{theirs_s * 1e3:.0f} ms, asammdf",
        ours_s / theirs_s,
        f"<= {bound_ms:.0f} ms",
        ours_s * 1e3 <= bound_ms,
    )


def _median(act: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return sorted(took)[ROUNDS // 2]


def _open(folder: Path, names: list[str]) -> None:
    store = Store(folder)
    recording = store.recordings.list()[0]
    found = store.recordings.overview(
        recording.id, names, recording.first_ns, recording.last_ns, STRETCHES
    )
    store.close()
    assert all(len(envelope.t_ns) > STRETCHES // 2 for envelope in found.values())


def _zoom(store: Store, recording_id: str, names: list[str]) -> None:
    first = 1_000_000_000_000
    found = store.recordings.overview(
        recording_id, names, first, first + ZOOM_S * 1_000_000_000, STRETCHES
    )
    assert all(len(envelope.t_ns) > STRETCHES // 2 for envelope in found.values())


def _open_mdf(path: Path, names: list[str]) -> None:
    """What a viewer over asammdf must do: read the whole of each channel, then reduce it."""
    from asammdf import MDF

    with MDF(path) as mdf:
        for name in names:
            signal = mdf.get(name)
            edges = np.linspace(0, len(signal.samples), STRETCHES, endpoint=False).astype(int)
            np.fmin.reduceat(signal.samples, edges)
            np.fmax.reduceat(signal.samples, edges)


def _zoom_mdf(path: Path, names: list[str]) -> float:
    """A zoom in a file that is open already; asammdf finds records by number, so we do it so."""
    from asammdf import MDF

    with MDF(path) as mdf:
        count = ZOOM_S * hour.RATE_HZ

        def zoom() -> None:
            for name in names:
                mdf.get(name, record_offset=1000 * hour.RATE_HZ, record_count=count)

        return _median(zoom)
