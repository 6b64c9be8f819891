"""Public holidays by country, and by state where the settings name one."""

import logging
from datetime import date
from functools import lru_cache
from typing import Final

_LOG = logging.getLogger(__name__)
_YEARS: Final = (1990, 2100)


@lru_cache(maxsize=64)
def holidays_of(place: str, year: int) -> dict[date, str]:
    """Return the holidays of a year by their names; none where the place is not known.

    `place` is "DE" or "DE-BY" (ISO 3166); of a state that is not known those of the country.
    """
    if not place or not _YEARS[0] <= year <= _YEARS[1]:
        return {}
    import holidays

    country, _, state = place.partition("-")
    for subdivision in (state or None, None):
        try:
            found = holidays.country_holidays(country, subdiv=subdivision, years=year)
        except NotImplementedError:
            continue
        return {day: str(name) for day, name in sorted(found.items())}
    _LOG.warning("no holidays are known of %s", place)
    return {}


@lru_cache(maxsize=8)
def is_known(place: str) -> bool:
    """Tell whether holidays of this country, and of this state where it is given, are known."""
    import holidays

    country, _, state = place.partition("-")
    supported = holidays.list_supported_countries(include_aliases=True)
    return country in supported and (not state or state in supported[country])
