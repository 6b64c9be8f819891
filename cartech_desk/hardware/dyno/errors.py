"""What can go wrong with a source, beside what can go wrong on any wire."""

from typing import ClassVar

from cartech_desk.hardware.errors import HardwareError


class BadSourceUrl(HardwareError):
    """The address names no source, or has an option that its kind does not know."""

    code: ClassVar[str] = "bad_source_url"


class SourceSilent(HardwareError):
    """The wire is open, and no reading comes."""

    code: ClassVar[str] = "source_silent"


class SourceRefused(HardwareError):
    """What is at the other end speaks a version that this desk must not talk to."""

    code: ClassVar[str] = "source_refused"
