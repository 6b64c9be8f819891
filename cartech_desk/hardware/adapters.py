"""From an adapter URL to an adapter.

`elm327:/dev/ttyUSB0?baud=115200`, `elm327:tcp://192.168.0.10:35000`,
`can:slcan:/dev/ttyACM0?bitrate=500000` (any python-can interface and channel),
`sim:?seed=7&latency_ms=20` for the built-in car.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from cartech_desk.hardware.adapter import Adapter
from cartech_desk.hardware.errors import BadAdapterUrl

SCHEMES: Final = ("elm327", "can", "sim")


@dataclass(frozen=True, slots=True)
class AdapterUrl:
    """An adapter URL in its parts; `target` is what stands between the scheme and `?`."""

    scheme: str
    target: str
    options: dict[str, str]
    text: str


def parse_adapter_url(text: str) -> AdapterUrl:
    """Read an adapter URL; BadAdapterUrl says what a right one looks like."""
    scheme, colon, rest = text.partition(":")
    target, _, query = rest.partition("?")
    if not colon or scheme not in SCHEMES or (not target and scheme != "sim"):
        raise BadAdapterUrl(
            f"“{text}” is no adapter address.",
            to_do="Use elm327:PORT, elm327:tcp://HOST:PORT, can:INTERFACE:CHANNEL or sim: "
            "(cartech-desk ports lists what is plugged in).",
        )
    pairs = parse_qsl(query, keep_blank_values=True)
    if query and not pairs:
        raise BadAdapterUrl(
            f"The options “{query}” of the adapter address cannot be read.",
            to_do="Write them as ?name=value&name=value.",
        )
    return AdapterUrl(scheme, target, dict(pairs), text)


def make_adapter(text: str) -> Adapter:
    """Make the adapter that a URL names, not yet opened; BadAdapterUrl where it names none."""
    url = parse_adapter_url(text)
    if url.scheme == "can":
        from cartech_desk.hardware.can.adapter import can_adapter

        return can_adapter(url)
    if url.scheme == "sim":
        from cartech_desk.hardware.sim.adapter import sim_adapter

        return sim_adapter(url)
    from cartech_desk.hardware.elm.adapter import elm_adapter

    return elm_adapter(url)
