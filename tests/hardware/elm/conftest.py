import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str) -> ModuleType:
    """Tests are no packages: a module beside them is loaded by its path."""
    full_name = f"cartech_tests_elm_{name}"
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
def expected_wire():
    """Make a scripted link; the test fails when the driver left a part of the script unsaid."""
    module = _load("wire")
    links = []

    def make(script, wire="scripted"):
        links.append(module.ScriptedLink(script, wire))
        return links[-1]

    yield make
    for link in links:
        assert link.left() == [], "the driver never sent this"


@pytest.fixture
def setup_script():
    """What an adapter that takes everything is told on opening, as (sent, answer) pairs."""
    return [
        ("ATI", "ELM327 v1.5"),
        ("ATZ", "\rELM327 v1.5"),
        ("ATE0", "ATE0\rOK"),
        ("ATI", "ELM327 v1.5"),
        ("ATL0", "OK"),
        ("ATS0", "OK"),
        ("ATH1", "OK"),
        ("ATAL", "OK"),
        ("ATCAF1", "OK"),
        ("ATAT1", "OK"),
        ("ATST32", "OK"),
        ("ATCRA", "OK"),
        ("STI", "?"),
        ("AT@1", "OBDII to RS232 Interpreter"),
    ]
