"""Photos and documents: by their bytes, within bounds, turned as they were taken, kept once."""

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from cartech_desk.domain.vehicles.record import VehicleRecord
from cartech_desk.office.photos import (
    MOST_BYTES,
    MOST_PIXELS,
    AttachmentRefused,
    read_attachment,
    thumbnail_of,
)
from cartech_desk.store.errors import NotKept
from tests.office.vehicles.vehicle_book import MIA, Counter


@pytest.fixture
def car(counter: Counter) -> str:
    return counter.vehicles.add(MIA, VehicleRecord(name="Golf")).id


def photo(path: Path, orientation: int = 1) -> Path:
    picture = Image.new("RGB", (40, 20), "red")
    exif = picture.getexif()
    exif[0x0112] = orientation
    picture.save(path, "JPEG", exif=exif)
    return path


def test_a_photo_is_known_by_its_bytes_and_not_by_its_name(
    counter: Counter, car: str, tmp_path: Path
) -> None:
    kept = counter.vehicles.attach(MIA, photo(tmp_path / "bill.pdf"), vehicle_id=car)
    assert (kept.kind, kept.media_type) == ("photo", "image/jpeg")


def test_a_photo_stands_as_it_was_taken(counter: Counter, car: str, tmp_path: Path) -> None:
    kept = counter.vehicles.attach(MIA, photo(tmp_path / "p.jpg", 6), vehicle_id=car)
    assert (kept.width, kept.height) == (20, 40)
    small = Image.open(io.BytesIO(counter.vehicles.thumbnail(kept.id, 16)))
    assert small.size == (8, 16)


def test_the_file_that_is_kept_is_the_one_that_was_given(
    counter: Counter, car: str, tmp_path: Path
) -> None:
    given = photo(tmp_path / "p.jpg")
    kept = counter.vehicles.attach(MIA, given, vehicle_id=car)
    assert counter.vehicles.attachment_path(kept.id).read_bytes() == given.read_bytes()
    assert counter.vehicles.attachment_path(kept.id).name == kept.sha256


