"""How long to wait for an ECU: learned from how long it took so far.

ISO 15765-4 gives an ECU 50 ms for its first frame; gateways and slow adapters add to that, so the
wait is measured for each address, never shorter than those 50 ms.
"""

from typing import Final

from cartech_desk.domain.obd.address import Address

FLOOR_S: Final = 0.05
FIRST_S: Final = 0.25
"""Before anything was measured."""
CEILING_S: Final = 0.5
MARGIN: Final = 2.0
FADING: Final = 0.9
"""A slow answer is forgotten by a tenth with every faster one."""

_Key = tuple[int, bool, int | None]


class Patience:
    """Waits for each address, in seconds."""

    def __init__(self) -> None:
        self._slowest_s: dict[_Key, float] = {}
        self._silences: dict[_Key, int] = {}

    def wait_s(self, address: Address) -> float:
        """Return how long to wait for the first frame; doubled with every silence in a row."""
        key = _key(address)
        slowest_s = self._slowest_s.get(key)
        base_s = FIRST_S if slowest_s is None else max(FLOOR_S, MARGIN * slowest_s)
        return min(CEILING_S, base_s * 2.0 ** min(self._silences.get(key, 0), 8))

    def answered(self, address: Address, took_s: float) -> None:
        """Remember that the slowest ECU took this long."""
        key = _key(address)
        known_s = self._slowest_s.get(key, 0.0)
        self._slowest_s[key] = max(took_s, FADING * known_s + (1 - FADING) * took_s)
        self._silences.pop(key, None)

    def silent(self, address: Address) -> None:
        """Remember that nobody answered in time."""
        key = _key(address)
        self._silences[key] = self._silences.get(key, 0) + 1


def _key(address: Address) -> _Key:
    return address.request_id, address.extended, address.extension
