"""The settings file: what it may hold, and what happens when it holds something else."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartech_desk.app.settings import Settings, SettingsError, SettingsFile, load_settings


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
