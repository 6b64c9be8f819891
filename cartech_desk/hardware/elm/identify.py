"""What is on the wire: an ELM327, an STN, something else, or nothing; and what it can do.

Nothing is believed that an adapter says of itself. Its name goes into the identity; whether a
feature is used is decided by how the adapter took the command.
"""

import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cartech_desk.hardware.adapter import AdapterIdentity
from cartech_desk.hardware.elm.conversation import IDENTIFY, Conversation, Heard, squeezed
from cartech_desk.hardware.errors import AdapterSilent, HardwareError, LinkLost, NotAnAdapter

BAUD_RATES: Final = (38400, 115200, 9600, 500000, 230400, 57600, 19200, 460800, 1000000, 2000000)
"""In the order of how often adapters use them: ELM327 and most clones, STN, old clones."""

_PROBE_S: Final = 0.4
_PROBE_ALONE_S: Final = 1.2
"""How long to wait where there is but one rate to try: Wi-Fi may be slow to wake up."""

_RESET_S: Final = 2.0
_SETTING_S: Final = 0.8
_TRIES: Final = 3
_AFTER_ECHO_OFF_S: Final = 0.1
"""Some clones lose a command that follows ATE0 too closely."""

_NAMES: Final = re.compile(r"ELM3\d\d|STN\d|OBD|VLINK|VGATE|SCANTOOL", re.IGNORECASE)
_STN: Final = re.compile(r"STN\d{4}\S*", re.IGNORECASE)


@dataclass(slots=True)
class Features:
    """What this one adapter was seen to do."""

    receive_filter: bool = False
    reset_filter: str = ""
    timeouts: bool = False
    adaptive: bool = False
    stn: bool = False
    echo_off: bool = True
    round_trip_s: float = 0.0
    """How long a command and its OK take: the link, and the adapter's own slowness."""
    quirks: list[str] = field(default_factory=list)


def find_baud(
    talk: Conversation,
    set_baud: Callable[[int], bool],
    rates: Sequence[int | None],
) -> int | None:
    """Try the rates until a prompt comes; return the one that did (None where there is no rate).

    Errors: AdapterSilent when nothing came at any rate, NotAnAdapter when something came that
    never made sense.
    """
    noise = b""
    for rate in rates:
        if rate is not None and not set_baud(rate):
            continue
        heard = _probe(talk, alone=len(rates) == 1)
        if heard.prompt and _printable(heard):
            return rate
        noise = max(noise, "\n".join(heard.texts).encode("latin-1"), key=_legibility)
    if noise:
        raise not_an_adapter(noise.decode("latin-1"))
    raise AdapterSilent(
        "Nothing answers at this port.",
        to_do="Check that the adapter is plugged into the car (it gets its power there) and, with "
        "Bluetooth, that it is paired and no other program holds it.",
    )


def identify(
    talk: Conversation, found_again: Callable[[], None], known: AdapterIdentity | None = None
) -> tuple[AdapterIdentity, Features]:
    """Reset the adapter, set it up and learn what it can do.

    `found_again` is called when the adapter is lost after its reset, as when that changes its baud
    rate. What is `known` of it is proven by its behaviour after a warm start, which lasts a tenth
    of a reset; one that is anything else is reset. Errors: NotAnAdapter, LinkLost.
    """
    if known is not None:
        met = _met_again(talk, known)
        if met is not None:
            return met
    banner = talk.ask("ATZ", _RESET_S, recover=False)
    if not banner.prompt:
        found_again()
        banner = talk.ask("ATD", _SETTING_S)
    return _set_up(talk, banner)


def _met_again(
    talk: Conversation, known: AdapterIdentity
) -> tuple[AdapterIdentity, Features] | None:
    """Set the adapter up after a warm start; None where it is not in every way what is known."""
    banner = talk.ask("ATWS", _RESET_S, recover=False)
    if not banner.prompt or not any(map(_NAMES.search, banner.texts)):
        return None
    try:
        identity, features = _set_up(talk, banner)
    except (NotAnAdapter, LinkLost):
        return None
    return (identity, features) if identity == known else None