def test_what_was_damaged_since_has_no_thumbnail(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jpg"
    damaged.write_bytes(b"\xff\xd8\xff nothing that is a photo")
    assert thumbnail_of(damaged, 64) == b""


def test_a_photo_whose_camera_noted_nonsense_is_kept_and_fails_nothing(tmp_path: Path) -> None:
    words = struct.pack("<HHIHHHHI4s", 0x0112, 3, 1, 6, 0, 0x0100, 2, 4, b"abc\0")
    noted = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + words + bytes(4)
    given = tmp_path / "p.jpg"
    Image.new("RGB", (40, 20), "red").save(given, "JPEG", exif=noted)
    assert read_attachment(given).kind == "photo"
    assert thumbnail_of(given, 64) == b""


def test_a_large_file_is_refused_before_it_is_read(
    counter: Counter, car: str, tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(200 * 1000 * 1000)
    with pytest.raises(AttachmentRefused, match="200 MB"):
        counter.vehicles.attach(MIA, large, vehicle_id=car)
    assert MOST_BYTES < 200_000_000


def bomb(path: Path) -> Path:
    """Write a PNG that says it has 50,000 x 50,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    return path


def test_a_picture_that_would_fill_the_memory_is_refused(
    counter: Counter, car: str, tmp_path: Path
) -> None:
    with pytest.raises(AttachmentRefused, match=r"pixels|read whole"):
        counter.vehicles.attach(MIA, bomb(tmp_path / "b.png"), vehicle_id=car)


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00\x03", b"\xff\xd8\xff\xe0 cut off", b"a\0b"])
def test_what_is_no_photo_and_no_document_is_refused(
    counter: Counter, car: str, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(AttachmentRefused):
        counter.vehicles.attach(MIA, tmp_path / "x.jpg", vehicle_id=car)
    assert counter.vehicles.attachments(car) == ()
    assert not list((counter.store.folder / "attachments").glob("*/*"))


def test_a_photo_cut_off_in_the_middle_is_refused(
    counter: Counter, car: str, tmp_path: Path
) -> None:
    whole = photo(tmp_path / "p.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) - 60])
    with pytest.raises(AttachmentRefused, match="read whole"):
        counter.vehicles.attach(MIA, tmp_path / "half.jpg", vehicle_id=car)


def test_a_folder_and_a_missing_file_are_refused(
    counter: Counter, car: str, tmp_path: Path
) -> None:
    for path in (tmp_path, tmp_path / "none.jpg"):
        with pytest.raises(AttachmentRefused):
            counter.vehicles.attach(MIA, path, vehicle_id=car)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"%PDF-1.4 paper", "application/pdf"), ("Größe 3".encode(), "text/plain")],
)
def test_documents_are_kept_without_a_thumbnail(
    counter: Counter, car: str, tmp_path: Path, content: bytes, media_type: str
) -> None:
    (tmp_path / "d").write_bytes(content)
    kept = counter.vehicles.attach(MIA, tmp_path / "d", vehicle_id=car)
    assert (kept.kind, kept.media_type) == ("document", media_type)
    assert counter.vehicles.thumbnail(kept.id) == b""


def test_the_same_photo_twice_is_one_file_and_two_entries(
    counter: Counter, car: str, tmp_path: Path
) -> None:
    one, two = (
        counter.vehicles.attach(MIA, photo(tmp_path / "p.jpg"), vehicle_id=car) for _ in range(2)
    )
    assert len(list((counter.store.folder / "attachments").glob("*/*"))) == 1
    counter.vehicles.detach(MIA, one.id)
    assert [each.id for each in counter.vehicles.attachments(car)] == [two.id]
    assert counter.vehicles.attachment_path(two.id).exists()


def test_a_file_without_an_entry_is_swept_away_when_it_is_old(
    counter: Counter, car: str, tmp_path: Path
) -> None:

    kept = counter.vehicles.attach(MIA, photo(tmp_path / "p.jpg"), vehicle_id=car)
    left = counter.store.folder / "attachments" / "ab" / ("ab" + "0" * 62)
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"left by a kill")
    assert counter.store.attachments.sweep() == 0
    os.utime(left, (0, 0))
    assert counter.store.attachments.sweep() == 1
    assert counter.vehicles.attachment_path(kept.id).exists()


def test_a_photo_of_nobody_is_refused_and_leaves_no_file(counter: Counter, tmp_path: Path) -> None:
    for whose in ({"vehicle_id": "nobody"}, {"job_id": "nothing"}, {}):
        with pytest.raises(NotKept):
            counter.vehicles.attach(MIA, photo(tmp_path / "p.jpg"), **whose)
    assert not list((counter.store.folder / "attachments").glob("*/*"))


def test_a_file_that_is_gone_is_told(counter: Counter, car: str, tmp_path: Path) -> None:
    kept = counter.vehicles.attach(MIA, photo(tmp_path / "p.jpg"), vehicle_id=car)
    counter.vehicles.attachment_path(kept.id).unlink()
    with pytest.raises(NotKept, match="gone"):
        counter.vehicles.attachment_path(kept.id)


def test_what_was_taken_away_is_swept_away(counter: Counter, car: str, tmp_path: Path) -> None:
    kept = counter.vehicles.attach(MIA, photo(tmp_path / "p.jpg"), vehicle_id=car)
    file = counter.vehicles.attachment_path(kept.id)
    counter.vehicles.detach(MIA, kept.id)
    os.utime(file, (0, 0))
    assert counter.vehicles.sweep_attachments() == 1
    assert not file.exists()


def test_an_act_that_fails_takes_nobody_elses_file_away(counter: Counter) -> None:
    content, store = b"hello", counter.store.attachments
    digest = hashlib.sha256(content).hexdigest()
    with store.put(iter((content,)), digest) as place:
        with pytest.raises(RuntimeError), store.put(iter((content,)), digest):
            raise RuntimeError("the disk is full")
        assert place.is_file()


def test_a_file_that_is_swept_while_it_is_named_is_written_again(counter: Counter) -> None:
    content, store = b"hello", counter.store.attachments
    digest = hashlib.sha256(content).hexdigest()
    with store.put(iter((content,)), digest):
        pass
    with store.put(iter((content,)), digest) as place:
        place.unlink()
    assert place.read_bytes() == content


def test_every_picture_that_is_kept_has_a_thumbnail(tmp_path: Path) -> None:
    side = int(MOST_PIXELS**0.5)
    path = tmp_path / "large.png"
    Image.new("1", (side, side)).save(path)
    assert read_attachment(path).width == side
    assert thumbnail_of(path, 64)
    Image.new("1", (side + 1, side + 1)).save(path)
    with pytest.raises(AttachmentRefused, match="60 million"):
        read_attachment(path)
