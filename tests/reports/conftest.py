from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.domain.channels import Channel
from cartech_desk.store.recordings import Columns, Mark, MarkKind, RecordingSummary
from cartech_desk.store.store import Store

SECOND = 1_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "desk")
    yield opened
    opened.close()


@pytest.fixture
def recording(store: Store) -> RecordingSummary:
    """Two minutes and a half with a pre-trigger: two channels on one clock, one on its own."""
    rng = np.random.default_rng(7)
    writer = store.recordings.begin(
        store.vehicles.by_name("Grüner & Käfer").id,
        [
            Channel("rpm", "Engine speed", "rpm", 0, 8000, source="mode 01 PID 0C"),
            Channel("iat", "Intake air", "degC", -40, 100),
            Channel("lambda", "Lambda", "ratio", 0, 2),
        ],
        anchor_ns=0,
        note="<dyno> pull",
    )
    for second in range(-30, 120):
        fast = second * SECOND + np.arange(50) * 20_000_000
        slow = second * SECOND + np.arange(4) * 250_000_001
        quality = np.zeros(4, np.uint8)
        values = rng.normal(1, 0.1, 4)
        if second % 10 == 0:
            quality[1], values[1] = 2, np.nan
        writer.write(
            {
                "rpm": Columns(fast, rng.integers(3000, 20000, 50) / 4, np.zeros(50, np.uint8)),
                "iat": Columns(fast, np.full(50, 21.0), np.zeros(50, np.uint8)),
                "lambda": Columns(slow, values, quality),
            }
        )
    writer.write(
        {},
        [
            Mark(0, MarkKind.TRIGGER),
            Mark(5 * SECOND, MarkKind.NOTE, "knock?"),
            Mark(50 * SECOND, MarkKind.GAP, "", 52 * SECOND),
        ],
    )
    return writer.close()


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """An empty folder to export to."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder
