"""The pages there are, in the order of the rail. A page's module is read when it first opens."""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cartech_desk.ui.pages.page import Page


class Group(StrEnum):
    """Groups of the rail."""

    BAY = "Bay"
    WORKSHOP = "Workshop"
    CLOUD = "Cloud"
    FOOT = ""
    """At the rail's foot, without a word above."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One line of the rail: `icon` names a file of `resources/icons`, `place` a class."""

    key: str
    title: str
    icon: str
    group: Group
    shortcut: str
    place: str
    words: str = ""
    """Other words that the palette finds it by."""

    def page_class(self) -> "type[Page]":
        """Import the page's class."""
        module, _, name = self.place.partition(":")
        found: type[Page] = getattr(import_module(module), name)
        return found


_PAGES: Final = "cartech_desk.ui.pages"

LOOK_UP: Final = "look up"
"""Handed to "faults", alone or with a code, the page opens the look-up of codes."""

PAGES: Final = (
    PageEntry(
        "live",
        "Live",
        "live",
        Group.BAY,
        "F1",
        f"{_PAGES}.live:LivePage",
        "gauges values charts record watch",
    ),
    PageEntry(
        "dyno",
        "Dyno",
        "dyno",
        Group.BAY,
        "F7",
        f"{_PAGES}.dyno:DynoPage",
        "power torque pull run rollers horsepower sheet compare correction",
    ),
    PageEntry(
        "faults",
        "Faults",
        "faults",
        Group.BAY,
        "F8",
        f"{_PAGES}.faults:FaultsPage",
        "codes dtc scan check-up freeze frame readiness clear mil engine light look up",
    ),
    PageEntry(
        "recordings",
        "Recordings",
        "recordings",
        Group.BAY,
        "F2",
        f"{_PAGES}.recordings:RecordingsPage",
        "logs data export csv mdf replay",
    ),
    PageEntry(
        "connect",
        "Connect",
        "connect",
        Group.BAY,
        "F3",
        f"{_PAGES}.connect:ConnectPage",
        "adapter car port bluetooth wifi vin ecu simulate",
    ),
    PageEntry(
        "alarms",
        "Alarms",
        "bell",
        Group.BAY,
        "F4",
        f"{_PAGES}.alarms:AlarmsPage",
        "warning trip acknowledge shelve history",
    ),
    PageEntry(
        "limits",
        "Limits",
        "limits",
        Group.BAY,
        "F6",
        f"{_PAGES}.limits:LimitsPage",
        "safety protection rev boost temperature profile",
    ),
    PageEntry(
        "today",
        "Today",
        "today",
        Group.WORKSHOP,
        "Alt+1",
        f"{_PAGES}.today:TodayPage",
        "home start overview",
    ),
    PageEntry(
        "jobs",
        "Jobs",
        "jobs",
        Group.WORKSHOP,
        "Alt+5",
        f"{_PAGES}.jobs:JobsPage",
        "orders work estimate invoice payment labour",
    ),
    PageEntry(
        "calendar",
        "Calendar",
        "calendar",
        Group.WORKSHOP,
        "Alt+6",
        f"{_PAGES}.calendar:CalendarPage",
        "appointments booking week day bays technicians waiting list hours",
    ),
    PageEntry(
        "vehicles",
        "Vehicles",
        "car",
        Group.WORKSHOP,
        "Alt+4",
        f"{_PAGES}.vehicles:VehiclesPage",
        "cars vin history check-ups runs recordings",
    ),
    PageEntry(
        "customers",
        "Customers",
        "customer",
        Group.WORKSHOP,
        "Alt+0",
        f"{_PAGES}.customers:CustomersPage",
        "owners people address phone",
    ),
    PageEntry(
        "parts",
        "Parts",
        "parts",
        Group.WORKSHOP,
        "Alt+7",
        f"{_PAGES}.parts:PartsPage",
        "stock inventory sku barcode order supplier count label reorder",
    ),
    PageEntry(
        "revenue",
        "Revenue",
        "revenue",
        Group.WORKSHOP,
        "Alt+8",
        f"{_PAGES}.revenue:RevenuePage",
        "money turnover margin earnings outstanding",
    ),
    PageEntry(
        "performance",
        "Performance",
        "performance",
        Group.WORKSHOP,
        "Alt+9",
        f"{_PAGES}.performance:PerformancePage",
        "power gain history compare report modifications",
    ),
    PageEntry(
        "people",
        "People",
        "people",
        Group.WORKSHOP,
        "Alt+2",
        f"{_PAGES}.people:PeoplePage",
        "accounts technicians rights roles approve pin password",
    ),
    PageEntry(
        "audit",
        "Audit log",
        "audit",
        Group.WORKSHOP,
        "Alt+3",
        f"{_PAGES}.audit:AuditPage",
        "who did what trail verify chain",
    ),
    PageEntry(
        "settings",
        "Settings",
        "settings",
        Group.FOOT,
        "Ctrl+,",
        f"{_PAGES}.settings:SettingsPage",
        "units theme preferences options",
    ),
)


def page_entry(key: str) -> PageEntry:
    """Entry of the page with this key; KeyError where there is none."""
    for entry in PAGES:
        if entry.key == key:
            return entry
    raise KeyError(key)
