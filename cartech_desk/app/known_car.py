"""What the desk remembers of cars, for commands that connect without a bay."""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from cartech_desk.app.output import say
from cartech_desk.app.paths import desk_is_there
from cartech_desk.bay.known_cars import KnownCars
from cartech_desk.domain.errors import CarTechError

_WRITTEN_S: Final = 2.0
"""How long the end of a command waits until what was found is kept."""


@contextmanager
def known_cars(args: argparse.Namespace) -> Iterator[KnownCars | None]:
    """Open what this desk remembers of cars and adapters.

    None where there is no desk yet, since a command that only reads makes none, and where it
    cannot be opened: that is said, and the car met as if for the first time.
    """
    with ExitStack() as stack:
        known = None
        if desk_is_there(args.data):
            from cartech_desk.app.desk import open_counter

            try:
                store = stack.enter_context(open_counter(args, forgiving=True)).store
            except CarTechError as error:
                say(f"What is known of cars could not be read. {error.message}")
            else:
                known = KnownCars(lambda: store.known_cars)
                stack.callback(known.close, _WRITTEN_S)
        yield known
