"""Whose check-up it is: the vehicle of the car's VIN, or the one that a person named."""

from dataclasses import dataclass
from typing import Final

from cartech_desk.bay.fault_errors import OtherVehicle
from cartech_desk.bay.identification import (
    Ask,
    Identification,
    Likeness,
    compare,
    identify,
    told_vin,
)
from cartech_desk.domain.vin import VinState, check_vin
from cartech_desk.store.checkups import KeptCheckup
from cartech_desk.store.errors import StoreError
from cartech_desk.store.store import Store
from cartech_desk.store.vehicles import Vehicle

UNNAMED: Final = "Unnamed vehicle"
"""Whose it is where the car tells no VIN of its own and nobody named it."""

_TRUSTED: Final = frozenset({VinState.GOOD, VinState.UNCHECKED})


@dataclass(frozen=True, slots=True)
class Wish:
    """The vehicle that a person chose: by its id, or by a name or VIN as typed; else the VIN's."""

    vehicle_id: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True)
class Belongs:
    """The vehicle that it is kept under, and sentences about why."""

    vehicle: Vehicle
    told: tuple[str, ...] = ()


def tells_car(vin: str | None) -> bool:
    """Tell whether a VIN stands for one car: read whole, no placeholder, check digit right."""
    return vin is not None and check_vin(vin).state in _TRUSTED


def check_same(ask: Ask, found: Identification) -> None:
    """Ask for the VIN now: an adapter may be in another car since it was connected.

    Where none can be read now nothing is said. Errors: OtherVehicle, LinkLost.
    """
    met = found.car.vin
    if met is None:
        return
    told = told_vin(ask, found.link, _nobody)
    if told is not None and told != met:
        raise OtherVehicle(
            f"Another car is plugged in than the one that was connected: its VIN is {told}, "
            f"before it was {met}.",
            kept="Nothing was kept, and nothing was cleared.",
            to_do="Disconnect, connect again, and choose the vehicle.",
        )


def check_certain(ask: Ask, before: Identification, found: Identification) -> None:
    """Let it pass only where the car is for certain the one that was read `before`; it is asked.

    By its VIN where it told one then: that it cannot be read now is no proof. A car without a VIN
    has to tell the same software; one that tells none either has to be on the same connection
    still, and to have the same PIDs. Errors: OtherVehicle, LinkLost.
    """
    vin = before.car.vin
    if vin is not None:
        told = _vin_now(ask, found)
        if told is None:
            raise OtherVehicle(
                f"Whether this is still the car with the VIN {vin} cannot be told: its VIN cannot "
                "be read now.",
                kept="Nothing was cleared.",
                to_do="Ignition on, check the plug, then try again.",
            )
        if told != vin or found.car.vin not in (None, vin):
            raise _another_car()
        return
    now = identify(ask, found.link, _nobody)
    likeness = compare(before, now)
    unbroken = found is before and now.supported == before.supported and now.car.vin is None
    if likeness is not Likeness.SAME and not (likeness is Likeness.UNTOLD and unbroken):
        raise _another_car()


def check_still(before: Identification, found: Identification) -> None:
    """Let it pass where the car is the one of before, as far as was told. Errors: OtherVehicle."""
    if found is not before and compare(before, found) is not Likeness.SAME:
        raise _another_car()


def _vin_now(ask: Ask, found: Identification) -> str | None:
    """Return the VIN that the first ECU tells now, or the next that tells one."""
    from cartech_desk.bay.inquiry import Inquiry

    inquiry = Inquiry(ask, found.link, _nobody)
    told = (inquiry.vins((ecu,)) for ecu in found.link.ecus)
    return next((vins[0] for vins in told if vins), None)


def _another_car() -> OtherVehicle:
    return OtherVehicle(
        "Another car is plugged in than the one that was read a moment ago, or it cannot be told "
        "that it is the same.",
        kept="Nothing was cleared; what was read of the car before is kept.",
        to_do="Read the faults of this car first.",
    )


def _nobody(_step: str) -> None:
    """Nobody wants to be told."""


def refuse_other(store: Store, wish: Wish, vin: str | None) -> None:
    """Refuse a car that is another one than the vehicle chosen. Changes nothing.

    Errors: OtherVehicle; NotKept where no such vehicle is kept.
    """
    chosen = _chosen(store, wish)
    if chosen is None or not tells_car(vin):
        return
    known = chosen.vin
    if known is None:
        before = _last(store, chosen)
        known = before.scan.vin if before is not None and tells_car(before.scan.vin) else None
    if known is not None and known != vin:
        raise OtherVehicle(
            f"Another car is plugged in than the vehicle chosen: its VIN is {vin}, that of "
            f"“{chosen.name}” is {known}.",
            kept="Nothing was kept under it, and nothing was cleared.",
            to_do="Choose the vehicle that is plugged in, or plug the adapter into the other car.",
        )


def vehicle_of(store: Store, wish: Wish, vin: str | None) -> Belongs:
    """Return the vehicle that it is kept under, made where it is new. Errors: as `refuse_other`.

    A VIN that cannot stand for a car makes no vehicle: the one that was named is used, else the
    unnamed one, and sentences say so.
    """
    refuse_other(store, wish, vin)
    chosen = _chosen(store, wish)
    if vin is not None and tells_car(vin):
        if chosen is None and not wish.named:
            return Belongs(store.vehicles.by_vin(vin))
        return Belongs(chosen or store.vehicles.by_name(wish.named))
    why = "" if vin is None else check_vin(vin).why
    if chosen is None and not wish.named and vin is not None and check_vin(vin).well_formed:
        chosen = _chosen(store, Wish(named=vin))  # met before under this VIN, as in a recording
    if chosen is not None and vin is not None and chosen.vin == vin:
        return Belongs(chosen, (why,) if why else ())
    vehicle = chosen or store.vehicles.by_name(wish.named or UNNAMED)
    told: tuple[str, ...] = (why,) if why else ()
    if chosen is None and not wish.named:
        told += (
            f"No VIN says whose car this is: it is kept under “{vehicle.name}”. Name the vehicle, "
            "so that its check-ups are compared.",
        )
    return Belongs(vehicle, told)


def comparable(before: KeptCheckup, now: KeptCheckup) -> bool:
    """Tell whether two check-ups of one vehicle are of one car, as far as their VINs say."""
    if tells_car(before.scan.vin) and tells_car(now.scan.vin):
        return before.scan.vin == now.scan.vin
    return now.vehicle_name != UNNAMED


def _chosen(store: Store, wish: Wish) -> Vehicle | None:
    """Return the vehicle chosen; None where there is none, or one of this name is still new."""
    if wish.vehicle_id:
        return store.vehicles.get(wish.vehicle_id)
    return store.vehicles.called_so(wish.named)


def _last(store: Store, vehicle: Vehicle) -> KeptCheckup | None:
    try:
        return store.checkups.last(vehicle.id)
    except StoreError:  # one that is damaged tells nothing of the car
        return None
