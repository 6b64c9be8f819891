"""What is refused because it seems to be here already."""

from typing import ClassVar

from cartech_desk.domain.errors import NOTHING_CHANGED, CarTechError
from cartech_desk.domain.vehicles.doubles import Double


class DoubleFound(CarTechError):
    """What is to be kept may be here already; `doubles` are those that it may be.

    `sure`: it certainly is, and cannot be kept a second time. Else `even_so` keeps it.
    """

    code: ClassVar[str] = "double"

    def __init__(self, word: str, doubles: tuple[Double, ...]) -> None:
        first = doubles[0]
        more = f" and {len(doubles) - 1} more" if len(doubles) > 1 else ""
        self.sure = any(one.sure for one in doubles)
        seems = "is here already, but deleted" if first.deleted else "seems to be here already"
        if first.deleted:
            to_do = f"Restore the {word} that is deleted ({word}s restore {first.id})."
        elif self.sure:
            to_do = f"Take the {word} that is here."
        else:
            to_do = f"Take the {word} that is here, or keep this one even so."
        super().__init__(
            f"This {word} {seems}: {first.title}{more} ({', '.join(first.reasons)}).",
            kept=NOTHING_CHANGED,
            to_do=to_do,
        )
        self.doubles = doubles
