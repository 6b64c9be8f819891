"""One signal of a signal set: where its bits stand and what they mean."""

from dataclasses import replace
from typing import Final

from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.obd.layout import raw_range, with_full_range
from cartech_desk.domain.obd.obdb_checks import Node, readable
from cartech_desk.domain.obd.obdb_units import OBDB_STATES, OBDB_UNITS
from cartech_desk.domain.obd.pids import Pid, States
from cartech_desk.domain.obd.signals import Signal
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.units import same_kind

_MOST_BITS: Final = 64
_MOST_DIGITS: Final = len(str(2**_MOST_BITS - 1))
_LONGEST_ANSWER_BITS: Final = 8 * 4095  # ISO 15765-2: a length of 12 bits
# Stated ends are rounded ("99.2" for 99.21875); within this share of the span they are the same.
_SAME: Final = 0.01
_FORMAT: Final = {
    *("bix", "len", "blsb", "sign", "min", "max", "add", "mul", "div", "unit"),
    *("nullmin", "nullmax", "omin", "omax", "oval", "map"),
}
_SIGNAL: Final = {"id", "name", "hidden", "description", "fmt", "path", "suggestedMetric"}
# Metrics of OBDb that are one of our channels; the commanded lambda is none.
_METRICS: Final = {
    "engineCoolantTemperature": "temp",
    "engineLoad": "load",
    "engineOilTemperature": "oil_temp",
    "fuelRate": "fuel_rate",
    "o2Lambda": "lambda",
    "speed": "speed",
    "starterBatteryVoltage": "voltage",
    "throttlePosition": "throttle",
}


def read_signal(node: Node, standard: Pid | None, warnings: list[str]) -> Signal | None:
    """Return the signal; None, with a warning, where it is text and no number.

    `standard` is the PID of SAE J1979 that the command asks for, where it is one: its support bits
    hold for the same signals here.
    """
    identifier = node.text("id")
    label = node.text("name") if node.get("name") is not None else identifier
    warnings.extend(node.unknown_keys(_SIGNAL))
    node.mapping("fmt")
    fmt = node.child(node.get("fmt"), "fmt")
    for key in fmt.value:
        if key not in _FORMAT:  # an unknown key could change the value
            raise fmt.wrong(f"{readable(key)} is not known")
    is_text = fmt.get("unit") == "ascii"
    if fmt.integer("len") < 1 or (fmt.integer("len") > _MOST_BITS and not is_text):
        raise fmt.wrong(f"len is not between 1 and {_MOST_BITS}")
    offset = fmt.integer("bix", 0)
    if offset < 0 or offset + fmt.integer("len") > _LONGEST_ANSWER_BITS:
        raise fmt.wrong("its bits lie outside the longest answer that a car can give")
    if is_text:
        warnings.append(f"{node.place}: it is text and left out.")
        return None
    signal = Signal(
        id=identifier,
        label=label,
        unit=_unit(fmt),
        bit_offset=offset,
        bit_length=fmt.integer("len"),
        signed=fmt.flag("sign"),
        mul=fmt.number("mul", 1.0),
        div=fmt.number("div", 1.0),
        add=fmt.number("add", 0.0),
        channel=_channel(node, identifier, _unit(fmt), standard),
        states=_states(fmt),
        gate=_gate(identifier, offset, fmt.integer("len"), standard),
        null_min=fmt.optional_number("nullmin"),
        null_max=fmt.optional_number("nullmax"),
        lsb_first=fmt.flag("blsb"),
    )
    if signal.div == 0:
        raise fmt.wrong("the formula divides by zero (div is 0)")
    if signal.mul == 0:
        raise fmt.wrong("the formula gives the same value for everything (mul is 0)")
    if signal.lsb_first and signal.bit_length > 8 and (signal.bit_length % 8 or offset % 8):
        raise fmt.wrong("bytes in reverse order (blsb) need whole bytes")
    if fmt.get("map") is not None:
        return with_full_range(signal)
    return _with_stated_range(signal, fmt, node, warnings)


def _with_stated_range(signal: Signal, fmt: Node, node: Node, warnings: list[str]) -> Signal:
    low, high = fmt.number("min", 0.0), fmt.number("max")
    if low >= high:
        raise fmt.wrong(f"min {low:g} is not below max {high:g}")
    first = replace(signal, add_first=True)
    if not _fits(signal, low, high) and signal.add and _fits(first, low, high):
        warnings.append(
            f"{node.place}: its offset {signal.add:g} is added before scaling, for only so it "
            f"gives its stated range of {low:g} to {high:g}."
        )
        signal = first
    full_low, full_high = raw_range(signal)
    if full_high < low or full_low > high:
        warnings.append(
            f"{node.place}: its formula gives {full_low:g} to {full_high:g}, never its stated "
            f"range of {low:g} to {high:g}; it is shown as having no value."
        )
    near = _SAME * (full_high - full_low)
    return replace(
        signal,
        minimum=full_low if abs(full_low - low) <= near else low,
        maximum=full_high if abs(full_high - high) <= near else high,
    )


def _fits(signal: Signal, low: float, high: float) -> bool:
    """Tell whether the formula's range is the stated one."""
    full_low, full_high = raw_range(signal)
    near = _SAME * (full_high - full_low)
    return abs(full_low - low) <= near and abs(full_high - high) <= near


def _unit(fmt: Node) -> str:
    if fmt.get("unit") is None and fmt.get("map") is not None:
        return "none"
    name = fmt.text("unit")
    unit = OBDB_UNITS.get(name)
    if unit is None:
        raise fmt.wrong(f"the unit {readable(name)} is not known")
    return unit


def _states(fmt: Node) -> States:
    if fmt.get("map") is None:
        return OBDB_STATES.get(str(fmt.get("unit")), ())
    states: dict[int, str] = {}
    for key, entry in fmt.mapping("map").items():
        name = entry.get("value") if isinstance(entry, dict) else entry
        number = key.isascii() and key.isdigit() and len(key) <= _MOST_DIGITS
        if not number or not isinstance(name, str):
            raise fmt.wrong(f"the entry {readable(key)} of map is no raw value with a name")
        if not printable(name):
            raise fmt.wrong(f"the name {readable(name)} in map holds what is no text")
        states[int(key)] = name
    return tuple(sorted(states.items()))


def _channel(node: Node, identifier: str, unit: str, standard: Pid | None) -> str:
    """Return the canonical name where the signal is one, else its id.

    SAE J1979's own are known by their ids, others by the metric that the set suggests.
    """
    if standard is not None:
        for row in canonical().values():
            if identifier in row.sources:
                return row.name
        return identifier
    suggested = canonical().get(_METRICS.get(str(node.get("suggestedMetric")), ""))
    if suggested is not None and same_kind(unit, suggested.unit):
        return suggested.name
    return identifier


def _gate(identifier: str, offset: int, length: int, standard: Pid | None) -> int | None:
    if standard is None:
        return None
    for one in standard.signals:
        if (one.id, one.bit_offset, one.bit_length) == (identifier, offset, length):
            return one.gate
    return None
