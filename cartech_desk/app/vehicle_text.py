"""Vehicles and customers as commands show them: documents for --json, lines for people."""

from typing import Any

from cartech_desk.domain.money import money_text
from cartech_desk.domain.vehicles.doubles import Pair
from cartech_desk.domain.vehicles.record import (
    Attachment,
    Customer,
    Modification,
    Recommendation,
    VehicleRecord,
)
from cartech_desk.domain.vehicles.timeline import TimelineEntry


def vehicle_document(one: VehicleRecord) -> dict[str, Any]:
    """Return a vehicle as a document."""
    return {
        "id": one.id,
        "vin": one.vin,
        "vin_kept": one.vin_kept or None,
        "name": one.name,
        "make": one.make,
        "model": one.model,
        "year": one.year,
        "engine": one.engine,
        "fuel": one.fuel or None,
        "owner": one.owner or None,
        "owner_id": one.owner_id or None,
        "plate": one.plate,
        "colour": one.colour,
        "odometer_km": one.odometer_km,
        "odometer_read": one.odometer_read.isoformat() if one.odometer_read else None,
        "note": one.note,
        "version": one.version,
    }


def baseline_document(one: VehicleRecord) -> dict[str, Any]:
    """Return what all later measurements of a vehicle are measured against."""
    return {
        "checkup": one.baseline_checkup or None,
        "dyno_session": one.baseline_session or None,
    }


def modification_document(one: Modification) -> dict[str, Any]:
    """Return a modification as a document."""
    return {
        "id": one.id,
        "type": one.type.value,
        "brand": one.brand,
        "model": one.model,
        "fitted": one.fitted.isoformat() if one.fitted else None,
        "removed": one.removed.isoformat() if one.removed else None,
        "price": str(one.price.major) if one.price else None,
        "currency": one.price.currency if one.price else None,
        "done_by": one.done_by,
        "odometer_km": one.odometer_km,
        "job": one.job_id or None,
        "note": one.note,
    }


def recommendation_document(one: Recommendation) -> dict[str, Any]:
    """Return a recommendation as a document."""
    return {
        "rule": one.rule,
        "kind": one.kind,
        "what": one.what,
        "reason": one.reason,
        "channel": one.channel or None,
        "above": one.above,
        "below": one.below,
        "when": one.when or None,
        "urgent": one.urgent,
        "modification": one.cause or None,
    }


def entry_document(one: TimelineEntry) -> dict[str, Any]:
    """Return an entry of the timeline as a document."""
    return {
        "at": one.at.date().isoformat() if one.day_only else one.at.isoformat(),
        "kind": one.kind.value,
        "id": one.ref,
        "title": one.title,
        "detail": one.detail,
    }


def attachment_document(one: Attachment) -> dict[str, Any]:
    """Return a photo or document as a document."""
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "media_type": one.media_type,
        "bytes": one.bytes,
        "sha256": one.sha256,
        "width": one.width,
        "height": one.height,
        "caption": one.caption,
        "added": one.added.isoformat() if one.added else None,
        "added_by": one.added_by,
    }


def customer_document(one: Customer) -> dict[str, Any]:
    """Return a customer as a document."""
    return {
        "id": one.id,
        "number": one.number,
        "name": one.name,
        "company": one.company,
        "email": one.email,
        "phone": one.phone,
        "street": one.street,
        "postcode": one.postcode,
        "city": one.city,
        "country": one.country,
        "tax_id": one.tax_id,
        "note": one.note,
        "version": one.version,
    }


def pair_document(one: Pair) -> dict[str, Any]:
    """Return two entries that may be one as a document."""
    return {
        "id": one.id,
        "title": one.title,
        "other": one.other.id,
        "other_title": one.other.title,
        "reasons": list(one.other.reasons),
    }


def none_listed(what: str, *asked: str) -> str:
    """Return what is said of an empty list: that nothing is kept, or nothing matches what is asked.

    Empty words ask nothing.
    """
    words = " ".join(filter(None, asked))
    return f"No {what} matches “{words}”." if words else f"No {what} is kept here."


def vehicle_line(one: VehicleRecord) -> str:
    """Return a vehicle on one line of a list."""
    what = " ".join(filter(None, (one.make, one.model, str(one.year or ""))))
    return (
        f"{one.id[-8:]}  {one.plate:<12}  {one.vin or '-':<17}  {what or one.name:<28}  {one.owner}"
    )


def vehicle_lines(one: VehicleRecord) -> list[str]:
    """Return all that is known of a vehicle, a line each."""
    odometer = f"{one.odometer_km:,} km" if one.odometer_km is not None else ""
    rows = (
        ("name", one.name),
        ("plate", one.plate),
        ("VIN", f"{one.vin or ''}{f' (kept: {one.vin_kept})' if one.vin_kept else ''}"),
        ("make", f"{one.make} {one.model}".strip()),
        ("year", str(one.year or "")),
        ("engine", one.engine),
        ("fuel", one.fuel),
        ("colour", one.colour),
        ("odometer", odometer),
        ("owner", one.owner),
        ("note", one.note),
        ("id", one.id),
    )
    return [f"{label:<9} {value}" for label, value in rows if value]


def modification_line(one: Modification) -> str:
    """Return a modification on one line."""
    when = one.fitted.isoformat() if one.fitted else "undated"
    taken = f", off {one.removed}" if one.removed else ""
    price = f"  {money_text(one.price)}" if one.price else ""
    return f"{when:<10}  {one.type.value:<15}  {one.brand} {one.model}{taken}{price}"


def recommendation_lines(one: Recommendation) -> list[str]:
    """Return a recommendation and its reason."""
    return [f"{'!' if one.urgent else '-'} {one.kind}: {one.what}", f"    {one.reason}"]


def entry_line(one: TimelineEntry) -> str:
    """Return an entry of the timeline on one line."""
    when = f"{one.at:%Y-%m-%d}" if one.day_only else f"{one.at.astimezone():%Y-%m-%d %H:%M}"
    return f"{when:<16}  {one.kind.value:<13}  {one.title}  {one.detail}".rstrip()


def customer_line(one: Customer) -> str:
    """Return a customer on one line of a list."""
    return f"{one.number:>6}  {one.name:<28}  {one.phone:<18}  {one.email:<28}  {one.city}"
