"""Scenes of the tour about money and power: what was earned, what a car has become."""

from cartech_desk.app.tour_office_scenes_a import fill_shop
from cartech_desk.app.tour_stage import Stage
from cartech_desk.domain.revenue import Grouping
from cartech_desk.office import demo_people


def revenue(stage: Stage) -> None:
    """Show the last twelve months, one of them chosen."""
    fill_shop(stage)
    stage.window.open_page("revenue")
    _settle(stage)
    page = stage.window.page
    page.stretch.choose("months")
    _settle(stage)
    earned = [one for one in page.report.slices if one.sums.jobs]
    if earned:
        page._choose(earned[-1])  # noqa: SLF001 - what a press on its bar does
    _settle(stage)


def revenue_service(stage: Stage) -> None:
    """Cut it by service."""
    stage.window.page.stretch.choose_grouping(Grouping.SERVICE)
    _settle(stage)


def revenue_unpaid(stage: Stage) -> None:
    """Show what is still to come."""
    stage.window.page.show_unpaid()
    _settle(stage)


def revenue_technician(stage: Stage) -> None:
    """Show the page to somebody who may not see it."""
    stage.sign_in(demo_people.TECHNICIAN)
    stage.play(0.3)


def performance(stage: Stage) -> None:
    """Show the vehicle that was driven most over time."""
    stage.sign_in(demo_people.MANAGER)
    fill_shop(stage)
    vehicles, _total = stage.desk.office.performance.vehicles()
    most = max(vehicles, key=lambda one: one.sessions, default=None)
    stage.window.open_page("performance", most.vehicle_id if most is not None else None)
    _settle(stage)


def performance_compare(stage: Stage) -> None:
    """Lay the first and the last session over each other."""
    stage.window.page.tabs.turn("compare")
    _settle(stage)


def performance_advice(stage: Stage) -> None:
    """Show what the runs advise."""
    stage.window.page.tabs.turn("advice")
    _settle(stage)


def _settle(stage: Stage) -> None:
    stage.play(0.1)
    stage.wait("the page", lambda: not stage.window.page.busy)
    stage.play(0.2)
