"""The set-up command: standard library only, honest about what is missing."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[2] / "packaging" / "dev.py"


@pytest.fixture
def dev(monkeypatch):
    spec = importlib.util.spec_from_file_location("dev_under_test", DEV)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_imports_only_the_standard_library():
    tree = ast.parse(DEV.read_text(encoding="utf-8"))
    names = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        node.module.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert names <= set(sys.stdlib_module_names)


def test_it_never_uses_a_shell():
    assert "shell=True" not in DEV.read_text(encoding="utf-8")


def test_an_unknown_verb_shows_the_usage_and_exits_2():
    done = subprocess.run(
        [sys.executable, DEV, "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "packaging/dev.py run" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="apt is Debian's")
def test_without_the_right_to_install_it_prints_the_one_command(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev, "missing_packages", lambda _names: ["libegl1"])
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        dev.need_packages(["libegl1"])
    assert "sudo apt-get update && sudo apt-get install -y libegl1" in capsys.readouterr().err


def test_without_a_display_run_is_the_headless_demo(dev, monkeypatch):
    called = []
    monkeypatch.setattr(dev, "setup", lambda: None)
    monkeypatch.setattr(dev, "has_display", lambda: False)
    monkeypatch.setattr(dev, "call", lambda *words: called.append(words[1:]) or 0)
    assert dev.run([]) == 0
    assert called == [("demo", "--headless", "--seconds", "20")]


@pytest.mark.parametrize("lock", ["requirements.lock", "build.lock"])
def test_a_lock_pins_every_package_by_hash_and_names_no_host(lock):
    text = (DEV.parent / lock).read_text(encoding="utf-8")
    pinned = [line for line in text.splitlines() if line and line[0].isalnum()]
    assert pinned
    assert all("==" in line and line.endswith("\\") for line in pinned)
    assert "://" not in text
