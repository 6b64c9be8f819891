"""The table of colours and sizes: nothing else in the desk writes one."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme as `#RRGGBB`.

    Text (`text`, `muted`, `accent`, `good`, `warn`, `trip` and the series) reaches 4.5 : 1 on
    `ground`, `surface` and `raised`; `edge` (the border of what can be pressed or typed into)
    and `focus` 3 : 1; `line` parts things without meaning anything (WCAG 2.2, 1.4.3 and 1.4.11).
    `on_accent` and `on_state` are text upon a field filled with the accent or with a state.
    """

    name: str
    ground: str
    surface: str
    raised: str
    line: str
    edge: str
    focus: str
    hover: str
    selected: str
    text: str
    muted: str
    accent: str
    accent_pressed: str
    on_accent: str
    good: str
    warn: str
    trip: str
    on_state: str
    shade: str
    """What lies behind an open palette or dialog, as `#AARRGGBB`."""
    series: tuple[str, ...]


DARK: Final = Tokens(
    name="dark",
    ground="#0F1216",
    surface="#171B21",
    raised="#1F252D",
    line="#2B333D",
    edge="#6B7785",
    focus="#7CC4FF",
    hover="#272F39",
    selected="#173A57",
    text="#E8ECF1",
    muted="#98A4B3",
    accent="#3BA7FF",
    accent_pressed="#6ABCFF",
    on_accent="#0F1216",
    good="#33C27F",
    warn="#F2B233",
    trip="#FF5C5C",
    on_state="#0F1216",
    shade="#A0000000",
    series=(
        "#56B4E9",
        "#E69F00",
        "#2FD6A3",
        "#F0E442",
        "#CC79A7",
        "#FF7A45",
        "#8CB4FF",
        "#B8C0CA",
    ),
)

LIGHT: Final = Tokens(
    name="light",
    ground="#F4F6F8",
    surface="#FFFFFF",
    raised="#FFFFFF",
    line="#D5DBE2",
    edge="#7F8A97",
    focus="#0B6BCB",
    hover="#E9EDF2",
    selected="#D3E6FA",
    text="#16191D",
    muted="#5A6675",
    accent="#0B6BCB",
    accent_pressed="#08549F",
    on_accent="#FFFFFF",
    # A shade darker than green and amber usually are: both are also text upon the ground.
    good="#157A48",
    warn="#936200",
    trip="#C62828",
    on_state="#FFFFFF",
    shade="#60000000",
    series=(
        "#1777AE",
        "#966800",
        "#198060",
        "#7B730A",
        "#B84686",
        "#D03B00",
        "#1264FF",
        "#637285",
    ),
)

THEMES: Final = {theme.name: theme for theme in (DARK, LIGHT)}


FAMILY: Final = "Roboto"
"""The face of everything (its figures are tabular); the system's stands behind it."""

MONOSPACE: Final = ("Cascadia Mono", "Consolas", "DejaVu Sans Mono", "monospace")
"""Faces for reports to copy, the first that the system has."""


class Type:
    """Heights of type in pixels."""

    SMALL: Final = 11
    BODY: Final = 13
    BAY: Final = 15
    """Body in the bay, read at arm's length."""
    TITLE: Final = 20
    READING: Final = 28
    READING_LARGE: Final = 44
    READING_HUGE: Final = 64


class Space:
    """Distances in pixels."""

    XS: Final = 4
    S: Final = 8
    M: Final = 12
    L: Final = 16
    XL: Final = 24


class Size:
    """Heights and widths in pixels."""

    RADIUS: Final = 6
    LINE: Final = 1
    FOCUS: Final = 2
    CONTROL: Final = 32
    CONTROL_BAY: Final = 44
    """What a gloved finger hits."""
    PAD_KEY: Final = 56
    """What it hits without looking."""
    ICON: Final = 20
    RAIL_ICON: Final = 24
    RAIL: Final = 72
    RAIL_PINNED: Final = 200
    TOP_BAR: Final = 48
    STATUS_BAR: Final = 28
    BANNER: Final = 44
    PALETTE_WIDTH: Final = 760
    PALETTE_HEIGHT: Final = 440
    TOAST_WIDTH: Final = 560
    FORM_WIDTH: Final = 720
    WINDOW: Final = (1366, 768)
    WINDOW_LEAST: Final = (900, 600)
    SERIES_LINE: Final = 2


class Motion:
    """Durations in milliseconds."""

    CLOCK: Final = 100
    """The one clock on which pages take snapshots."""
    CHANGE: Final = 150
    TOAST: Final = 5_000
    TOAST_UNDO: Final = 10_000
