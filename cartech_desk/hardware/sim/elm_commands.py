"""The AT and ST commands: a table from what is written to what it does.

Names and forms by the ELM327 data sheet (v2.3) and the STN1100 family reference manual; spaces and
case do not count. A handler gets the server and the match and returns the line to print, or None
where it has arranged its own output.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cartech_desk.hardware.sim.elm_settings import PROTOCOLS, ST_UNIT_MS

if TYPE_CHECKING:
    from cartech_desk.hardware.sim.elm_server import ElmServer

Handler = Callable[["ElmServer", re.Match[str]], str | None]

OK: Final = "OK"
UNKNOWN: Final = "?"
STN_PROTOCOLS: Final = {"33": "6", "34": "7", "35": "8", "36": "9"}
"""ST P numbers of ISO 15765 by the ELM327's own numbers (11/500, 29/500, 11/250, 29/250)."""


def find_command(text: str, *, stn: bool) -> tuple[Handler, re.Match[str]] | None:
    """Find the handler of a command without spaces, in capitals; None for an unknown one."""
    family, body = text[:2], text[2:]
    table = _AT if family == "AT" else _ST if family == "ST" and stn else ()
    for pattern, handler in table:
        match = pattern.fullmatch(body)
        if match:
            return handler, match
    return None


def _flag(name: str) -> Handler:
    def handler(server: "ElmServer", match: re.Match[str]) -> str:
        setattr(server.settings, name, match[1] == "1")
        return OK

    return handler


def _ignored(_server: "ElmServer", _match: re.Match[str]) -> str:
    return OK


def _timeout(server: "ElmServer", match: re.Match[str]) -> str:
    count = int(match[1], 16) or 0x32  # 00 brings the default back
    server.settings.timeout_s = count * ST_UNIT_MS / 1e3
    return OK


