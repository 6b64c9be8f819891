"""Files that somebody names: never waited for, never more of them than may be."""

import os
from datetime import UTC, datetime

import pytest

from cartech_desk.domain.parts.part_table import PartFileRefused
from cartech_desk.office.calendar_checking import CalendarRefused
from cartech_desk.office.calendar_reading import read_file
from cartech_desk.office.files_given import NoFile, TooLarge, read_given
from cartech_desk.office.part_files import _content
from cartech_desk.office.photos import AttachmentRefused, read_attachment


def test_a_file_of_just_as_much_as_may_be_is_read_whole(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"12345")
    assert read_given(path, 5) == b"12345"
    with pytest.raises(TooLarge) as caught:
        read_given(path, 4)
    assert caught.value.size == 5


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(NoFile):
        read_given(tmp_path, 5)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize(
    ("read", "refusal"),
    [
        (lambda path: read_file(path, UTC, datetime.now(UTC)), CalendarRefused),
        (read_attachment, AttachmentRefused),
        (_content, PartFileRefused),
    ],
    ids=["calendar", "photo", "parts"],
)
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, read, refusal):
    pipe = tmp_path / "pipe.ics"
    os.mkfifo(pipe)
    with pytest.raises(refusal, match="is no file"):
        read(pipe)
