"""Photos and documents added to vehicles and jobs, and taken away."""

from pathlib import Path
from typing import TYPE_CHECKING

from cartech_desk.domain.audit import Entity, Entry
from cartech_desk.domain.people import Actor
from cartech_desk.domain.plain_text import checked_reason
from cartech_desk.domain.vehicles.record import Attachment
from cartech_desk.store.attachments import (
    attachment_at,
    insert_attachment,
    mark_attachment,
)
from cartech_desk.store.errors import NotKept
from cartech_desk.store.vehicle_rows import live_vehicle

if TYPE_CHECKING:
    from cartech_desk.store.store import Store


def attach(
    store: "Store", by: Actor, path: Path, *, vehicle_id: str, job_id: str, caption: str
) -> Attachment:
    """Keep a photo or document; see `Vehicles.attach`."""
    from cartech_desk.office.photos import read_attachment

    said = checked_reason(caption)
    if not vehicle_id and not job_id:
        raise NotKept(
            "A photo or document belongs to a vehicle or to a job.",
            kept="Nothing was added.",
            to_do="Choose one of them.",
        )
    vehicle = store.vehicle_records.get(vehicle_id).id if vehicle_id else ""
    job = store.jobs.get(job_id).id if job_id else ""
    content = read_attachment(path)
    with (
        store.attachments.put(iter((content.data,)), content.sha256),
        store.attachments.act(by) as act,
    ):
        if vehicle:
            live_vehicle(act.connection, vehicle)
        kept = insert_attachment(
            act.connection,
            Attachment(
                vehicle_id=vehicle,
                job_id=job,
                kind=content.kind,
                name=content.name,
                media_type=content.media_type,
                bytes=len(content.data),
                sha256=content.sha256,
                width=content.width,
                height=content.height,
                caption=said,
                added_by=by.name,
            ),
        )
        after = {
            "name": kept.name,
            "media_type": kept.media_type,
            "bytes": kept.bytes,
            "sha256": kept.sha256,
        }
        act.record(Entry("vehicle.attach", _entity(kept), after=after))
    return kept


def detach(store: "Store", by: Actor, attachment_id: str, reason: str) -> None:
    """Take a photo or document away; see `Vehicles.detach`."""
    said = checked_reason(reason)
    with store.attachments.act(by) as act:
        kept = attachment_at(act.connection, attachment_id)
        mark_attachment(act.connection, kept.id)
        before = {"name": kept.name, "sha256": kept.sha256}
        act.record(Entry("vehicle.detach", _entity(kept), before=before, reason=said))


def _entity(kept: Attachment) -> Entity:
    if kept.vehicle_id:
        return Entity("vehicle", kept.vehicle_id, kept.name, kept.vehicle_id)
    return Entity("job", kept.job_id, kept.name)
