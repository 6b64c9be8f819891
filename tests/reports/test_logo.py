"""A shop's logo: only what can be drawn, and no bomb."""

import io
import struct
import zlib

import pytest
from PIL import Image

from cartech_desk.reports.logo import LogoRefused, checked_logo, logo_size, read_logo


def picture(kind, size=(40, 20)):
    file = io.BytesIO()
    Image.new("RGB", size, "#808080").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_png_and_a_jpeg_are_taken_whatever_the_file_is_called(kind, tmp_path):
    path = tmp_path / "logo.bin"
    path.write_bytes(picture(kind))
    assert logo_size(read_logo(path)) == (40, 20)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_pictures_are_refused_even_where_they_are_called_png(kind, tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(picture(kind))
    with pytest.raises(LogoRefused, match="PNG or JPEG"):
        read_logo(path)


def test_a_file_that_is_cut_short_is_refused():
    with pytest.raises(LogoRefused):
        checked_logo(picture("PNG", (200, 200))[:-40])


def test_more_than_five_megabytes_are_refused_without_reading_them(tmp_path):
    path = tmp_path / "logo.png"
    with path.open("wb") as file:
        file.truncate(6_000_000)
    with pytest.raises(LogoRefused, match="5 MB"):
        read_logo(path)


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked():
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(LogoRefused, match="too many"):
        checked_logo(bomb)


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(LogoRefused, match="cannot be read"):
        read_logo(tmp_path / "none.png")
