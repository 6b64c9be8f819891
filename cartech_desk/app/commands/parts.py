"""`cartech-desk parts`: parts, their stock, orders and counts."""

import argparse
from typing import Final

from cartech_desk.app.counter_acts import add_rooms, run_act
from cartech_desk.app.part_acts import catalogue, files, orders, stock

_ROOMS: Final = (catalogue, stock, orders, files)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `parts` understands; without an act it lists."""
    parser.description = "Parts, their stock, orders and counts. Without an act: the list."
    parser.set_defaults(
        act=catalogue.list_parts,
        search="",
        low=False,
        deleted=False,
        category="",
        supplier="",
        location="",
        sort="sku",
        descending=False,
        limit=200,
        offset=0,
    )
    add_rooms(parser, _ROOMS)


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    return run_act(args)
