"""`sim:` adapters: the desk's own ELM327 driver over a link to the simulated car.

`sim:` is a car of its own each time; `sim:NAME` one that stays, so that an adapter made anew finds
it where it was (`link.park(NAME, …)` gives a test its plug). Options: see `options.OPTIONS`, as in
`sim:bay1?seed=7&latency_ms=20&script=dyno&faults=misfire,lean`.
"""

import itertools
import re
from typing import Final

from cartech_desk.hardware.adapters import AdapterUrl
from cartech_desk.hardware.elm.adapter import ElmAdapter
from cartech_desk.hardware.errors import BadAdapterUrl
from cartech_desk.hardware.sim.link import SimLink, park
from cartech_desk.hardware.sim.options import parse_options

_numbers = itertools.count(1)
_NAME: Final = re.compile(r"[A-Za-z0-9_-]*")


def checked_name(name: str) -> str:
    """Return the name of a simulated car; BadAdapterUrl where it is none."""
    if not _NAME.fullmatch(name):
        raise BadAdapterUrl(
            f"“{name}” is no name of a simulated car: letters, digits, _ and - are possible.",
            to_do="Write options behind a question mark, as in sim:?seed=7.",
        )
    return name


def sim_adapter(url: AdapterUrl) -> ElmAdapter:
    """Make the adapter of a `sim:` URL, not yet opened.

    Errors: BadAdapterUrl for an option that does not exist or a value that cannot be, and for a
    name of anything but letters, digits, `_` and `-`.
    """
    checked_name(url.target)
    plug = park(url.target, parse_options(url.options))
    wire = f"sim:{url.target}" if url.target else f"sim:#{next(_numbers)}"
    return ElmAdapter(url.text, SimLink(plug, wire))
