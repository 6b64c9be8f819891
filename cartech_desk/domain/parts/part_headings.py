"""The headings by which a table of parts is understood, in English, German and French."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cartech_desk.domain.vehicles.search_words import compact

_KNOWN: Final[Mapping[str, Sequence[str]]] = {
    "sku": (
        "sku", "part number", "part no", "part #", "item number", "item no", "article number",
        "number", "code", "Artikelnummer", "Art.-Nr.", "Teilenummer", "Référence",
    ),
    "name": (
        "name", "description", "part name", "part", "title", "item", "Bezeichnung", "Artikel",
        "Beschreibung", "Désignation", "Libellé",
    ),
    "category": ("category", "group", "type", "Kategorie", "Warengruppe", "Gruppe", "Catégorie"),
    "maker": ("maker", "brand", "manufacturer", "make", "Hersteller", "Marke", "Marque"),
    "barcodes": (
        "barcodes", "barcode", "ean", "ean13", "gtin", "upc", "Strichcode", "Code-barres",
    ),
    "supplier": ("supplier", "vendor", "Lieferant", "Fournisseur"),
    "supplier_sku": (
        "supplier's number", "supplier number", "supplier sku", "supplier part number",
        "vendor sku", "Lieferantennummer", "Bestellnummer", "Référence fournisseur",
    ),
    "cost": (
        "cost", "unit cost", "purchase price", "buying price", "EK", "EK-Preis", "Einkaufspreis",
        "Prix d'achat",
    ),
    "price": (
        "price", "unit price", "sale price", "selling price", "retail price", "VK", "VK-Preis",
        "Verkaufspreis", "Preis", "Prix", "Prix de vente",
    ),
    "tax": ("tax", "tax %", "vat", "vat %", "MwSt", "USt", "Steuer", "TVA"),
    "unit": ("unit", "uom", "Einheit", "ME", "Unité"),
    "location": (
        "place", "location", "bin", "shelf", "Lagerort", "Lagerplatz", "Fach", "Emplacement",
    ),
    "warning_level": (
        "warning level", "minimum", "min", "min stock", "minimum stock", "Mindestbestand",
        "Stock minimum",
    ),
    "reorder_level": (
        "reorder level", "reorder point", "Meldebestand", "Seuil de commande",
    ),
    "reorder_quantity": (
        "reorder quantity", "order quantity", "lot", "Bestellmenge", "Quantité à commander",
    ),
    "on_hand": (
        "on hand", "quantity", "qty", "stock", "in stock", "Bestand", "Lagerbestand", "Menge",
        "Quantité",
    ),
    "active": ("in use", "active", "Aktiv", "Actif"),
    "note": ("note", "notes", "remark", "comment", "Bemerkung", "Notiz", "Remarque"),
}  # fmt: skip
FIELDS: Final = tuple(_KNOWN)
"""What a table can give of a part."""
_BY_WORD: Final = {compact(word): field for field, words in _KNOWN.items() for word in words}
_UNIT: Final = re.compile(r"\s*[\[(]\s*([^\])]*?)\s*[\])]\s*$")


def unit_of(heading: str) -> str:
    """Return what stands in brackets behind a heading: a currency, %."""
    found = _UNIT.search(heading)
    return found.group(1) if found else ""


def fields_of(headings: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """Return the column of each field that is known, the first of several.

    `given` names headings of fields, and comes before what is recognised. A name there that is
    no heading is left out; "" takes a field's column away.
    """
    places = {heading.casefold(): place for place, heading in reversed([*enumerate(headings)])}
    found: dict[str, int] = {}
    for field, heading in given.items():
        if heading.casefold() in places:
            found[field] = places[heading.casefold()]
    taken = set(found.values())
    for place, heading in enumerate(headings):
        known = _BY_WORD.get(compact(_UNIT.sub("", heading)))
        if known and known not in found and known not in given and place not in taken:
            found[known] = place
    return found
