"""The head of a sheet: the shop with its logo at the left, what the sheet is at the right."""

from collections.abc import Sequence
from typing import Final

from cartech_desk.reports.drawing import INK, MUTED, Align, Sketch
from cartech_desk.reports.dyno_flow import TYPE, Flow
from cartech_desk.reports.faces import width, wrapped
from cartech_desk.reports.logo import logo_size

LOGO: Final = (150.0, 44.0)
"""The room of a logo [pt]."""
_NAME: Final = 15.0
_LEAST_NAME: Final = 11.0


def put_logo(
    sketch: Sketch, x: float, y: float, logo: bytes, most: tuple[float, float] = LOGO
) -> tuple[float, float]:
    """Draw a logo as large as it fits into `most` [pt]; returns how wide and high it is there.

    Zero for both where there is none.
    """
    if not logo:
        return 0.0, 0.0
    wide, tall = logo_size(logo)
    share = min(most[0] / wide, most[1] / tall)
    sketch.picture(x, y, wide * share, tall * share, logo)
    return wide * share, tall * share


def put_head(
    flow: Flow,
    shop: str,
    address: str,
    logo: bytes,
    *,
    title: str,
    under: Sequence[str],
    beside: float,
) -> None:
    """Draw the head of a sheet where the flow stands, and let it go on below.

    `under` are the lines below the title; both have the width `beside` [pt] at the right.
    """
    sketch, top = flow.sketch, flow.y
    wide, tall = put_logo(sketch, flow.left, top, logo)
    x = flow.left + (wide + 12 if logo else 0)
    room = flow.right - beside - x
    y, name, size = top - 1, shop or "CarTech Desk", _NAME
    while size > _LEAST_NAME and width(name, size, bold=True) > room:
        size -= 1
    for line in wrapped(name, size, room, bold=True)[:2]:
        y += 15
        sketch.text(x, y, line, size, bold=True, most=room)
    y += 2
    words = ", ".join(part.strip() for part in address.splitlines() if part.strip())
    for line in wrapped(words, TYPE, room)[:3] if words else []:
        y += 10
        sketch.text(x, y, line, TYPE, color=MUTED)
    sketch.text(flow.right, top + 14, title, 13, bold=True, align=Align.RIGHT)
    below = top + 16
    for line in under:
        below += 10
        sketch.text(flow.right, below, line, TYPE, color=MUTED, align=Align.RIGHT, most=beside - 10)
    flow.y = max(top + 30, top + tall, below + 1, y) + 6
    sketch.line(flow.left, flow.y, flow.right, flow.y, color=INK, width=1.0)
    flow.y += 2
