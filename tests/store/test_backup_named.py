"""Which signal sets a restored desk's settings name: those of the backup, or their own."""

from pathlib import Path

from cartech_desk.store.backup_named import name_anew, packed_name


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _settings(*sets: Path) -> dict[str, dict[str, list[str]]]:
    return {"acquisition": {"signal_sets": [str(one) for one in sets]}}


def test_a_signal_set_that_is_there_and_alike_stays_where_it_is(tmp_path: Path) -> None:
    own = _written(tmp_path / "maker.json", "as packed")
    _written(tmp_path / "stage" / packed_name(1, own), "as packed")
    document = _settings(own)
    assert name_anew(document, tmp_path / "stage", tmp_path / "data") == ()
    assert document == _settings(own)


def test_one_that_was_changed_since_gives_way_to_that_of_the_backup(tmp_path: Path) -> None:
    own = _written(tmp_path / "maker.json", "changed since")
    _written(tmp_path / "stage" / packed_name(1, own), "as packed")
    document = _settings(own)
    name_anew(document, tmp_path / "stage", tmp_path / "data")
    assert document == _settings(tmp_path / "data" / "signals" / "1" / "maker.json")
    assert own.read_text() == "changed since"


def test_one_that_a_restore_moves_aside_is_named_where_the_backup_lays_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    own = _written(data / packed_name(2, Path("maker.json")), "as packed")
    _written(tmp_path / "stage" / packed_name(1, own), "as packed")
    document = _settings(own)
    name_anew(document, tmp_path / "stage", data)
    assert document == _settings(data / packed_name(1, own))


def test_settings_without_signal_sets_stay_as_they_are(tmp_path: Path) -> None:
    document = {"screen": {"theme": "dark"}}
    assert name_anew(document, tmp_path, tmp_path) == ()
    assert document == {"screen": {"theme": "dark"}}