def _set_up(talk: Conversation, banner: Heard) -> tuple[AdapterIdentity, Features]:
    features = Features()
    echo_off = talk.ask("ATE0", _SETTING_S)
    talk.settle(_AFTER_ECHO_OFF_S, 3 * _AFTER_ECHO_OFF_S)
    if not echo_off.ok and not any(_NAMES.search(text) for text in banner.texts):
        raise not_an_adapter(f"{banner.text} {echo_off.text}")
    name = talk.ask(IDENTIFY, _SETTING_S)
    features.round_trip_s = (name.t_done_ns - name.t_sent_ns) / 1e9
    if name.echoed:
        features.echo_off = False
        features.quirks.append("echo stays on")
    if name.texts:
        talk.marker = squeezed(name.texts[-1])
    _settings(talk, features)
    return _identity(talk, features, banner, name), features


_SETTINGS: Final[tuple[tuple[str, str], ...]] = (
    ("ATL0", "no ATL0"),
    ("ATS0", "no ATS0"),
    ("ATH1", "no ATH1"),
    ("ATAL", "no ATAL"),
    ("ATCAF1", "no ATCAF1"),
)


def _settings(talk: Conversation, features: Features) -> None:
    for command, quirk in _SETTINGS:
        if not taken(talk, command):
            features.quirks.append(quirk)
    features.adaptive = _feature(talk, features, "ATAT1")
    features.timeouts = _feature(talk, features, "ATST32")
    for reset in ("ATCRA", "ATAR"):
        if taken(talk, reset):
            features.reset_filter = reset
            features.receive_filter = True
            break
    else:
        features.quirks.append("no ATCRA")


def _feature(talk: Conversation, features: Features, command: str) -> bool:
    if taken(talk, command):
        return True
    features.quirks.append(f"no {command[:4]}")
    return False


def taken(talk: Conversation, command: str) -> bool:
    """Send a setting and tell whether the adapter took it; what stays unclear counts as not."""
    return setting(talk, command) is True


def setting(talk: Conversation, command: str) -> bool | None:
    """Send a setting: True when taken, False when refused, None when that cannot be told.

    An answer that is neither OK nor `?` is asked for again: dirt on the wire must not cost a
    feature for the whole connection.
    """
    for _ in range(_TRIES):
        heard = talk.ask(command, _SETTING_S)
        if heard.ok:
            return True
        if _refused(heard):
            return False
        talk.doubt()
    return None


def _refused(heard: Heard) -> bool:
    return heard.prompt and any(squeezed(text) == "?" for text in heard.texts)


def _identity(
    talk: Conversation, features: Features, banner: Heard, name: Heard
) -> AdapterIdentity:
    stn = talk.ask("STI", _SETTING_S)
    match = next((m for m in map(_STN.search, map(str, stn.texts)) if m is not None), None)
    features.stn = match is not None
    described = talk.ask("AT@1", _SETTING_S)
    if not described.texts or _refused(described):
        features.quirks.append("no AT@1")
    firmware = _words(stn.texts if features.stn else name.texts) or _words(banner.texts)
    if match is not None:
        chip = match[0].upper()
    else:
        chip = "ELM327" if _NAMES.search(firmware) else "ELM327-like"
    return AdapterIdentity(chip, firmware or "unknown", tuple(features.quirks))


def _words(texts: Sequence[str]) -> str:
    """Return the last line that says something of the adapter, without line noise."""
    for text in reversed(texts):
        clean = "".join(char for char in text if char in string.printable).strip()
        if squeezed(clean) not in ("", "?", "OK"):
            return clean
    return ""


def _probe(talk: Conversation, *, alone: bool) -> Heard:
    wait_s = _PROBE_ALONE_S if alone else _PROBE_S
    heard = talk.ask(IDENTIFY, wait_s, recover=False)
    if (heard.lines or alone) and not (heard.prompt and _printable(heard)):
        # What stood in the adapter's buffer spoilt the first command; it is empty now.
        heard = talk.ask(IDENTIFY, wait_s, recover=False)
    return heard


def _printable(heard: Heard) -> bool:
    joined = "".join(heard.texts)
    return all(char in string.printable or char in "\0\xfc" for char in joined)


def _legibility(noise: bytes) -> int:
    return sum(chr(byte) in string.printable for byte in noise)


def not_an_adapter(said: str) -> HardwareError:
    """Make the error for a port where something else talks; shows a little of what it said."""
    clean = "".join(char if char in string.printable else "·" for char in said)
    excerpt = " ".join(clean.split())[:60]
    return NotAnAdapter(
        f"What answers at this port is no OBD adapter; it said “{excerpt}”.",
        to_do="Choose another port. If this is the adapter, give its baud rate "
        "(elm327:PORT?baud=…).",
    )