def _adaptive(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.adaptive = int(match[1])
    return OK


def _set_protocol(server: "ElmServer", match: re.Match[str]) -> str:
    settings = server.settings
    settings.automatic = bool(match[1]) or match[2] == "0"
    settings.protocol = match[2]
    settings.active = None
    return OK


def _describe_protocol(server: "ElmServer", _match: re.Match[str]) -> str:
    settings = server.settings
    words = PROTOCOLS[settings.active or settings.protocol].words
    return f"AUTO, {words}" if settings.automatic and words != "AUTO" else words


def _protocol_number(server: "ElmServer", _match: re.Match[str]) -> str:
    settings = server.settings
    return ("A" if settings.automatic else "") + (settings.active or settings.protocol)


def _close_protocol(server: "ElmServer", _match: re.Match[str]) -> str:
    server.settings.active = None
    return OK


def _set_header(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.header = int(match[1], 16)
    return OK


def _set_priority(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.priority = int(match[1], 16)
    return OK


def _receive_address(server: "ElmServer", match: re.Match[str]) -> str:
    """Filter on one identifier; X stands for any digit, nothing takes the filter away."""
    settings = server.settings
    digits = match[1]
    if not digits:
        settings.pass_value = None
        return OK
    settings.pass_value = int(digits.replace("X", "0"), 16)
    settings.pass_mask = int("".join("0" if digit == "X" else "F" for digit in digits), 16)
    return OK


def _filter_value(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.pass_value = int(match[1], 16)
    return OK


def _filter_mask(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.pass_mask = int(match[1], 16)
    if server.settings.pass_value is None:
        server.settings.pass_value = 0
    return OK


def _no_filter(server: "ElmServer", _match: re.Match[str]) -> str:
    server.settings.pass_value = None
    server.settings.pass_mask = 0x1FFFFFFF
    return OK


def _extended_address(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.extended_address = int(match[1], 16) if match[1] else None
    return OK


def _flow_mode(server: "ElmServer", match: re.Match[str]) -> str:
    settings = server.settings
    mode = int(match[1])
    if (mode and settings.flow_data is None) or (mode == 1 and settings.flow_header is None):
        return UNKNOWN  # the data sheet asks for header and data first
    settings.flow_mode = mode
    return OK


def _flow_header(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.flow_header = int(match[1], 16)
    return OK


def _flow_data(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.flow_data = bytes.fromhex(match[1])
    return OK


def _echo(server: "ElmServer", match: re.Match[str]) -> str:
    server.switch_echo(on=match[1] == "1")
    return OK


def _headers(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.headers = match[1] == "1" and not server.chip.headers_stay_off
    return OK


def _long(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.long_messages = match[0] == "AL"
    return OK


def _defaults(server: "ElmServer", _match: re.Match[str]) -> str:
    server.set_defaults()
    return OK


def _remember_name(server: "ElmServer", match: re.Match[str]) -> str:
    server.device_name = match[1]
    return OK


def _stn_protocol(server: "ElmServer", match: re.Match[str]) -> str:
    settings = server.settings
    settings.protocol = STN_PROTOCOLS[match[1]]
    settings.automatic = False
    settings.active = None
    return OK


def _stn_protocol_number(server: "ElmServer", _match: re.Match[str]) -> str:
    chosen = server.settings.active or server.settings.protocol
    return next((stn for stn, elm in STN_PROTOCOLS.items() if elm == chosen), "0")


def _stn_timeout(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.timeout_s = int(match[1]) / 1e3
    return OK


def _stn_filter(server: "ElmServer", match: re.Match[str]) -> str:
    server.settings.pass_value = int(match[1], 16)
    server.settings.pass_mask = int(match[2], 16)
    return OK


def _volts(server: "ElmServer", places: int) -> str:
    volts = server.battery_v()
    return UNKNOWN if volts is None else f"{volts:.{places}f}V"


def _table(*rows: tuple[str, Handler]) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    return tuple((re.compile(pattern), handler) for pattern, handler in rows)


_HEX: Final = "[0-9A-F]"

_AT: Final = _table(
    (f"SH({_HEX}{{3}}|{_HEX}{{6}}|{_HEX}{{8}})", _set_header),
    (f"CRA((?:{_HEX}|X){{3}}|(?:{_HEX}|X){{8}}|)", _receive_address),
    (f"ST({_HEX}{{2}})", _timeout),
    ("Z", lambda server, _: server.reset()),
    ("WS", lambda server, _: server.restart()),
    ("I", lambda server, _: server.chip.banner),
    ("@1", lambda server, _: server.chip.describe or UNKNOWN),
    ("@2", lambda server, _: server.device_name or UNKNOWN),
    ("@3(.{12})", _remember_name),
    ("D", _defaults),
    ("E([01])", _echo),
    ("L([01])", _flag("linefeeds")),
    ("S([01])", _flag("spaces")),
    ("H([01])", _headers),
    ("D([01])", _flag("lengths")),
    ("R([01])", _flag("responses")),
    ("CAF([01])", _flag("formatting")),
    ("CFC([01])", _flag("flow_control")),
    ("AL|NL", _long),
    ("AT([012])", _adaptive),
    ("[ST]P(A(?=.))?([0-9A-C])", _set_protocol),
    ("[ST]P(A?)0(0)", _set_protocol),
    ("DP", _describe_protocol),
    ("DPN", _protocol_number),
    ("PC", _close_protocol),
    ("RV", lambda server, _: _volts(server, 1)),
    ("IGN", lambda server, _: "ON" if server.bus.awake else "OFF"),
    (f"CP({_HEX}{{2}})", _set_priority),
    (f"CF({_HEX}{{3}}|{_HEX}{{8}})", _filter_value),
    (f"CM({_HEX}{{3}}|{_HEX}{{8}})", _filter_mask),
    ("AR", _no_filter),
    (f"CEA({_HEX}{{2}}|)", _extended_address),
    ("FCSM([012])", _flow_mode),
    (f"FCSH({_HEX}{{3}}|{_HEX}{{6}}|{_HEX}{{8}})", _flow_header),
    (f"FCSD((?:{_HEX}{{2}}){{1,5}})", _flow_data),
    ("MA", lambda server, _: server.monitor()),
    ("LP", lambda server, _: server.sleep()),
    ("CS", lambda _server, _: "T:00 R:00"),
    ("[MVJ][01]|BI|SI|KW[01]|CSM[01]|SS", _ignored),
    (f"(?:CER|SR|TA|RA|SW|SD|IB){_HEX}{{2}}|CV[0-9]{{4}}|WM{_HEX}{{2,12}}", _ignored),
    (f"PB{_HEX}{{4}}|PP{_HEX}{{2}}(?:ON|OFF|SV{_HEX}{{2}})", _ignored),
)

_ST: Final = _table(
    (
        rf"PX(?:H:({_HEX}{{3}}|{_HEX}{{6}}|{_HEX}{{8}}),?)?D:((?:{_HEX}{{2}})+)"
        r"(?:,T:(\d+))?(?:,R:(\d+))?",
        lambda server, match: server.transact(match),
    ),
    ("I", lambda server, _: server.chip.stn),
    ("IX", lambda server, _: f"{server.chip.stn} [simulated]"),
    ("DI", lambda _server, _: "CarTech Desk simulator r1.0"),
    ("DIX", lambda server, _: f"CarTech Desk simulator r1.0, {server.chip.stn}"),
    ("MFR", lambda _server, _: "CarTech Desk"),
    ("SN", lambda _server, _: "000000000001"),
    ("VR", lambda server, _: _volts(server, 2)),
    ("P(33|34|35|36)", _stn_protocol),
    ("PR", _stn_protocol_number),
    ("PRS", lambda server, match: _describe_protocol(server, match).removeprefix("AUTO, ")),
    ("PC", _close_protocol),
    ("PO", _ignored),
    (r"PTO(\d{1,5})", _stn_timeout),
    (rf"(?:FAP|FPA)({_HEX}{{3,8}}),({_HEX}{{3,8}})", _stn_filter),
    ("FCP|FPC|FAC|FAR", _no_filter),
    ("CSEGT([01])", _flag("segment_long")),
    ("CSEGR[01]|CAFCP.*|PCB[01]|CMM[01]", _ignored),
    ("MA?", lambda server, _: server.monitor()),
)
