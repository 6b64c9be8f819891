import json
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from cartech_desk.app.tour_scenes import SCENES
from cartech_desk.ui.pages.index import PAGES


def tour(*words):
    return subprocess.run(
        [sys.executable, "-m", "cartech_desk", "tour", *map(str, words), "--json"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def colours(path):
    image = QImage(str(path))
    return {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 7)
        for y in range(0, image.height(), 7)
    }


def test_the_first_scenes_are_pictured_in_both_themes_and_sizes(tmp_path):
    done = tour("--out", tmp_path / "pictures", "--until", "founding-wrong")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["scenes"] == ["founding", "founding-wrong"]
    files = sorted((tmp_path / "pictures").iterdir())
    assert sorted(document["files"]) == [str(file) for file in files]
    sizes = {(QImage(str(file)).width(), QImage(str(file)).height()) for file in files}
    assert sizes == {(1366, 768), (1920, 1080)}
    assert len(files) == 8
    for file in files:
        ground = "#0f1216" if "-dark-" in file.name else "#f4f6f8"
        assert ground in colours(file)
        assert len(colours(file)) > 10


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    done = tour("--out", tmp_path / "file", "--until", "founding")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "folder_refused"
    assert "Traceback" not in done.stderr


def test_every_page_has_a_scene():
    told = " ".join(scene.name for scene in SCENES)
    for page in PAGES:
        assert page.key.rstrip("s") in told


def test_scenes_have_names_of_their_own():
    names = [scene.name for scene in SCENES]
    assert len(names) == len(set(names))


@pytest.mark.long
@pytest.mark.timeout(920)
def test_the_whole_tour_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cartech_desk", "tour", "--out", tmp_path, "--json"],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scenes"] == [scene.name for scene in SCENES]
