"""What is typed of customers, vehicles and modifications, checked at the edge: each wrong field."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from cartech_desk.domain.fuels import fuels
from cartech_desk.domain.money import MOST_MINOR
from cartech_desk.domain.plain_text import printable
from cartech_desk.domain.vehicles.record import Customer, Modification, VehicleRecord
from cartech_desk.domain.vin import VinState, check_vin
from cartech_desk.office.errors import FieldsRefused
from cartech_desk.office.person_fields import is_address, line

MOST: Final = 100
"""Most characters of a line."""
MOST_NOTE: Final = 4000
MOST_PLATE: Final = 15
MOST_OLD_VIN: Final = 25
"""Chassis numbers of before 1981 are shorter than a VIN, or longer."""
MOST_KM: Final = 5_000_000
FIRST_YEAR: Final = 1885
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_SAID: Final = {
    "email": "The e-mail address",
    "phone": "The phone number",
    "tax_id": "The tax number",
    "city": "The town",
    "vin_kept": "The reason for keeping the VIN",
    "done_by": "Who fitted it",
}
"""What fields are called that are not called by their name."""
_PHONE: Final = re.compile(r"[0-9+()/.\-\s]{4,40}(?:(?:x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)
_OLD_VIN: Final = re.compile(r"[A-Z0-9][A-Z0-9 ./*-]{0,24}")
_SHORTEST_PHONE: Final = 4


def checked_customer(customer: Customer) -> Customer:
    """Return a customer as it is kept; without a name the company's stands there.

    Errors: FieldsRefused "customer_refused".
    """
    wrong: dict[str, str] = {}
    texts: dict[str, Any] = {
        name: _line(getattr(customer, name), name, wrong)
        for name in ("name", "company", "email", "phone", "street", "postcode", "city", "tax_id")
    }
    texts["name"] = texts["name"] or texts["company"]
    if not texts["name"]:
        wrong.setdefault("name", "A customer needs a name.\nType it, or the company's.")
    if texts["email"] and "email" not in wrong and not is_address(texts["email"]):
        wrong["email"] = (
            "This is no e-mail address that mail could reach.\nGive it as in name@place.com."
        )
    digits = sum(map(str.isdecimal, texts["phone"]))
    if texts["phone"] and (not _PHONE.fullmatch(texts["phone"]) or digits < _SHORTEST_PHONE):
        wrong.setdefault(
            "phone",
            "This is no phone number.\nGive digits, blanks and + - / . ( ), as +49 89 123456.",
        )
    country = customer.country.strip().upper()
    if country and not _COUNTRY.fullmatch(country):
        wrong["country"] = "A country is given by its two letters (ISO 3166), as DE or US."
    note = _note(customer.note, wrong)
    if wrong:
        raise FieldsRefused("customer_refused", wrong)
    return replace(customer, country=country, note=note, **texts)


def checked_vehicle(record: VehicleRecord, today: date) -> VehicleRecord:
    """Return a vehicle as it is kept; a wrong VIN stands where `vin_kept` says why.

    Errors: FieldsRefused "vehicle_refused".
    """
    wrong: dict[str, str] = {}
    texts: dict[str, Any] = {
        name: _line(getattr(record, name), name, wrong)
        for name in ("name", "make", "model", "engine", "plate", "colour", "vin_kept")
    }
    texts["plate"] = texts["plate"].upper()
    if len(texts["plate"]) > MOST_PLATE:
        wrong["plate"] = (
            f"A plate has at most {MOST_PLATE} characters.\nLeave out what is no plate."
        )
    vin, kept = _checked_vin(record.vin or "", texts["vin_kept"], wrong)
    if record.year is not None and not FIRST_YEAR <= record.year <= today.year + 1:
        wrong["year"] = f"The year is between {FIRST_YEAR} and {today.year + 1}.\nType it anew."
    fuel = next((key for key in fuels() if key.casefold() == record.fuel.strip().casefold()), "")
    if record.fuel.strip() and not fuel:
        wrong["fuel"] = "The desk does not know this fuel.\nChoose one of: " + ", ".join(fuels())
    if record.odometer_km is not None:
        wrong.update(wrong_km(record.odometer_km, "odometer_km"))
    note = _note(record.note, wrong)
    texts["name"] = texts["name"] or made_name(texts["make"], texts["model"], texts["plate"], vin)
    if not texts["name"]:
        wrong.setdefault("name", "A vehicle needs a VIN, a plate, a make or a name.\nType one.")
    if wrong:
        raise FieldsRefused("vehicle_refused", wrong)
    return replace(record, **{**texts, "vin_kept": kept}, vin=vin or None, fuel=fuel, note=note)


def made_name(make: str, model: str, plate: str, vin: str | None) -> str:
    """Return the name that the desk makes for a vehicle where nobody typed one."""
    return (" ".join(filter(None, (make, model, plate))) or vin or "")[:MOST]


def checked_name(name: str) -> str:
    """Return a vehicle's name as it is kept. Errors: FieldsRefused "vehicle_refused"."""
    wrong: dict[str, str] = {}
    kept = _line(name, "name", wrong)
    if not kept:
        wrong.setdefault("name", "A vehicle needs a name here.\nType one.")
    if wrong:
        raise FieldsRefused("vehicle_refused", wrong)
    return kept


