"""`cartech-desk parts`: parts, their stock, orders and counts."""

import argparse
from typing import TYPE_CHECKING, Final

from cartech_desk.app.desk import open_counter
from cartech_desk.app.part_acts import catalogue, files, orders, stock

if TYPE_CHECKING:
    from cartech_desk.app.part_acts.told import Act

_ROOMS: Final = (catalogue, stock, orders, files)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `parts` understands; without an act it lists."""
    parser.description = "Parts, their stock, orders and counts. Without an act: the list."
    parser.set_defaults(
        act=catalogue.list_parts,
        search="",
        low=False,
        category="",
        supplier="",
        location="",
        sort="sku",
        descending=False,
        limit=200,
        offset=0,
    )
    acts = parser.add_subparsers(metavar="act")
    for room in _ROOMS:
        room.add_acts(acts)


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    with open_counter(args, demo=args.demo) as counter:
        act: Act = args.act
        act(counter, args)
    return 0
