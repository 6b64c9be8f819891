"""How an ELM327 opens a protocol: what it prints, how long that takes, and when it fails."""

from typing import Final, NamedTuple

from cartech_desk.hardware.sim.bus import Bus
from cartech_desk.hardware.sim.elm_settings import PROTOCOLS, Settings
from cartech_desk.hardware.sim.kline import KLine

BUS_FAULT_NS: Final = 30_000_000
SLOW_INIT_NS: Final = 400_000_000


class Opened(NamedTuple):
    """When it is done and what is printed meanwhile.

    `verdict` says why the protocol did not open; it is empty where it did.
    """

    done_ns: int
    prints: str = ""
    ends_line: bool = True
    verdict: str = ""


def open_protocol(
    settings: Settings, bus: Bus, kline: KLine | None, search_ns: int, now_ns: int
) -> Opened:
    """Open the protocol that the settings ask for; sets `active` where that works."""
    right = kline.bus.number if kline is not None else "7" if bus.extended else "6"
    if settings.automatic:
        if not bus.awake:
            return Opened(now_ns + 4 * search_ns, "SEARCHING...", verdict="UNABLE TO CONNECT")
        settings.active = right
        return Opened(now_ns + search_ns, "SEARCHING...")
    protocol = PROTOCOLS[settings.protocol]
    if protocol.number in "345":
        if kline is None or not bus.awake or protocol.number != right:
            return Opened(now_ns + SLOW_INIT_NS, "BUS INIT: ", ends_line=False, verdict="...ERROR")
        settings.active = right
        return Opened(now_ns + search_ns, f"BUS INIT: {kline.bus.init}")
    if not protocol.can:
        return Opened(now_ns + round(settings.timeout_s * 1e9), verdict="NO DATA")
    if kline is not None or not bus.awake or protocol.kbit != PROTOCOLS[right].kbit:
        return Opened(now_ns + BUS_FAULT_NS, verdict="CAN ERROR")
    settings.active = protocol.number
    return Opened(now_ns)