def checked_modification(
    modification: Modification, today: date, currency: str = ""
) -> Modification:
    """Return a modification as it is kept; `currency` is the shop's, where it is set up.

    Errors: FieldsRefused "modification_refused".
    """
    wrong: dict[str, str] = {}
    texts: dict[str, Any] = {
        name: _line(getattr(modification, name), name, wrong)
        for name in ("brand", "model", "done_by")
    }
    fitted, removed = modification.fitted, modification.removed
    for name, day in (("fitted", fitted), ("removed", removed)):
        if day is not None and day.year < FIRST_YEAR:
            wrong[name] = "This day is too long ago.\nType it anew."
        elif day is not None and day > today:
            wrong[name] = "This day has not come yet.\nNote it when it is done."
    if fitted and removed and removed < fitted:
        wrong["removed"] = "It cannot be taken off before it was fitted.\nChange one of both days."
    price = modification.price
    if price is not None and not 0 <= price.minor <= MOST_MINOR:
        wrong["price"] = "A price is not negative.\nType it anew, or leave it out."
    elif price is not None and currency and price.currency != currency:
        wrong["price"] = (
            f"The shop reckons in {currency}, and this price is in {price.currency}.\n"
            f"Give it in {currency}, or leave it out and note it."
        )
    if modification.odometer_km is not None:
        wrong.update(wrong_km(modification.odometer_km, "odometer_km"))
    note = _note(modification.note, wrong)
    if wrong:
        raise FieldsRefused("modification_refused", wrong)
    return replace(modification, note=note, **texts)


def lacking(kept: object, other: object, names: Iterable[str]) -> dict[str, Any]:
    """Return those of these fields that one record does not know and the other does."""
    return {
        name: getattr(other, name)
        for name in names
        if not getattr(kept, name) and getattr(other, name)
    }


def joined_note(code: str, *notes: str) -> str:
    """Return the notes of two records that become one, each once; nothing is cut off.

    Errors: FieldsRefused `code` where they are too long for one.
    """
    joined = "\n".join(dict.fromkeys(note for note in notes if note))
    if len(joined) > MOST_NOTE:
        wrong = (
            f"Both notes together have {len(joined):,} characters, more than {MOST_NOTE:,}.\n"
            "Shorten one of them first."
        )
        raise FieldsRefused(code, {"note": wrong})
    return joined


def wrong_km(km: int, field: str = "km") -> dict[str, str]:
    """Return what is wrong with a reading of the odometer by itself."""
    if 0 <= km <= MOST_KM:
        return {}
    return {field: f"An odometer shows between 0 and {MOST_KM:,} km.\nType it anew."}


def _checked_vin(typed: str, reason: str, wrong: dict[str, str]) -> tuple[str, str]:
    """Return a VIN and why it is kept although it is wrong, which is said of a wrong one alone."""
    vin = "".join(typed.split()).replace("-", "").upper()
    if not vin:
        return "", ""
    found = check_vin(vin)
    if found.state in (VinState.GOOD, VinState.UNCHECKED):
        return vin, ""
    if found.state is VinState.PLACEHOLDER:
        wrong["vin"] = f"{found.why}\nRead it from the car's papers, or leave it empty."
    elif not reason:
        wrong["vin"] = f"{found.why}\nCorrect it, or say why it is kept as it is."
    elif found.state is VinState.MALFORMED:
        vin = " ".join(typed.split()).upper()
        if not _OLD_VIN.fullmatch(vin):
            wrong["vin"] = (
                f"A number that is kept although it is no VIN has 1 to {MOST_OLD_VIN} letters and "
                "digits.\nType it as it stands on the car."
            )
    return vin, reason


def _line(text: str, name: str, wrong: dict[str, str]) -> str:
    kept, said = line(text), _SAID.get(name, f"The {name}")
    if not printable(text):
        wrong[name] = (
            f"{said} holds a line break or another character that cannot be shown.\n"
            "Type it anew, on one line."
        )
    elif len(kept) > MOST:
        wrong[name] = f"{said} has at most {MOST} characters.\nShorten it."
    return kept


def _note(text: str, wrong: dict[str, str]) -> str:
    kept = "\n".join(one.rstrip() for one in unicodedata.normalize("NFC", text).splitlines())
    if len(kept) > MOST_NOTE or not all(map(printable, kept.replace("\t", " ").split("\n"))):
        wrong["note"] = f"A note has at most {MOST_NOTE} characters.\nShorten it."
    return kept.strip("\n")
