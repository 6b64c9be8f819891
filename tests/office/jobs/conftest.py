"""A counter with a car, a customer and a part on the shelf."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cartech_desk.store.store import Store
from tests.office.jobs.counter_book import Counter


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the databases of this version: a copy is made faster than a new one."""
    folder = tmp_path_factory.mktemp("empty")
    Store(folder / "desk", folder / "keys").close()
    return folder / "desk"


@pytest.fixture
def counter(tmp_path: Path, empty_desk: Path) -> Iterator[Counter]:
    shutil.copytree(empty_desk, tmp_path / "desk")
    store = Store(tmp_path / "desk", tmp_path / "keys")
    yield Counter(store)
    store.close()
