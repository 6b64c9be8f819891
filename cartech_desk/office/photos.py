"""What may be attached to a vehicle or a job: looked at by its bytes, never by its name."""

import hashlib
import io
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.plain_text import printable
from cartech_desk.office.files_given import NoFile, TooLarge, read_given

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES: Final = 50_000_000
MOST_PIXELS: Final = 60_000_000
"""Cameras make fewer, but for studios'; unpacked, more would take hundreds of megabytes."""
_FORMATS: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "MPO": "image/jpeg",
}
"""What Pillow calls them. MPO, several in one, is opened as JPEG."""
_OPENED: Final = tuple(name for name in _FORMATS if name != "MPO")
_DAMAGED: Final = (OSError, ValueError, KeyError, SyntaxError, struct.error)
"""What Pillow throws at what is damaged; the last one for what a camera notes of the photo."""
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"GIF8", b"II*\0", b"MM\0*")
_PDF: Final = b"%PDF-"
_HEAD: Final = 1024
_ORIENTATION: Final = 0x0112
_TURNED: Final = frozenset({5, 6, 7, 8})
"""Orientations of EXIF by which width and height change places (JEITA CP-3451, 4.6.4)."""
_LONGEST_NAME: Final = 120
_FEWEST, _MOST_SHOWN = 16, 1024
"""Pixels of a thumbnail."""


class AttachmentRefused(CarTechError):
    """A file cannot be kept as a photo or document."""

    code: ClassVar[str] = "attachment_refused"

    def __init__(self, happened: str, to_do: str) -> None:
        super().__init__(happened, kept="Nothing was added.", to_do=to_do)


@dataclass(frozen=True, slots=True)
class Content:
    """A file that may be kept, whole; `width` and `height` as the photo is seen."""

    data: bytes
    sha256: str
    name: str
    kind: str
    media_type: str
    width: int | None = None
    height: int | None = None


def read_attachment(path: Path) -> Content:
    """Read a file that is to be kept. Errors: AttachmentRefused."""
    data = _read(path)
    name = _named(path.name)
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(_PICTURES):
        media_type, width, height = _picture(data, name)
        return Content(data, digest, name, "photo", media_type, width, height)
    if _PDF in data[:_HEAD]:
        return Content(data, digest, name, "document", "application/pdf")
    if _is_text(data):
        return Content(data, digest, name, "document", "text/plain")
    raise AttachmentRefused(
        f"“{name}” is neither a photo nor a document that the desk can show.",
        "Give a JPEG, PNG, WebP, GIF or TIFF, a PDF or a text.",
    )


@lru_cache(maxsize=128)
def thumbnail_of(path: Path, pixels: int) -> bytes:
    """Return a small picture of a photo, turned as it was taken; empty where it cannot be read.

    JPEG, or PNG where it lets through what is behind it.
    """
    from PIL import Image, ImageOps

    side = max(_FEWEST, min(pixels, _MOST_SHOWN))
    try:
        with Image.open(path, formats=_OPENED) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                return b""
            photo.draft("RGB", (side, side))
            turned = ImageOps.exif_transpose(photo)
            turned.thumbnail((side, side))
            return _written(turned)
    except (*_DAMAGED, Image.DecompressionBombError, Warning):
        return b""


def _written(photo: "Image.Image") -> bytes:
    clear = photo.mode in ("RGBA", "LA", "PA") or "transparency" in photo.info
    into = io.BytesIO()
    if clear:
        photo.convert("RGBA").save(into, "PNG")
    else:
        photo.convert("RGB").save(into, "JPEG", quality=85)
    return into.getvalue()


def _read(path: Path) -> bytes:
    """Read a file that somebody named. Errors: AttachmentRefused."""
    try:
        data = read_given(path, MOST_BYTES)
    except NoFile as error:
        said = f"{path} is no file."
        raise AttachmentRefused(said, "Choose a photo or a document.") from error
    except TooLarge as error:
        raise _too_large(path, error.size) from error
    except OSError as error:
        raise AttachmentRefused(
            f"{path} cannot be read: {error.strerror or error}.", "Choose another file."
        ) from error
    if not data:
        raise AttachmentRefused(f"{path} is empty.", "Choose another file.")
    return data


def _too_large(path: Path, size: int) -> AttachmentRefused:
    return AttachmentRefused(
        f"“{_named(path.name)}” has {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:,.0f} MB are "
        "kept.",
        "Make it smaller: photos of a telephone in their usual size are large enough.",
    )


def _picture(data: bytes, name: str) -> tuple[str, int, int]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=_OPENED) as photo:
            width, height = photo.size
            if width * height > MOST_PIXELS:  # before anything is unpacked
                raise _too_many(name, f"{width:,} x {height:,}")
            turned = photo.getexif().get(_ORIENTATION) in _TURNED
            media_type = _FORMATS[photo.format or ""]
            photo.load()
    except AttachmentRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many(name, "far too many") from error
    except _DAMAGED as error:
        raise AttachmentRefused(
            f"“{name}” is no picture that can be read whole, or it is damaged.",
            "Open it in another program and save it anew, or choose another one.",
        ) from error
    return (media_type, height, width) if turned else (media_type, width, height)


def _too_many(name: str, many: str) -> AttachmentRefused:
    return AttachmentRefused(
        f"“{name}” has {many} pixels; at most {MOST_PIXELS / 1e6:,.0f} million are kept.",
        "Make it smaller: photos of a telephone in their usual size are large enough.",
    )


def _is_text(data: bytes) -> bool:
    if b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _named(name: str) -> str:
    """Return a file's name as it can be shown."""
    shown = "".join(one if printable(one) else "_" for one in name)
    return shown[-_LONGEST_NAME:] or "unnamed"
