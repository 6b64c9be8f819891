"""What can go wrong on the dyno bench, in words for the person beside it."""

from typing import ClassVar

from cartech_desk.domain.errors import CarTechError


class DynoRefused(CarTechError):
    """The bench cannot do this now."""

    code: ClassVar[str] = "dyno_refused"


class Cancelled(CarTechError):
    """A run was called off before it began."""

    code: ClassVar[str] = "cancelled"
