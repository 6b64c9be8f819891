"""A shop with vehicles and customers, for each test its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.office.customers import Customers
from cartech_desk.office.vehicles import Vehicles
from cartech_desk.store.store import Store
from tests.office.vehicles.vehicle_book import Counter


@pytest.fixture(scope="session")
def empty_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the databases of this version: a copy is made faster than a new one."""
    folder = tmp_path_factory.mktemp("empty_records")
    Store(folder / "desk", folder / "keys").close()
    return folder


@pytest.fixture
def counter(empty_records: Path, tmp_path: Path) -> Iterator[Counter]:
    shutil.copytree(empty_records / "desk", tmp_path / "desk")
    store = Store(tmp_path / "desk", tmp_path / "keys")
    yield Counter(store, Vehicles(store, ShopRules), Customers(store, ShopRules))
    store.close()
