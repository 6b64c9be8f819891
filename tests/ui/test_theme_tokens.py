import itertools
import re
from pathlib import Path

import pytest

import cartech_desk.ui
from cartech_desk.ui.theme.theme import choose_theme, series_color, theme_changed, tokens
from cartech_desk.ui.theme.tokens import DARK, LIGHT

GROUNDS = ("ground", "surface", "raised")


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(autouse=True)
def dark_afterwards():
    yield
    choose_theme("dark")


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", ["text", "muted", "accent", "good", "warn", "trip"])
def test_text_reaches_four_and_a_half_on_every_ground(theme, name):
    for ground in GROUNDS:
        assert contrast(getattr(theme, name), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_series_reach_four_and_a_half_on_every_ground(theme):
    for color, ground in itertools.product(theme.series, GROUNDS):
        assert contrast(color, getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_text_upon_filled_fields_reaches_four_and_a_half(theme):
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_accent, theme.accent_pressed) >= 4.5
    for name in ("good", "warn", "trip"):
        assert contrast(theme.on_state, getattr(theme, name)) >= 4.5
    for name in ("hover", "selected"):
        assert contrast(theme.text, getattr(theme, name)) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", ["edge", "focus"])
def test_borders_that_mean_something_reach_three(theme, name):
    for ground in GROUNDS:
        assert contrast(getattr(theme, name), getattr(theme, ground)) >= 3.0


def test_both_themes_have_the_same_number_of_series_colours():
    assert len(DARK.series) == len(LIGHT.series) == len(set(DARK.series)) == len(set(LIGHT.series))


def test_choosing_a_theme_tells_once_and_changes_the_tokens(qapp):
    told = []
    theme_changed.connect(lambda: told.append(tokens().name))
    choose_theme("light")
    choose_theme("light")
    assert told == ["light"]
    assert series_color(8) == LIGHT.series[0]


def test_colours_are_written_in_the_token_table_alone():
    ui = Path(cartech_desk.ui.__file__).parent
    color = re.compile(
        r"""["']#[0-9A-Fa-f]{6,8}["']|QColor\(\s*\d|Qt\.(GlobalColor\.)?(red|black|white)"""
    )
    strays = [
        f"{path.relative_to(ui)}:{number}"
        for path in ui.rglob("*.py")
        if path.name != "tokens.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if color.search(line)
    ]
    assert strays == []
