"""One hour of 64 channels at 100 Hz as a car delivers them, the same at every run.

Eight groups of eight channels, each group sampled together (one frame on the bus) with a jitter
of some ten microseconds; values are raw counts times a scale, as SAE J1979 and CAN signals are.
"""

from pathlib import Path

import numpy as np

from cartech_desk.domain.channels import Channel
from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store

SECONDS = 3600
RATE_HZ = 100
GROUPS = 8
PER_GROUP = 8
CHANNELS = tuple(
    Channel(f"channel_{group}{place}", f"Channel {group}{place}", "percent", 0.0, 100.0, 1)
    for group in range(GROUPS)
    for place in range(PER_GROUP)
)
SCALES = (0.25, 100 / 255, 1.0, 0.01, 2 / 65536, 0.5, 0.1, 100 / 65535)
_PIECE_S = 4


def write(store: Store, seconds: int = SECONDS) -> str:
    """Write the hour into a new recording and close it; returns its id."""
    vehicle = store.vehicles.by_name("One hour")
    writer = store.recordings.begin(vehicle.id, CHANNELS, anchor_ns=0)
    rng = np.random.default_rng(64)
    for first in range(0, seconds, _PIECE_S):
        writer.write(_piece(rng, first))
    return writer.close().id


def _piece(rng: np.random.Generator, first_s: int) -> dict[str, Columns]:
    count = _PIECE_S * RATE_HZ
    grid = first_s * 1_000_000_000 + np.arange(count) * (1_000_000_000 // RATE_HZ)
    good = np.zeros(count, np.uint8)
    columns = {}
    for group in range(GROUPS):
        t_ns = np.sort(grid + rng.integers(0, 50_000, count))
        for place in range(PER_GROUP):
            period_s = 7.0 + group * PER_GROUP + place
            counts = np.rint(
                120 + 100 * np.sin(t_ns / 1e9 * 2 * np.pi / period_s) + rng.normal(0, 1.5, count)
            )
            name = CHANNELS[group * PER_GROUP + place].name
            columns[name] = Columns(t_ns, counts * SCALES[place], good)
    return columns


def make(folder: Path, seconds: int = SECONDS) -> tuple[Store, str]:
    """Open a store in `folder` with the hour in it."""
    store = Store(folder)
    return store, write(store, seconds)
