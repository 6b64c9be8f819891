"""The full record of a vehicle, of who owns it, and of what was fitted to it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cartech_desk.domain.money import Money


@dataclass(frozen=True, slots=True)
class Customer:
    """Who owns vehicles and pays jobs; `id` empty before it is kept, `number` is the shop's."""

    id: str = ""
    number: int = 0
    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2, or empty."""
    tax_id: str = ""
    note: str = ""
    created: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class VehicleRecord:
    """All that the office knows of a vehicle; `id` is the one by which the bay knows it too.

    Empty texts and None where something is not known. `vin_kept` is the reason for which a VIN
    was kept that the check refused; empty else.
    """

    id: str = ""
    vin: str | None = None
    name: str = ""
    make: str = ""
    model: str = ""
    year: int | None = None
    engine: str = ""
    fuel: str = ""
    """A key of `domain.fuels`, or empty."""
    odometer_km: int | None = None
    odometer_read: datetime | None = None
    plate: str = ""
    colour: str = ""
    owner_id: str = ""
    owner: str = ""
    """The owner's name, looked up."""
    note: str = ""
    vin_kept: str = ""
    baseline_checkup: str = ""
    baseline_session: str = ""
    created: datetime | None = None
    version: int = 1


class ModificationType(StrEnum):
    """What was changed; the rules of recommendations go by it."""

    TURBO = "turbo"
    SUPERCHARGER = "supercharger"
    INTERCOOLER = "intercooler"
    INTAKE = "intake"
    EXHAUST = "exhaust"
    INJECTORS = "injectors"
    FUEL_PUMP = "fuel_pump"
    FUEL = "fuel"
    """Another fuel: E85, methanol, race fuel."""
    IGNITION = "ignition"
    CAMSHAFT = "camshaft"
    INTERNALS = "internals"
    """Pistons, rods, head studs."""
    CLUTCH = "clutch"
    GEARBOX = "gearbox"
    FINAL_DRIVE = "final_drive"
    TYRES = "tyres"
    BRAKES = "brakes"
    SUSPENSION = "suspension"
    COOLING = "cooling"
    OIL_SYSTEM = "oil_system"
    NITROUS = "nitrous"
    WATER_INJECTION = "water_injection"
    ECU = "ecu"
    """A tune or another control unit."""
    SENSOR = "sensor"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Modification:
    """Something that was fitted or changed."""

    id: str = ""
    vehicle_id: str = ""
    type: ModificationType = ModificationType.OTHER
    brand: str = ""
    model: str = ""
    fitted: date | None = None
    removed: date | None = None
    price: Money | None = None
    done_by: str = ""
    job_id: str = ""
    odometer_km: int | None = None
    note: str = ""
    created: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to see to after a modification: one act with its reason.

    `kind` is "limit" (a limit to set: `channel`, and a `value` in the channel's canonical unit
    where a figure can be given), "check" or "fit". `urgent` comes before the next pull.
    """

    kind: str
    what: str
    reason: str
    channel: str = ""
    above: float | None = None
    below: float | None = None
    urgent: bool = False
    rule: str = ""
    """The rule's name in the table."""
    cause: str = ""
    """The id of the modification that brought it."""
    when: str = ""
    """On which condition its edge holds: "boost", "load" (full load), "nitrous"; empty: always."""


class Told(StrEnum):
    """Where a reading of the odometer comes from."""

    TYPED = "typed"
    CAR = "car"
    JOB = "job"
    MODIFICATION = "modification"
    APPOINTMENT = "appointment"


@dataclass(frozen=True, slots=True)
class OdometerReading:
    """What the odometer showed, who read it, and why it stands although it is less than before."""

    id: str = ""
    vehicle_id: str = ""
    km: int = 0
    read: datetime | None = None
    told: Told = Told.TYPED
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or a document of a vehicle, of a job, or of both; the file is named by its content.

    `width` and `height` are those of a photo as it is seen, turned as its camera says.
    """

    id: str = ""
    vehicle_id: str = ""
    job_id: str = ""
    kind: str = "photo"
    name: str = ""
    media_type: str = ""
    bytes: int = 0
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    caption: str = ""
    added: datetime | None = None
    added_by: str = ""
