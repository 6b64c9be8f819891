"""A shop's logo: taken only as a PNG or JPEG of a size that a page needs."""

import io
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Final

from cartech_desk.domain.errors import CarTechError

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PIXELS: Final = 24_000_000
"""As many as a large camera's picture; what unpacks to more is a bomb or a mistake."""
_FORMATS: Final = ("PNG", "JPEG")


class LogoRefused(CarTechError):
    """A logo cannot be used."""

    code = "logo_refused"


def read_logo(path: Path) -> bytes:
    """Return a logo's bytes, checked by what is in the file. Errors: LogoRefused."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _refused(f"The logo {path.name} has {size / 1e6:.1f} MB, more than 5 MB.")
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or error
        raise _refused(f"The logo {path} cannot be read ({why}).") from error
    return checked_logo(data, path.name)


def checked_logo(data: bytes, name: str = "logo") -> bytes:
    """Return these bytes where they are a picture that can be drawn. Errors: LogoRefused."""
    from PIL import Image

    if len(data) > MOST_BYTES:
        raise _refused(f"The logo {name} has {len(data) / 1e6:.1f} MB, more than 5 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                wide, high = picture.size
                if wide * high > MOST_PIXELS:
                    raise _refused(f"The logo {name} has {wide} by {high} points, too many.")
                picture.load()
    except CarTechError:
        raise
    except Image.DecompressionBombError as error:
        raise _refused(f"The logo {name} has too many points.") from error
    except Exception as error:  # whatever a broken file makes the reader stumble over
        raise _refused(f"The logo {name} is no PNG or JPEG that can be read.") from error
    return data


@lru_cache(maxsize=4)
def logo_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a checked logo in points of its own."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        wide, high = picture.size
    return max(1, int(wide)), max(1, int(high))


def _refused(happened: str) -> LogoRefused:
    return LogoRefused(
        happened,
        kept="Nothing was written.",
        to_do="Choose a PNG or JPEG of at most 5 MB under Settings, Sheets, or none.",
    )
