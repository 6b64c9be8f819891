"""What the tests of vehicles need of a shop."""

from typing import NamedTuple

from cartech_desk.domain.people import Actor, Role
from cartech_desk.office.customers import Customers
from cartech_desk.office.vehicles import Vehicles
from cartech_desk.store.store import Store

MIA = Actor("", "Mia", Role.MANAGER)


class Counter(NamedTuple):
    """The rooms of the counter that vehicles have to do with."""

    store: Store
    vehicles: Vehicles
    customers: Customers
