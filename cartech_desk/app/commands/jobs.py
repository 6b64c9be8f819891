"""`cartech-desk jobs`: jobs, their lines, invoices and payments."""

import argparse
from typing import Final

from cartech_desk.app.counter_acts import add_rooms, run_act
from cartech_desk.app.job_acts import course, lines, papers

_ROOMS: Final = (course, lines, papers)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `jobs` understands; without an act it lists."""
    parser.description = "Jobs, their lines, invoices and payments. Without an act: the list."
    parser.set_defaults(
        act=course.list_jobs,
        search="",
        status=None,
        for_vehicle="",
        for_customer="",
        since=None,
        until=None,
        unpaid=False,
        deleted=False,
        sort="opened",
        ascending=False,
        limit=200,
        offset=0,
    )
    add_rooms(parser, _ROOMS)


def run(args: argparse.Namespace) -> int:
    """Do one act. Errors: CarTechError."""
    return run_act(args)
