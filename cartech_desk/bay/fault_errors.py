"""What can keep a scan, a check-up or a clearing from being done, in words for a technician."""

from collections.abc import Sequence
from typing import ClassVar

from cartech_desk.domain.errors import CarTechError
from cartech_desk.domain.faults.found import FaultScan
from cartech_desk.hardware.errors import LinkLost


class FaultsBusy(CarTechError):
    """Faults are being read or cleared already."""

    code: ClassVar[str] = "faults_busy"

    def __init__(self) -> None:
        super().__init__(
            "The faults of this car are being read already.",
            kept="Nothing was changed.",
            to_do="Wait until that is done, or cancel it.",
        )


class RunUnderway(CarTechError):
    """A dyno run is armed or driven: the wire belongs to it."""

    code: ClassVar[str] = "run_underway"

    def __init__(self, kept: str = "Nothing was read and nothing was changed.") -> None:
        super().__init__(
            "A dyno run is armed or driven, and reading faults would cost it the car's values.",
            kept=kept,
            to_do="Stop the run, or let it end, then read the faults.",
        )


class OtherVehicle(CarTechError):
    """The car that is plugged in is another one than the vehicle that was chosen."""

    code: ClassVar[str] = "other_vehicle"


class ReasonMissing(CarTechError):
    """Clearing codes needs a reason."""

    code: ClassVar[str] = "reason_missing"

    def __init__(self) -> None:
        super().__init__(
            "Clearing codes needs a reason of at least three characters.",
            kept="Nothing was cleared.",
            to_do="Say in a few words why, as in “turbo hose replaced”.",
        )


class EngineRuns(CarTechError):
    """The engine turns: codes are not cleared then."""

    code: ClassVar[str] = "engine_runs"


class CarMoves(CarTechError):
    """The car moves, with its engine off: codes are not cleared then."""

    code: ClassVar[str] = "car_moves"


class EngineSpeedUnknown(CarTechError):
    """Whether the engine turns or the car moves cannot be read: codes are not cleared then."""

    code: ClassVar[str] = "engine_speed_unknown"


class ReadingIncomplete(CarTechError):
    """The car went away before everything was read; `scan` is what had been read until then."""

    code: ClassVar[str] = "reading_incomplete"

    def __init__(self, scan: FaultScan, kept: str) -> None:
        super().__init__(
            "The car or the connection went away before everything was read.",
            kept=kept,
            to_do="Switch the ignition on, check the plug, then do it again.",
        )
        self.scan = scan


class SnapshotLacks(CarTechError):
    """Codes of a control unit could not be read: clearing would erase what nobody has seen."""

    code: ClassVar[str] = "snapshot_lacks"

    def __init__(self, ecus: Sequence[int]) -> None:
        named = ", ".join(f"{ecu:X}" for ecu in ecus)
        super().__init__(
            f"The stored codes of ECU {named} could not be read, or not all of them: clearing "
            "would erase what nobody has seen.",
            kept="Nothing was cleared.",
            to_do="Read the faults again, or clear all the same (at the command line: --unread).",
        )
        self.ecus = tuple(ecus)


class NotBegun(CarTechError):
    """The computer has no room left to begin reading or clearing faults."""

    code: ClassVar[str] = "not_begun"

    def __init__(self) -> None:
        super().__init__(
            "The computer has no room left for reading or clearing faults.",
            kept="Nothing was read and nothing was changed.",
            to_do="Close other programs, then do it again.",
        )


class ClearingNotKnown(LinkLost):
    """The wire went away while codes were being cleared: what became of them is not known."""

    code = "clearing_not_known"
