from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cartech_desk.store.recordings import Columns
from cartech_desk.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "desk")
    yield opened
    opened.close()


@pytest.fixture
def columns() -> Callable[..., Columns]:
    def make(first_s: float, last_s: float, rate_hz: float = 100.0) -> Columns:
        """Samples of a slow saw-tooth, quantised as a car's are."""
        t_ns = np.arange(round(first_s * 1e9), round(last_s * 1e9), round(1e9 / rate_hz))
        values = np.round((t_ns / 1e9) % 50 * 4) / 4
        return Columns(t_ns.astype(np.int64), values, np.zeros(len(t_ns), np.uint8))

    return make
