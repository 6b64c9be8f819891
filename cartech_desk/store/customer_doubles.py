"""Customers here who may be one who is to be kept, and pairs of them who may be one."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from cartech_desk.domain.vehicles.doubles import Double, Pair
from cartech_desk.domain.vehicles.likeness import like_names, sorted_words
from cartech_desk.domain.vehicles.search_words import compact, without_spelling, words_kept
from cartech_desk.store.customer_rows import keys_of
from cartech_desk.store.finding import numbers_of
from cartech_desk.store.told_apart import apart_from, pairs_apart

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cartech_desk.domain.vehicles.record import Customer

_COLUMNS: Final = "id, number, name, company, phone_key, email_key, name_key, tax_id"
_SAME: Final = (
    ("phone_key", "the same phone number"),
    ("email_key", "the same e-mail address"),
    ("name_key", "the same name"),
)
_TAX: Final = "the same tax id"
_LIKE: Final = "a name that is like it"
_NEIGHBOURS: Final = 3
"""So many that follow in the order of names are looked at for a name that is like it."""
_SLIPS: Final = 2
_SHORTEST: Final = 3
"""A word of a name that is shorter says too little to look by."""
_BARE_TAX: Final = "replace(replace(replace(lower(tax_id), ' ', ''), '-', ''), '.', '')"


def like_customers(connection: "Connection", customer: "Customer") -> tuple[Double, ...]:
    """Return who may be this customer, within a transaction; the most alike first.

    Looked at is who shares phone, e-mail, tax id or a word of the name, umlauts spelt out or not,
    or whose name begins or ends alike.
    """
    name, email, phone = keys_of(customer)
    tax = compact(customer.tax_id)
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM customer WHERE deleted IS NULL AND id <> ? AND "  # noqa: S608 - names of ours
        "((phone_key = ? AND ? <> '') OR (email_key = ? AND ? <> '') OR name_key = ? "
        f"OR (? <> '' AND {_BARE_TAX} = ?) OR substr(name_key, 1, 3) = ? "
        "OR substr(name_key, -3) = ? OR id IN (SELECT ref FROM find_entry WHERE number IN "
        "(SELECT rowid FROM find_word WHERE find_word MATCH ? AND rowid BETWEEN ? AND ?)))",
        (
            *(customer.id, phone, phone, email, email, name, tax, tax, name[:3], name[-3:]),
            *(_with_a_word_of(customer.name), *numbers_of("customer")),
        ),
    ).fetchall()
    apart = apart_from(connection, "customer", customer.id) if customer.id else frozenset()
    own = "".join(sorted_words(customer.name))
    found = []
    for row in rows:
        reasons = [
            words
            for (_column, words), kept, typed in zip(
                _SAME, row[4:7], (phone, email, name), strict=True
            )
            if typed and kept == typed
        ]
        if tax and compact(row[7]) == tax:
            reasons.append(_TAX)
        if row[6] != name:
            near = _few_slips("".join(sorted_words(row[2])), own) or _few_slips(
                without_spelling(row[6]), without_spelling(name)
            )
            if near and like_names(row[2], customer.name):
                reasons.append(_LIKE)
        if reasons and row[0] not in apart:
            found.append(Double(row[0], _title(row[1], row[2], row[3]), tuple(reasons)))
    found.sort(key=lambda double: -len(double.reasons))
    return tuple(found)


def like_pairs(connection: "Connection", limit: int) -> tuple[Pair, ...]:
    """Return customers that may be one, those that were told apart left out."""
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM customer WHERE deleted IS NULL ORDER BY name_key, number"  # noqa: S608 - names of ours
    ).fetchall()
    apart = pairs_apart(connection, "customer")
    reasons: dict[tuple[int, int], list[str]] = {}
    taxes = [compact(row[7]) for row in rows]
    for keys, words in (
        *(([row[at] for row in rows], said) for at, (_, said) in enumerate(_SAME, start=4)),
        (taxes, _TAX),
    ):
        first: dict[str, int] = {}
        for at, key in enumerate(keys):
            if key and first.setdefault(key, at) != at:
                reasons.setdefault((first[key], at), []).append(words)
    for pair in dict.fromkeys(_near_names(rows)):
        reasons.setdefault(pair, []).append(_LIKE)
    found = []
    for (first_at, other_at), why in reasons.items():
        a, b = rows[first_at], rows[other_at]
        if frozenset((a[0], b[0])) not in apart:
            double = Double(b[0], _title(b[1], b[2], b[3]), tuple(why))
            found.append(Pair(a[0], _title(a[1], a[2], a[3]), double))
    found.sort(key=lambda pair: -len(pair.other.reasons))
    return tuple(found[:limit])


def _near_names(rows: Sequence[Any]) -> Iterable[tuple[int, int]]:
    """Return who stand near to each other by name: as written, from its end, by sorted words."""
    written = [without_spelling(row[6]) for row in rows]
    ordered = ["".join(sorted_words(row[2])) for row in rows]
    for keys in (written, [key[::-1] for key in written], ordered):
        order = sorted(range(len(rows)), key=keys.__getitem__)
        for place, at in enumerate(order):
            for near in order[place + 1 : place + 1 + _NEIGHBOURS]:
                if rows[at][6] == rows[near][6]:
                    continue
                if _few_slips(keys[at], keys[near]) and like_names(rows[at][2], rows[near][2]):
                    yield min(at, near), max(at, near)


def _few_slips(one: str, other: str) -> bool:
    from rapidfuzz.distance import OSA

    return int(OSA.distance(one, other, score_cutoff=_SLIPS)) <= _SLIPS


def _with_a_word_of(name: str) -> str:
    """Return how FTS5 is asked for any word of a name, in each of its spellings."""
    words = [word for word in words_kept(name).split() if len(word) >= _SHORTEST]
    return " OR ".join(f'"{word}"' for word in words) or '""'


def _title(number: int, name: str, company: str) -> str:
    return f"{' · '.join(filter(None, (name, company)))} (no. {number})"
