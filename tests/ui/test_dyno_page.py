"""The Dyno page, by what a person does and sees."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cartech_desk.bay.dyno_status import DynoSnapshot, Phase
from cartech_desk.domain.dyno.roles import Role
from cartech_desk.domain.dyno.run import Conditions, EstimateBy, View
from cartech_desk.hardware.dyno.source import SourceState
from cartech_desk.office.session import AtDesk
from cartech_desk.store.dyno import RunEnding
from cartech_desk.ui.application import dress
from cartech_desk.ui.models.bench_words import DASH
from cartech_desk.ui.models.dyno_told import peaks_told
from cartech_desk.ui.pages.dyno import DynoPage
from tests.ui.conftest import ADMINISTRATOR, TECHNICIAN
from tests.ui.dyno_double import (
    SLIPS,
    WEATHER,
    live_values,
    make_result,
    make_run,
    make_session,
    make_source,
)


@pytest.fixture
def page(desk, acts, qtbot):
    made = DynoPage(desk, acts)
    qtbot.addWidget(made)
    made.resize(1262, 676)
    return made


@pytest.fixture
def three(bay):
    """A session under way with three runs, the newest first."""
    session = bay.dyno.session()
    bay.book.kept = [
        make_run("r3", number=3, peak_hp=277.7),
        make_run("r2", number=2, peak_hp=268.0),
        make_run("r1", number=1, peak_hp=255.0),
    ]
    return session


@pytest.fixture
def show(page, bay, qtbot):
    """Open the page and let it read; then show the bench as it is."""

    def shown(what=None):
        page.show()
        page.shown(what)
        page.tick(bay.snapshot())
        qtbot.waitUntil(lambda: page.loaded and not page._reading.busy)
        settle()

    def settle():
        page.tick(bay.snapshot())
        qtbot.waitUntil(lambda: not page._reading.busy and not page._computing.busy)

    shown.settle = settle
    return shown


def key(page, name):
    return next(action for action in page.actions() if action.name == name).shortcut


def run(page, name):
    next(action for action in page.actions() if action.name == name).run()


def asked(bay, what):
    return [call for call in bay.dyno.calls if call[0] == what]


class TestAnEmptyPage:
    def test_says_what_will_be_here_and_offers_what_fills_it(self, page, show):
        show()
        assert page.pages.currentWidget() is page.empty
        assert "simulated dyno" in page.empty.simulated.text()

    def test_the_simulated_dyno_is_connected_with_its_car_and_armed(self, page, bay, show, qtbot):
        show()
        page.empty.simulated.click()
        qtbot.waitUntil(lambda: bay.dyno.now.phase is Phase.ARMED)
        assert ("connect", "sim:rollers?script=dyno") in bay.calls
        assert asked(bay, "connect") == [("connect", "sim:rollers")]
        assert page.acts.vehicle.name == "Simulated car"

    def test_with_a_car_connected_only_its_dyno_is_taken(self, page, bay, show, qtbot):
        bay.connected()
        show()
        page.empty.simulated.click()
        qtbot.waitUntil(lambda: bay.dyno.now.phase is Phase.ARMED)
        assert not [call for call in bay.calls if call[0] == "connect"]

    def test_a_kept_run_makes_it_a_page_of_runs(self, page, bay, show):
        bay.book.all_sessions = [make_session(ended=make_session().started)]
        bay.book.kept = [make_run()]
        show()
        assert page.pages.currentWidget() is page.work
        assert page.front.id == "r1"


class TestPeaksInTheTree:
    def test_the_tree_says_the_same_number_as_the_panel_under_every_view(
        self, page, bay, show, three, qtbot, monkeypatch
    ):
        plain = bay.runs.result

        def computed(run_id, view):
            # Less smoothing, a higher peak: the summary beside the run knows nothing of it.
            result = plain(run_id, view)
            higher = replace(
                result.peak_power, value=result.peak_power.value * (1.03 - 0.01 * view.smoothing)
            )
            return replace(result, peak_power=higher, view=view)

        monkeypatch.setattr(bay.runs, "result", computed)
        show()
        page.set_view(View("std", smoothing=0))
        show.settle()
        model = page.tree.model
        qtbot.waitUntil(lambda: not any(model.peaks.of(one).note for one in page.runs.values()))
        told = [model.peaks.of(page.runs[one]).number for one in ("r3", "r2", "r1")]
        panel = []
        for one in ("r3", "r2", "r1"):
            page.choose([one])
            show.settle()
            panel.append(peaks_told(page.results[one], page.units)[0].number)
        assert told == panel

    def test_nothing_is_computed_for_the_tree_while_a_run_is_driven(
        self, page, bay, show, three, monkeypatch
    ):
        show()
        bay.dyno.running()
        show.settle()
        began = []
        monkeypatch.setattr(bay.runs, "result", lambda *asked: began.append(asked))
        page.view = View("std", smoothing=0)
        page.tree.set_view(page.view, "metric", "hp")
        page.sight.look()
        assert began == []

    def test_empty_sessions_are_shown_when_asked_for(self, page, bay, show, three):
        over = make_session("s0", ended=make_session().started)
        bay.book.all_sessions.append(over)
        show()
        assert page.tree.model.rowCount() == 1
        run(page, "Show empty sessions, or not")
        assert page.tree.model.rowCount() == 2
        run(page, "Show empty sessions, or not")
        assert page.tree.model.rowCount() == 1


class TestStart:
    def test_without_a_dyno_it_opens_the_sources(self, page, acts, show):
        show()
        page.bench.start.click()
        assert page.supplies.panel.isVisible()
        assert "No dyno" in acts.told.toasts[-1][0]

    def test_without_a_vehicle_it_asks_for_one_then_for_the_session(
        self, page, bay, acts, show, store, qtbot
    ):
        bay.dyno.bench(make_source())
        show()
        with qtbot.waitSignal(acts.vehicle_wanted):
            page.bench.start.click()
        assert page.drives.form is None
        acts.take_vehicle(store.vehicles.by_name("Blue Civic"))
        assert page.drives.form.isVisible()

    def test_without_a_session_the_form_begins_one_and_arms(
        self, page, bay, acts, show, store, qtbot
    ):
        acts.take_vehicle(store.vehicles.by_name("Blue Civic"))
        bay.dyno.bench(make_source())
        show()
        page.bench.start.click()
        assert page.drives.form.take.text() == "Begin and arm"
        page.drives.form.accept_draft()
        qtbot.waitUntil(lambda: bay.dyno.now.phase is Phase.ARMED)
        assert asked(bay, "start_session")[0][2] == ADMINISTRATOR

    def test_with_a_session_it_arms_and_says_what_it_waits_for(self, page, bay, three, show):
        show()
        assert page.bench.start.face.words == "Start  F5"
        page.bench.start.click()
        page.tick(bay.snapshot())
        assert page.bench.start.face.words == "Armed: waits for 40 km/h"
        assert "F5 begins now" in page.bench.start.face.below

    def test_pressed_again_the_run_begins_at_once(self, page, bay, three, show):
        show()
        page.bench.start.click()
        page.bench.start.click()
        assert bay.dyno.now.phase is Phase.RUNNING

    def test_while_it_runs_the_button_stops(self, page, bay, three, show):
        show()
        bay.dyno.running()
        page.tick(bay.snapshot())
        assert page.bench.start.face.words == "Stop  F5"
        page.bench.start.click()
        page.tick(bay.snapshot())
        assert asked(bay, "stop") == [("stop", ADMINISTRATOR)]
        assert page.bench.start.face.words == "Saving…"

    def test_esc_disarms_and_is_a_key_only_while_armed(self, page, bay, three, show):
        show()
        assert "Disarm" not in {action.name for action in page.actions()}
        page.bench.start.click()
        page.tick(bay.snapshot())
        assert key(page, "Disarm") == "Esc"
        run(page, "Disarm")
        assert bay.dyno.now.phase is Phase.IDLE

    def test_a_disarmed_start_is_no_refusal(self, page, bay, acts, three, show, trouble, qtbot):
        show()
        page.bench.start.click()
        bay.dyno.waiting.set_exception(trouble("Disarmed.", "Press Start.", code="cancelled"))
        bay.dyno.refuse = trouble("The disk is full.", "Make room.")
        bay.dyno.now = replace(bay.dyno.now, phase=Phase.IDLE)
        page.bench.start.click()
        qtbot.waitUntil(lambda: bool(acts.told.refused))
        assert [error.happened for error in acts.told.refused] == ["The disk is full."]

    def test_why_it_cannot_start_stands_on_the_button(self, page, bay, three, show):
        show()
        why = "The dyno is silent: check its cable."
        bay.dyno.now = replace(bay.dyno.now, can_start=False, why_not=why)
        page.tick(bay.snapshot())
        assert page.bench.start.face.below == why
        assert not page.bench.start.face.fill

    @pytest.mark.parametrize(
        "why_not",
        [
            "No dyno session is under way. Begin one: it says which vehicle is driven and how.",
            "No dyno is connected. Connect one, or choose the road dyno.",
            "No car is connected, and the road dyno is the car itself. Connect the adapter first.",
            "This car does not tell its speed, which the road dyno needs. "
            "Use a dyno that tells it.",
            "The dyno tells no speed and no engine speed. Say in the session which of its channels "
            "they are.",
            "Nothing has come from the dyno for 3 s: its wire or its network is interrupted. "
            "Look whether it is switched on.",
        ],
    )
    def test_its_words_have_room(self, page, bay, desk, qapp, three, show, why_not):
        dress(qapp, desk).put_on(page)
        show()
        bay.dyno.now = replace(bay.dyno.now, can_start=False, why_not=why_not)
        page.tick(bay.snapshot())
        assert page.bench.start.fits(page.bench.start.face)

    def test_a_locked_desk_begins_and_ends_nothing(self, page, bay, desk, three, show):
        show()
        desk.office.session.lock()
        page.drives.start()
        bay.dyno.running()
        page.drives.start()
        assert not asked(bay, "start")
        assert not asked(bay, "stop")
        assert bay.dyno.now.phase is Phase.RUNNING


class TestWhatComes:
    def test_speed_power_and_boost_stand_in_the_units_set(self, page, bay, three, show):
        show()
        bay.dyno.running(upto=0.5)
        page.tick(bay.snapshot())
        numbers = {one.label.partition(" ")[0]: one for one in page.bench.readings.numbers}
        assert numbers["Power"].unit == "hp"
        assert numbers["Power"].label == "Power · SAE"
        assert numbers["Speed"].unit == "km/h"
        assert numbers["Boost"].unit == "bar"

    def test_a_stale_value_is_marked_with_its_age(self, page, bay, three, show):
        show()
        values = live_values(speed=50.0)
        values[Role.SPEED] = replace(values[Role.SPEED], stale=True, age_s=4.0)
        bay.dyno.now = replace(bay.dyno.now, values=values)
        page.tick(bay.snapshot())
        assert page.bench.readings.numbers[0].note == "4 s ago"

    def test_without_power_there_is_a_dash(self, page, bay, three, show):
        show()
        assert page.bench.readings.numbers[2].words == DASH

    def test_the_live_curve_lies_over_the_ghost_of_the_last_run(
        self, page, bay, three, show, monkeypatch
    ):
        show()
        lives, shown = [], []
        monkeypatch.setattr(page.chart, "set_live", lives.append)
        monkeypatch.setattr(page.chart, "set_runs", lambda runs: shown.append(list(runs)))
        bay.dyno.running()
        page.tick(bay.snapshot())
        assert lives == [bay.dyno.now.live]
        assert [(one.run_id, one.ghost) for one in shown[-1]] == [("r3", True)]
        page.tick(bay.snapshot())
        assert len(lives) == 1

    def test_the_live_curve_stays_until_the_run_it_became_is_drawn(
        self, page, bay, three, show, monkeypatch, qtbot
    ):
        show()
        bay.dyno.running()
        page.tick(bay.snapshot())
        told = []
        monkeypatch.setattr(page.chart, "set_live", lambda live: told.append(("live", live)))
        monkeypatch.setattr(
            page.chart, "set_runs", lambda runs: told.append([one.run_id for one in runs])
        )
        bay.dyno.ended(make_run("r9", number=4))
        page.tick(bay.snapshot())
        assert told == []
        qtbot.waitUntil(lambda: ["r9"] in told)
        assert told[0] == ("live", None)

    def test_another_view_reaches_the_run_under_way(self, page, bay, three, show):
        show()
        run(page, "More smoothing")
        assert bay.dyno.settings.view == page.view

    def test_a_run_that_ended_is_chosen(self, page, bay, three, show, qtbot):
        show()
        bay.dyno.running()
        page.tick(bay.snapshot())
        bay.dyno.ended(make_run("r9", number=4, peak_hp=276.5))
        show.settle()
        qtbot.waitUntil(lambda: page.front is not None and page.front.id == "r9")

    def test_a_source_that_fell_silent_is_said_below_the_bar(self, page, bay, three, show):
        lost = make_source(
            state=SourceState.LOST, happened="The dyno fell silent.", to_do="Check the cable."
        )
        show()
        bay.dyno.now = replace(bay.dyno.now, sources=(lost,), problem="The disk refused the run.")
        page.tick(bay.snapshot())
        assert "Dynojet: The dyno fell silent. Check the cable." in page.notice.text()
        assert page.notice.text().startswith("▲ The disk refused the run.")


class TestTheAir:
    def test_stands_in_words_with_the_factor(self, page, bay, three, show):
        show()
        words = page.bar.air.whole
        assert words.startswith("24 °C · 98.4 kPa station · 41 % · SAE \N{MULTIPLICATION SIGN}1.0")
        assert not page.bar.air.doubtful

    def test_missing_weather_is_a_triangle_and_a_sentence(self, page, bay, three, show):
        show()
        bay.dyno.now = replace(bay.dyno.now, conditions=Conditions())
        page.tick(bay.snapshot())
        assert page.bar.air.doubtful
        assert "not corrected" in page.bar.air.whole
        assert page.notice.text().startswith("▲")

    def test_without_a_session_it_is_the_air_of_the_run_in_front_and_no_warning_of_the_bench(
        self, page, bay, three, show
    ):
        bay.dyno.now = DynoSnapshot(
            warnings=("SAE needs temperature: nothing is corrected.",),
            why_not="No dyno session is under way.",
        )
        show()
        page.tick(bay.snapshot())
        assert page.bar.air.whole.startswith("24 °C · 98.4 kPa station · 41 %")
        assert not page.bar.air.doubtful
        assert page.notice.isHidden()
        assert "Type the air of Run 3" in page.bar.air.toolTip()

    def test_with_neither_session_nor_run_the_button_says_where_it_leads(self, page, bay, show):
        bay.dyno.bench(make_source())
        show()
        assert page.bar.air.whole.startswith("24 °C")
        assert "Begin a session to type the air" in page.bar.air.toolTip()
        bay.dyno.now = replace(bay.dyno.now, conditions=Conditions())
        page.tick(bay.snapshot())
        assert page.bar.air.whole == "Begin a session to type the air"
        assert page.notice.isHidden()

    def test_a_car_that_slows_down_after_a_run_is_no_warning_for_some_seconds(
        self, page, bay, three, show
    ):
        show()
        bay.dyno.ended(make_run("r9", number=4))
        show.settle()
        bay.dyno.now = replace(
            bay.dyno.now, phase=Phase.ARMED, warnings=("It goes faster than 40 km/h already.",)
        )
        now = bay.snapshot()
        page.tick(now)
        assert page.notice.isHidden()
        page.tick(replace(now, now_ns=now.now_ns + 6_000_000_000))
        assert page.notice.text() == "▲ It goes faster than 40 km/h already."

    def test_what_else_is_doubtful_is_said_and_is_no_doubt_about_the_air(
        self, page, bay, three, show
    ):
        show()
        bay.dyno.now = replace(bay.dyno.now, warnings=("It goes faster than 40 km/h already.",))
        page.tick(bay.snapshot())
        assert page.notice.text() == "▲ It goes faster than 40 km/h already."
        assert not page.bar.air.doubtful

    def test_a_press_types_it_for_the_session(self, page, bay, three, show):
        from cartech_desk.ui.widgets.dyno_run_form import AirForm

        show()
        page.bar.air.click()
        form = page.findChildren(AirForm)[-1]
        form.part.lines["temperature_c"].setText("31")
        form.accept_draft()
        wish = asked(bay, "change_session")[-1][1]
        assert wish.setup.conditions == replace(WEATHER, temperature_c=31.0, source="typed")
        assert wish.fuel == "98 RON"


class TestHowRunsAreLookedAt:
    def test_power_at_the_engine_that_cannot_be_estimated_says_why_and_what_to_do(
        self, page, bay, three, show
    ):
        show()
        run(page, "At the wheels, or at the engine")
        show.settle()
        assert "percentage in the properties of the run (P)" in page.notice.text()
        assert "coast-down" in page.notice.text()
        assert page.chart._corrected().endswith("at the wheels")

    def test_a_percentage_typed_for_a_run_makes_power_at_the_engine(self, page, bay, three, show):
        from cartech_desk.ui.widgets.dyno_run_form import RunForm

        show()
        run(page, "Properties of the run")
        form = page.findChildren(RunForm)[-1]
        form.part.lines["driveline_pct"].setText("15")
        changed = []
        form._keep = changed.append
        form.accept_draft()
        assert changed[0].setup.estimate_by is EstimateBy.FLAT_PERCENT
        assert changed[0].setup.driveline_pct == 15.0

    def test_a_run_without_engine_speed_is_drawn_over_speed_by_itself(
        self, page, bay, three, show, monkeypatch
    ):
        monkeypatch.setattr(
            bay.runs, "result", lambda run_id, view: make_result(run_id, view=view, has_rpm=False)
        )
        show()
        assert page.chart.axis == "speed"
        assert page.bar.axes["speed"].isChecked()
        assert page.axis == "rpm"  # the next one that knows it is drawn as wished

    def test_the_numbers_are_called_the_last_ones_while_another_run_is_driven(
        self, page, bay, three, show
    ):
        show()
        bay.dyno.running()
        page.tick(bay.snapshot())
        assert page.numbers._name.whole == "Last: Run 3"
        assert page.chart._picture.live.series != 0

    def test_how_well_runs_repeat_is_told_of_one_set_up_only(self, page, bay, three, show):
        show()
        page.choose(["r3", "r2"])
        show.settle()
        assert page.overlay.repeatability is not None
        other = bay.book.kept[0]
        bay.book.kept[0] = replace(other, setup=replace(other.setup, gear="3"))
        page.choose(["r3", "r1"])
        show.settle()
        assert page.overlay.comparison is not None
        assert page.overlay.repeatability is None

    def test_another_correction_reaches_tree_and_results_at_once(
        self, page, bay, three, show, qtbot, monkeypatch
    ):
        show()
        views = []
        monkeypatch.setattr(page.tree, "set_view", lambda view, *_units: views.append(view))
        run(page, "Next correction")
        assert views == [View("sae2004", 3)]
        qtbot.waitUntil(lambda: page.results["r3"].view == views[0])

    def test_smoothing_stops_at_its_ends(self, page, three, show):
        show()
        for _ in range(9):
            run(page, "More smoothing")
        assert page.view.smoothing == 5
        for _ in range(9):
            run(page, "Less smoothing")
        assert page.view.smoothing == 0

    def test_the_axis_is_remembered(self, page, desk, acts, three, show, qtbot):
        show()
        run(page, "Over road speed")
        page.hidden()
        again = DynoPage(desk, acts)
        qtbot.addWidget(again)
        again.shown()
        qtbot.waitUntil(lambda: again.loaded)
        assert again.axis == "speed"
        assert again.bar.axes["speed"].isChecked()

    def test_compare_lays_the_run_over_the_one_before(self, page, bay, three, show, qtbot):
        show()
        run(page, "Compare with the run before")
        qtbot.waitUntil(lambda: page.overlay.comparison is not None)
        assert page.chosen == ("r2", "r3")
        assert page.bar.difference.isChecked()
        run(page, "Compare with the run before")
        assert page.chosen == ("r3",)
        assert not page.bar.difference.isChecked()

    def test_next_and_previous_run_follow_the_time(self, page, three, show):
        show()
        run(page, "Previous run")
        assert page.front.id == "r2"
        run(page, "Next run")
        run(page, "Next run")
        assert page.front.id == "r3"

    def test_a_run_that_cannot_be_read_leaves_the_others(
        self, page, bay, three, show, qtbot, monkeypatch, trouble
    ):
        plain = bay.runs.result

        def refuse_one(run_id, view):
            if run_id == "r2":
                raise trouble("The recording of Run 2 is gone.", "")
            return plain(run_id, view)

        monkeypatch.setattr(bay.runs, "result", refuse_one)
        show()
        with qtbot.waitSignal(page.status_message, check_params_cb=lambda words: "gone" in words):
            page.choose(["r3", "r2"])
        assert set(page.results) == {"r3"}


class TestRuns:
    def test_another_name_is_kept(self, page, bay, three, show, qtbot):
        from cartech_desk.ui.widgets.name_form import NameForm

        show()
        run(page, "Rename the run")
        form = page.findChildren(NameForm)[-1]
        form.line.setText("  Race   fuel ")
        form._take()
        qtbot.waitUntil(lambda: bay.book.run("r3").name == "Race fuel")

    def test_properties_change_the_set_up_and_keep_exact_numbers(
        self, page, bay, three, show, qtbot
    ):
        from cartech_desk.ui.widgets.dyno_run_form import RunForm

        exact = Conditions(23.987654, 98.412345, 41.2, "weather station")
        kept = bay.book.kept[0]
        bay.book.kept[0] = replace(kept, setup=replace(kept.setup, conditions=exact))
        show()
        run(page, "Properties of the run")
        form = page.findChildren(RunForm)[-1]
        form.part.lines["ecu_offset_s"].setText("0.12")
        form.accept_draft()
        qtbot.waitUntil(lambda: bay.book.run("r3").setup.ecu_offset_s == 0.12)
        assert bay.book.run("r3").setup.conditions == exact

    def test_a_wrong_number_stands_beside_its_field(self, page, bay, three, show):
        from cartech_desk.ui.widgets.dyno_run_form import RunForm

        show()
        run(page, "Properties of the run")
        form = page.findChildren(RunForm)[-1]
        form.part.lines["pressure_kpa"].setText("1013")
        form.accept_draft()
        assert "hPa" in form.part.fields["pressure_kpa"].error
        assert form.isVisible()
        assert not [call for call in bay.runs.calls if call[0] == "change"]

    def test_deleting_can_be_taken_back(self, page, bay, acts, three, show, qtbot):
        show()
        run(page, "Delete the run")
        qtbot.waitUntil(lambda: "r3" not in page.runs)
        words, undo = acts.told.toasts[-1]
        assert words.startswith("Run 3 was deleted")
        undo()
        qtbot.waitUntil(lambda: "r3" in page.runs)
        assert page.front.id == "r3"

    def test_who_may_not_delete_is_told_who_may(self, page, bay, acts, desk, three, show):
        show()
        desk.office.session.enter(TECHNICIAN)
        run(page, "Delete the run")
        assert not [call for call in bay.runs.calls if call[0] == "delete"]
        assert "manager" in acts.told.toasts[-1][0]

    def test_a_run_under_way_is_not_deleted(self, page, bay, acts, three, show):
        bay.book.kept[0] = replace(bay.book.kept[0], ending=RunEnding.OPEN)
        show()
        run(page, "Delete the run")
        assert "still being driven" in acts.told.toasts[-1][0]

    def test_a_file_of_another_dyno_is_taken_once_its_columns_were_seen(
        self, page, bay, acts, show, tmp_path, qtbot
    ):
        show()
        page.does.ask_open = lambda: tmp_path / "RunFile_1.csv"
        run(page, "Import a file of another dyno")
        qtbot.waitUntil(lambda: page.does.form is not None)
        page.does.form.begin()
        qtbot.waitUntil(lambda: page.front is not None)
        assert page.front.name == "RunFile_1"
        assert "RunFile_1.csv" in acts.told.toasts[-1][0]

    def test_a_file_that_is_no_export_is_told(
        self, page, bay, acts, show, tmp_path, trouble, qtbot
    ):
        bay.runs.refuse = trouble("photo.jpg is no table.", "Export the run as CSV.")
        show()
        page.does.ask_open = lambda: tmp_path / "photo.jpg"
        page.does.import_file()
        qtbot.waitUntil(lambda: bool(acts.told.refused))
        assert page.does.form is None

    def test_quality_of_a_run_is_shown_in_the_tree(self, page, bay, three, show):
        bay.runs.quality["r3"] = (SLIPS,)
        show()
        assert page.results["r3"].quality == (SLIPS,)


def test_every_action_has_a_key_of_its_own(page, bay, three, show):
    show()
    bay.dyno.now = replace(bay.dyno.now, phase=Phase.ARMED)
    page.tick(bay.snapshot())
    keys = [action.shortcut for action in page.actions()]
    assert all(keys)
    assert len(keys) == len(set(keys))


def test_a_gloved_finger_hits_and_a_small_screen_holds_it(page, desk, qapp, three, show):
    dress(qapp, desk).put_on(page)
    show()
    for button in (page.session, page.sources, page.sheet, page.bar.air, page.bar.correction):
        assert button.sizeHint().height() >= 44
    assert page.bench.start.height() >= 80
    assert page.minimumSizeHint().width() <= 1262
    assert page.minimumSizeHint().height() <= 676


def test_who_opens_it_for_a_run_gets_that_run(page, three, show):
    show("r1")
    assert page.front.id == "r1"


def test_keys_do_not_fall_into_the_choice_of_a_correction(page, three, show, qtbot):
    show()
    before = page.bar.correction.currentIndex()
    qtbot.keyClick(page.bar.correction, Qt.Key.Key_D)
    assert page.bar.correction.currentIndex() == before


def test_who_is_at_the_desk_changes_what_can_be_done(page, desk, three, show, qtbot):
    show()
    with qtbot.waitSignal(page.actions_changed):
        desk.office.session.enter(TECHNICIAN)
    assert isinstance(desk.office.session.now, AtDesk)
