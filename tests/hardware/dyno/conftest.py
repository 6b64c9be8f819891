import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str) -> ModuleType:
    """Tests are no packages: a module beside them is loaded by its path."""
    full_name = f"cartech_tests_dyno_{name}"
    if full_name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            full_name, Path(__file__).parent / f"{name}.py"
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full_name] = module
        spec.loader.exec_module(module)
    return sys.modules[full_name]


@pytest.fixture
def streams():
    """Streams of every serial protocol; see `streams.py`."""
    return _load("streams")


@pytest.fixture
def damage():
    """Damage to streams, and what may come of it; see `damage.py`."""
    _load("streams")
    return _load("damage")
