"""`sim:` adapters: the desk's own ELM327 driver over a link to the simulated car.

`sim:` is a car of its own each time; `sim:NAME` one that stays, so that an adapter made anew finds
it where it was (`link.park(NAME, …)` gives a test its plug). Options: see `options.OPTIONS`, as in
`sim:bay1?seed=7&latency_ms=20&script=dyno&faults=misfire,lean`.
"""

import itertools

from cartech_desk.hardware.adapters import AdapterUrl
from cartech_desk.hardware.elm.adapter import ElmAdapter
from cartech_desk.hardware.sim.link import SimLink, park
from cartech_desk.hardware.sim.options import parse_options

_numbers = itertools.count(1)


def sim_adapter(url: AdapterUrl) -> ElmAdapter:
    """Make the adapter of a `sim:` URL, not yet opened.

    Errors: BadAdapterUrl for an option that does not exist or a value that cannot be.
    """
    plug = park(url.target, parse_options(url.options))
    wire = f"sim:{url.target}" if url.target else f"sim:#{next(_numbers)}"
    return ElmAdapter(url.text, SimLink(plug, wire))
