"""What a VIN tells, in words and as `--json` has it."""

from typing import Any

from cartech_desk.bay.vin_facts import vin_facts


def vin_words(vin: str | None) -> str:
    """Return a VIN with the maker, country and year that it tells; a dash for none."""
    if vin is None:
        return "-"
    about = vin_facts(vin).words
    return f"{vin} ({about})" if about else vin


def vin_document(vin: str | None) -> dict[str, Any]:
    """Return what a VIN tells; null and no years where it tells nothing."""
    about = vin_facts(vin or "")
    return {
        "maker": about.maker or None,
        "country": about.country or None,
        "region": about.region or None,
        "years": list(about.years),
    }
