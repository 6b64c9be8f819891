"""The settings file: what it may hold, and what happens when it holds something else."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.app.settings import Car, Settings, SettingsError, SettingsFile, load_settings
from cartech_desk.domain.canonical import canonical
from cartech_desk.domain.expressions import compile_expression
from cartech_desk.domain.sources import OwnChannel, build_catalogue


def test_no_file_gives_the_defaults(tmp_path):
    values = load_settings(tmp_path / "settings.toml")
    assert values.acquisition.max_requests_per_s == 100
    assert values.bay_settings().pretrigger_s == 30


def test_what_is_saved_comes_back(tmp_path):
    file = SettingsFile(tmp_path / "deep" / "settings.toml")
    values = file.values.model_copy(deep=True)
    values.screen.units = "imperial"
    values.acquisition.min_gap_ms = 12.5
    values.acquisition.signal_sets = [tmp_path / "ein ä.json"]
    file.save(values)
    again = load_settings(file.path)
    assert again == values
    assert again.bay_settings().min_gap_s == pytest.approx(0.0125)
    assert again.bay_settings().signal_sets == (tmp_path / "ein ä.json",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[screen]\ntheme = "blue"\n', "screen.theme"),
        ('[acquisition]\nmax_requests_per_s = "many"\n', "acquisition.max_requests_per_s"),
        ("[acquisition]\nmax_requests_per_s = 0\n", "acquisition.max_requests_per_s"),
        ("[acquisition]\nmax_requests_per_s = nan\n", "acquisition.max_requests_per_s"),
        ("screen = 3\n", "screen"),
        ("[screen]\ntheem = 'dark'\n", "screen.theem"),
    ],
)
def test_a_wrong_value_is_named_and_the_file_left_alone(tmp_path, text, named):
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert named in caught.value.message
    assert caught.value.to_do
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[screen", b"a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert str(path) in caught.value.happened
    assert path.read_bytes() == content


def test_the_window_starts_with_defaults_and_keeps_the_unusable_file(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("[screen]\ntheme = 7\n", encoding="utf-8")
    file = SettingsFile(path, forgiving=True)
    assert file.problem is not None
    assert file.values == Settings()
    file.save(file.values)
    assert file.problem is None
    kept = tmp_path / "settings.toml.unusable"
    assert kept.read_text(encoding="utf-8") == "[screen]\ntheme = 7\n"
    assert tomllib.loads(path.read_text(encoding="utf-8"))["screen"]["theme"] == "dark"


def test_a_file_that_cannot_be_written_keeps_the_values_of_before(tmp_path):
    blocker = tmp_path / "taken"
    blocker.write_text("a file where a folder is needed", encoding="utf-8")
    file = SettingsFile(tmp_path / "settings.toml")
    file.path = blocker / "settings.toml"
    changed = file.values.model_copy(deep=True)
    changed.screen.theme = "light"
    with pytest.raises(SettingsError):
        file.save(changed)
    assert file.values.screen.theme == "dark"


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    path = tmp_path / "settings.toml"
    path.write_text('[screen]\ntheme = "dark"\nunits = "mixed"\n', encoding="utf-8")
    monkeypatch.setenv("CARTECH_SCREEN__THEME", "light")
    values = load_settings(path)
    assert (values.screen.theme, values.screen.units) == ("light", "mixed")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CARTECH_ACQUISITION", "nonsense"),
        ("CARTECH_ACQUISITION", ""),
        ("CARTECH_ACQUISITION", "[" * 100_000),
        ("CARTECH_ACQUISITION", "3"),
        ("CARTECH_ACQUISITION", '{"fuel": "coal"}'),
        ("CARTECH_ACQUISITION__SIGNAL_SETS", "one.json"),
        ("CARTECH_ACQUISITION__FUEL", "coal"),
        ("CARTECH_ACQUISITION__FUEL__X", "1"),
        ("CARTECH_ACQUISITION__NONSENSE", "1"),
        ("CARTECH_CAR__TYRE_M", "wide"),
    ],
)
def test_a_wrong_variable_is_named_and_the_file_not_blamed(tmp_path, monkeypatch, variable, value):
    path = tmp_path / "settings.toml"
    path.write_text('[acquisition]\nfuel = "petrol"\n', encoding="utf-8")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert variable in caught.value.happened
    assert str(path) not in caught.value.message
    assert "unset" in caught.value.to_do
    assert len(caught.value.message) < 400


def test_a_wrong_line_and_a_wrong_variable_are_told_apart(tmp_path, monkeypatch):
    path = tmp_path / "settings.toml"
    path.write_text("[screen]\ntheme = 3\n[acquisition]\nmin_gap_ms = -1\n", encoding="utf-8")
    monkeypatch.setenv("CARTECH_ACQUISITION", '{"fuel": "coal"}')
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    of_file, of_environment = caught.value.happened.split("An environment variable")
    assert "screen.theme" in of_file
    assert "acquisition.min_gap_ms" in of_file
    assert "CARTECH_ACQUISITION" in of_environment
    assert "coal" in of_environment


def test_the_window_starts_and_saves_with_a_wrong_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("CARTECH_ACQUISITION", "nonsense")
    file = SettingsFile(tmp_path / "settings.toml", forgiving=True)
    assert "CARTECH_ACQUISITION" in file.problem.happened
    assert file.values.acquisition.fuel == "petrol"
    screen = file.values.screen.model_copy(update={"theme": "light"})
    file.save(file.values.model_copy(update={"screen": screen}))
    assert file.values.screen.theme == "light"


CAR = """
[car]
tyre_m = 1.95
final_drive = 3.9
gear_1 = 3.6
injector_cc_min = 550
cylinders = 4
"""


def test_figures_of_the_car_reach_the_bay_by_the_names_of_the_expressions(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(CAR, encoding="utf-8")
    given = load_settings(path).bay_settings().parameters
    assert given == {
        "tyre_m": 1.95,
        "final_drive": 3.9,
        "gear_1": 3.6,
        "injector_cc_min": 550,
        "cylinders": 4,
    }
    found = build_catalogue({0x7E8: frozenset({0x0C, 0x0D, 0x5E})}, parameters=given)
    assert {"gear", "injector_duty"} <= found.derived.keys()


def test_every_name_that_the_table_of_channels_needs_can_be_set():
    needed = {
        name
        for row in canonical().values()
        for recipe in row.derived
        for name in compile_expression(recipe.expression).names
    }
    assert needed - canonical().keys() - {"stoich"} == set(Car.model_fields)


def test_own_channels_are_kept_as_a_list_of_records(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(
        '[[channels.own]]\nname = "bar"\nexpression = "boost / 100"\nunit = "bar"\n'
        '[[channels.own]]\nname = "typo"\nexpression = "1 +"\n',
        encoding="utf-8",
    )
    file = SettingsFile(path)
    # One that cannot be computed does no harm to the settings: it is left out with the car.
    assert file.values.bay_settings().own == (
        OwnChannel("bar", "boost / 100", unit="bar"),
        OwnChannel("typo", "1 +"),
    )
    file.save(file.values)
    assert load_settings(path) == file.values


def test_every_setting_explains_itself():
    for section in Settings.model_fields.values():
        for name, field in section.annotation.model_fields.items():
            assert field.title, name
            assert field.description, name


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_give_settings_or_one_clear_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "settings.toml"
    path.write_bytes(content)
    holder = SettingsFile(path, forgiving=True)
    assert isinstance(holder.values, Settings)
    assert holder.problem is None or holder.problem.to_do
    assert path.read_bytes() == content
