"""The form of a dyno session: what is proposed, kept, refused, and what it makes."""

from dataclasses import replace

import pytest

from cartech_desk.bay.dyno import SessionWish
from cartech_desk.domain.dyno.run import (
    Basis,
    Conditions,
    EstimateBy,
    Losses,
    LossPart,
    RpmSource,
    RunSetup,
    TestType,
)
from cartech_desk.domain.units import UnitSystem
from cartech_desk.ui.models.session_draft import draft_of, read_draft, wish_of
from cartech_desk.ui.pages.dyno import DynoPage
from cartech_desk.ui.widgets.dyno_session_form import Around, SessionForm
from tests.ui.dyno_double import WEATHER, make_run, make_session, make_source

METRIC = (UnitSystem.METRIC, "hp")


def read(draft, units=METRIC, losses=()):
    return read_draft(draft, "v1", *units, roles={}, losses=losses, altitude_m=120.0)


class TestTheDraft:
    def test_a_session_comes_back_as_it_was(self):
        session = make_session(tyre_kpa=230.0, odometer_km=81_234.0, customer="Mrs Lane")
        made = read(draft_of(session, *METRIC, {}))
        assert made.wrong == {}
        assert made.wish.setup.gear == "4"
        assert made.wish.setup.conditions == Conditions(24.0, 98.4, 41.0, "typed")
        assert made.wish.tyre_kpa == pytest.approx(230.0)
        assert made.wish.odometer_km == 81_234.0
        assert made.wish.customer == "Mrs Lane"
        assert made.wish.setup.altitude_m == 120.0

    def test_numbers_are_typed_in_the_units_set(self):
        draft = draft_of(make_session(), UnitSystem.IMPERIAL, "hp", {})
        assert draft["temperature_c"] == "75.2"
        assert draft["pressure_kpa"].startswith("29.0")
        made = read(draft, (UnitSystem.IMPERIAL, "hp"))
        assert made.wish.setup.conditions.temperature_c == pytest.approx(24.0, abs=0.01)
        assert made.wish.setup.conditions.pressure_kpa == pytest.approx(98.4, abs=0.02)

    def test_what_nobody_touched_keeps_its_exact_value(self):
        air = Conditions(23.987654, 98.412345, 41.0, "typed")
        session = make_session(setup=RunSetup(conditions=air), tyre_kpa=231.23456)
        imperial = (UnitSystem.IMPERIAL, "hp")
        draft = draft_of(session, *imperial, {})
        made = read_draft(
            draft, "v1", *imperial, roles={}, losses=(), altitude_m=None, base=session
        )
        assert made.wish.setup.conditions == air
        assert made.wish.tyre_kpa == 231.23456

    def test_empty_air_is_no_typed_air(self):
        draft = draft_of(None, *METRIC, {})
        assert read(draft).wish.setup.conditions == Conditions()

    def test_the_shop_s_own_mass_is_proposed(self):
        draft = draft_of(None, *METRIC, {"equivalent_mass_kg": 1120.0})
        assert read(draft).wish.setup.equivalent_mass_kg == 1120.0

    def test_what_the_sums_need_of_wheels_compressor_and_gauge_can_be_typed(self):
        draft = draft_of(None, *METRIC, {})
        typed = {"wheel_mass_kg": "55", "boost_ratio": "2.2", "gauge_stoichiometry": "9.8"}
        setup = read({**draft, **typed}).wish.setup
        assert setup.wheel_mass_kg == 55.0
        assert setup.boost_ratio == 2.2
        assert setup.gauge_stoichiometry == 9.8
        assert read({**draft, "gauge_stoichiometry": ""}).wish.setup.gauge_stoichiometry == 14.7

    @pytest.mark.parametrize(
        ("name", "text", "says"),
        [
            ("pressure_kpa", "1013", "hPa"),
            ("pressure_kpa", "29.9", "inHg"),
            ("humidity_pct", "140", "0 to 100"),
            ("temperature_c", "warm", "not a number"),
            ("equivalent_mass_kg", "-3", "10 to"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(self, name, text, says):
        made = read({**draft_of(None, *METRIC, {}), name: text})
        assert made.wish is None
        assert says in made.wrong[name]

    def test_what_a_choice_needs_is_asked_for(self):
        draft = draft_of(None, *METRIC, {})
        ratio = read({**draft, "rpm_source": RpmSource.RATIO_TYPED.value})
        road = read({**draft, "road": "yes"})
        percent = read({**draft, "estimate_by": EstimateBy.FLAT_PERCENT.value})
        measured = read({**draft, "estimate_by": EstimateBy.MEASURED.value})
        assert set(ratio.wrong) == {"ratio_rpm_per_kmh"}
        assert set(road.wrong) == {"road_mass_kg"}
        assert set(percent.wrong) == {"driveline_pct"}
        assert set(measured.wrong) == {"estimate_by"}

    def test_measured_losses_serve_the_estimate(self):
        draft = {**draft_of(None, *METRIC, {}), "estimate_by": EstimateBy.MEASURED.value}
        losses = (Losses(LossPart.DRIVELINE, 120.0),)
        assert read(draft, losses=losses).wish.setup.losses == losses

    def test_choices_reach_the_set_up(self):
        draft = {
            **draft_of(None, *METRIC, {}),
            "test_type": TestType.COAST_DOWN.value,
            "basis": Basis.SPEED.value,
            "turbo": "yes",
            "ignition": "diesel",
        }
        setup = read(draft).wish.setup
        assert (setup.test_type, setup.basis, setup.turbo) == (
            TestType.COAST_DOWN,
            Basis.SPEED,
            True,
        )
        assert read(draft).wish.test_type is TestType.COAST_DOWN

    def test_a_wish_of_a_session_says_the_same(self):
        session = make_session(notes="cold")
        wish = wish_of(session)
        assert wish == SessionWish(
            "v1", session.test_type, session.setup, "Run", "98 RON", notes="cold"
        )


@pytest.fixture
def form(qtbot):
    taken = []

    def make(draft=None, **around):
        made = SessionForm(
            "New session",
            draft if draft is not None else draft_of(None, *METRIC, {}),
            Around("v1", "Blue Civic", *METRIC, **around),
            lambda wish, coast_down: taken.append((wish, coast_down)),
        )
        qtbot.addWidget(made)
        made.show()
        return made

    make.taken = taken
    return make


class TestTheForm:
    def test_enter_begins(self, form, qtbot):
        from PySide6.QtCore import Qt

        shown = form()
        shown.line("gear").setText("4")
        qtbot.keyClick(shown.line("gear"), Qt.Key.Key_Return)
        assert form.taken[0][0].setup.gear == "4"
        assert not shown.isVisible()

    def test_what_is_wrong_is_counted_and_opens_its_fold(self, form):
        shown = form()
        shown.line("equivalent_mass_kg").setText("none")
        shown.accept_draft()
        assert not form.taken
        assert shown.error("equivalent_mass_kg")
        assert shown._folds[0].head.isChecked()
        assert "One field" in shown.wrong.text()

    def test_what_matters_most_stands_first_and_needs_no_scrolling(self, form, qtbot):
        shown = form(vin_only=True)
        qtbot.waitExposed(shown)
        seen = shown.scroll.viewport().rect()
        for name in ("vehicle_name", "gear", "fuel", "run_prefix"):
            line = shown.line(name)
            foot = line.mapTo(shown.scroll.viewport(), line.rect().bottomLeft())
            assert seen.contains(foot), name

    def test_a_car_that_has_a_name_is_not_asked_for_one(self, form):
        assert "vehicle_name" not in form().draft
        assert form().vehicle_name == ""

    def test_a_weather_station_is_said(self, form):
        shown = form(weather="From the weather station: 24 °C.")
        assert "24 °C" in shown.weather.text()
        assert "type the air" in form().weather.text()

    def test_doubts_about_the_air_are_said_while_typing(self, form):
        shown = form(
            doubts=lambda wish: (
                ("That is sea level.",) if wish.setup.conditions.pressure_kpa == 101.3 else ()
            )
        )
        assert not shown.doubt.isVisible()
        shown.line("pressure_kpa").setText("101.3")
        shown.line("pressure_kpa").textEdited.emit("101.3")
        assert shown.doubt.text() == "▲ That is sea level."

    def test_a_coast_down_s_losses_can_be_taken(self, form):
        shown = form(coast_downs=[("r7", "Run 7")])
        combo = shown.line("losses")
        combo.setCurrentIndex(combo.findData("r7"))
        shown.accept_draft()
        assert form.taken[0][1] == ("r7", LossPart.DRIVELINE)


@pytest.fixture
def page(desk, acts, qtbot, store):
    acts.take_vehicle(store.vehicles.by_name("Blue Civic"))
    made = DynoPage(desk, acts)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def shown(page, qtbot):
    page.shown()
    qtbot.waitUntil(lambda: page.loaded)
    return page


class TestACarKnownByItsVin:
    VIN = "SZZCT0SM5N0012047"

    @pytest.fixture
    def asked(self, page, store, shown):
        page.acts.take_vehicle(store.vehicles.by_vin(self.VIN))
        page.drives.new_session()
        return page.drives.form

    def test_it_is_named_as_the_session_begins(self, page, bay, store, asked, qtbot):
        asked.line("vehicle_name").setText("  Grey   Golf ")
        asked.accept_draft()
        qtbot.waitUntil(lambda: bool(bay.dyno.calls))
        assert store.vehicles.by_vin(self.VIN).name == "Grey Golf"
        assert page.acts.vehicle.name == "Grey Golf"
        assert bay.dyno.calls[0][0] == "start_session"

    def test_it_may_stay_without_a_name(self, bay, store, asked, qtbot):
        asked.accept_draft()
        qtbot.waitUntil(lambda: bool(bay.dyno.calls))
        assert store.vehicles.by_vin(self.VIN).name == self.VIN

    def test_a_name_that_is_refused_begins_nothing_and_loses_nothing(
        self, page, bay, acts, store, asked, qtbot
    ):
        asked.line("vehicle_name").setText("x" * 101)
        asked.line("fuel").setText("E85")
        asked.accept_draft()
        qtbot.waitUntil(lambda: bool(acts.told.refused))
        assert bay.dyno.calls == []
        page.drives.new_session()
        assert page.drives.form.draft["fuel"] == "E85"


class TestOnThePage:
    def test_esc_keeps_the_draft(self, page, shown):
        page.drives.new_session()
        form = page.drives.form
        form.line("notes").setText("cold start")
        form.reject()
        page.drives.new_session()
        assert page.drives.form.draft["notes"] == "cold start"

    def test_the_last_session_of_the_car_is_proposed(self, page, bay, qtbot):
        vehicle = page.acts.vehicle
        bay.book.all_sessions = [
            make_session("s2", vehicle_id="other", fuel="E85", customer="Mr Miller"),
            make_session("s1", vehicle_id=vehicle.id, customer="Mrs Lane"),
        ]
        page.shown()
        qtbot.waitUntil(lambda: page.loaded)
        page.drives.new_session()
        assert page.drives.form.draft["customer"] == "Mrs Lane"

    def test_another_car_s_customer_and_gear_are_not(self, page, bay, qtbot):
        bay.book.all_sessions = [make_session(vehicle_id="other", customer="Mr Miller")]
        page.shown()
        qtbot.waitUntil(lambda: page.loaded)
        page.drives.new_session()
        draft = page.drives.form.draft
        assert (draft["customer"], draft["gear"]) == ("", "")
        assert draft["temperature_c"] == "24"

    def test_changing_keeps_what_was_not_touched(self, page, bay, shown, qtbot):
        session = bay.dyno.session()
        page.tick(bay.snapshot())
        page.drives.change_session()
        page.drives.form.line("gear").setText("5")
        page.drives.form.accept_draft()
        wish = bay.dyno.calls[-1][1]
        assert wish.setup.gear == "5"
        assert wish.fuel == session.fuel

    def test_ending_it_is_said(self, page, bay, acts, shown, qtbot):
        bay.dyno.session()
        page.drives.end_session()
        qtbot.waitUntil(lambda: bool(acts.told.toasts))
        assert bay.dyno.now.session is None
        assert "is over" in acts.told.toasts[-1][0]

    def test_losses_of_a_coast_down_are_fitted_first(self, page, bay, shown, qtbot):
        fitted = Losses(LossPart.DRIVELINE, 88.0, run_id="r7")
        page.drives.fit_losses = lambda run_id, part: replace(fitted, run_id=run_id, part=part)
        bay.dyno.bench(make_source())
        run = make_run("r7")
        page.runs = {"r7": run}
        page.drives.begin(SessionWish("v1"), ("r7", LossPart.DRIVELINE), arm=False)
        qtbot.waitUntil(lambda: bay.dyno.now.session is not None)
        assert bay.dyno.now.session.setup.losses == (fitted,)

    def test_a_refused_session_is_told(self, page, bay, acts, shown, trouble, qtbot):
        bay.dyno.refuse = trouble("The disk is full.", "Make room.")
        page.drives.new_session()
        page.drives.form.accept_draft()
        qtbot.waitUntil(lambda: bool(acts.told.refused))
        assert acts.told.refused[0].happened == "The disk is full."

    def test_the_typed_air_is_proposed_again(self, page, bay, shown):
        bay.dyno.session()
        page.drives.change_session()
        assert page.drives.form.draft["humidity_pct"] == f"{WEATHER.humidity_pct:.0f}"
