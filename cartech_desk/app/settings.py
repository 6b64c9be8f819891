"""What may be set: one declarative model, a TOML file in the user's configuration folder.

The settings page, the checks and the file come from these fields alone: each has a type, a range,
a default, a unit and one line of explanation.
"""

import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, get_origin

import tomli_w
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableVariable

from cartech_desk.app.settings_dyno import Dyno, Sheets
from cartech_desk.app.settings_office import Backup, Mail, Shop
from cartech_desk.app.settings_refusals import (
    DELIMITER,
    PREFIX,
    SettingsError,
    refusal,
    unreadable_variable,
)
from cartech_desk.app.settings_section import Section
from cartech_desk.bay.bay import BaySettings
from cartech_desk.bay.dyno_settings import DynoSettings
from cartech_desk.domain.own_channels import check_together, own_line, read_own
from cartech_desk.domain.shop_rules import ShopRules
from cartech_desk.domain.sources import OwnChannel

__all__ = ["OwnChannelLine", "Settings", "SettingsError", "SettingsFile", "load_settings"]


class Screen(Section):
    """How the desk looks."""

    theme: Literal["dark", "light"] = Field(
        "dark", title="Theme", description="Dark suits the bay, light a bright counter."
    )
    units: Literal["metric", "imperial", "mixed"] = Field(
        "metric",
        title="Units",
        description="Metric: km/h, °C, bar. Imperial: mph, °F, psi. Mixed: mph, °C, psi.",
    )


class Acquisition(Section):
    """How hard the car is asked. The defaults disturb no car that we know of."""

    max_requests_per_s: float = Field(
        100.0,
        ge=1,
        le=2000,
        title="Most requests a second",
        description="Over all control units. More can disturb a car; a real one answers 50 to 100.",
        json_schema_extra={"unit": "1/s"},
    )
    min_gap_ms: float = Field(
        0.0,
        ge=0,
        le=1000,
        title="Rest between requests",
        description="Time between the end of an answer and the next request.",
        json_schema_extra={"unit": "ms"},
    )
    stale_after_s: float = Field(
        2.0,
        ge=0.5,
        le=60,
        title="Stale after",
        description="A value that has not come again for so long is shown as stale.",
        json_schema_extra={"unit": "s"},
    )
    fuel: Literal["petrol", "e10", "e85", "diesel", "methanol", "lpg"] = Field(
        "petrol", title="Fuel", description="Gives the air-fuel ratio from the measured lambda."
    )
    signal_sets: list[Path] = Field(
        default_factory=list,
        title="Signal sets",
        description="Manufacturer values to load at every connection (OBDb JSON files).",
    )


class Recording(Section):
    """What a recording begins with."""

    pretrigger_s: float = Field(
        30.0,
        ge=0,
        le=300,
        title="Pre-trigger",
        description="So much from before the start is kept at the head of every recording.",
        json_schema_extra={"unit": "s"},
    )


_GEARS: Final = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")


def _ratio(title: str, description: str) -> Any:
    return Field(None, ge=0.1, le=30, title=title, description=description)


def _gear(number: int) -> Any:
    return _ratio(
        f"{_GEARS[number - 1]} gear", "Turns of the engine for one of the gearbox's output."
    )


class Car(Section):
    """Figures of the car that no car tells; the names are those that expressions use.

    None where a figure is not known: what needs it is not offered then.
    """

    tyre_m: float | None = Field(
        None,
        ge=0.5,
        le=5,
        title="Tyre circumference",
        description="What a driven wheel rolls in one turn. With the final drive and the gear "
        "ratios it gives the channel gear.",
        json_schema_extra={"unit": "m"},
    )
    final_drive: float | None = _ratio(
        "Final drive", "Turns of the gearbox's output for one of the wheels."
    )
    gear_1: float | None = _gear(1)
    gear_2: float | None = _gear(2)
    gear_3: float | None = _gear(3)
    gear_4: float | None = _gear(4)
    gear_5: float | None = _gear(5)
    gear_6: float | None = _gear(6)
    gear_7: float | None = _gear(7)
    gear_8: float | None = _gear(8)
    injector_cc_min: float | None = Field(
        None,
        ge=10,
        le=10_000,
        title="Injector size",
        description="What one injector flows when it is always open. With the number of cylinders "
        "it gives the channel injector_duty.",
        json_schema_extra={"unit": "cm³/min"},
    )
    cylinders: int | None = Field(
        None, ge=1, le=24, title="Cylinders", description="One injector for each."
    )


class OwnChannelLine(Section):
    """A channel that the shop makes up: `name = expression [unit] label` on the settings page."""

    name: str
    expression: str
    unit: str = "none"
    label: str = ""

    def __str__(self) -> str:
        """Return the line."""
        return own_line(self.own())

    def own(self) -> OwnChannel:
        """Return the channel."""
        return OwnChannel(self.name, self.expression, label=self.label, unit=self.unit)

    @classmethod
    def read_lines(cls, text: str) -> "list[OwnChannelLine]":
        """Read one channel from each line that is not empty.

        Errors: CarTechError where one of them can be computed with no car at all.
        """
        owns = [read_own(line) for line in text.splitlines() if line.strip()]
        check_together(owns)
        return [
            cls(name=one.name, expression=one.expression, unit=one.unit, label=one.label)
            for one in owns
        ]


class Channels(Section):
    """Channels beside those that the car delivers."""

    # What cannot be computed is left out when a car is connected, and said there: one wrong
    # channel must not make the whole file unusable.
    own: list[OwnChannelLine] = Field(
        default_factory=list,
        max_length=200,
        title="Your own channels",
        description="One a line, from other channels and the figures of the car: "
        "name = expression [unit] label, as in boost_bar = boost / 100 [bar] Boost in bar.",
    )


class Safety(Section):
    """Who is at the desk while nobody touches it, and how long alarms are quiet."""

    lock_after_min: int = Field(
        10,
        ge=0,
        le=240,
        title="Lock after",
        description="So long without a key, a press or a touch; 0 never locks. Alarms stay on the "
        "screen, and a recording goes on.",
        json_schema_extra={"unit": "min"},
    )
    silence_s: float = Field(
        120.0,
        ge=10,
        le=600,
        title="Silence lasts",
        description="After that the sound of a standing alarm comes back; a new alarm is heard at "
        "once.",
        json_schema_extra={"unit": "s"},
    )


class Settings(BaseSettings):
    """All that may be set."""

    model_config = SettingsConfigDict(
        extra="forbid", validate_assignment=True, env_prefix=PREFIX, env_nested_delimiter=DELIMITER
    )

    screen: Screen = Field(default_factory=Screen, title="Screen")
    acquisition: Acquisition = Field(default_factory=Acquisition, title="Acquisition")
    recording: Recording = Field(default_factory=Recording, title="Recording")
    safety: Safety = Field(default_factory=Safety, title="Safety")
    dyno: Dyno = Field(default_factory=Dyno, title="Dyno")
    sheets: Sheets = Field(default_factory=Sheets, title="Sheets")
    shop: Shop = Field(default_factory=Shop, title="Shop")
    mail: Mail = Field(default_factory=Mail, title="Mail")
    backup: Backup = Field(default_factory=Backup, title="Backups")
    car: Car = Field(default_factory=Car, title="Car")
    channels: Channels = Field(default_factory=Channels, title="Own channels")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which is handed in at construction."""
        del settings_cls, dotenv_settings, file_secret_settings  # pydantic's signature, not used
        return env_settings, init_settings

    def bay_settings(self) -> BaySettings:
        """Return what the bay needs of this."""
        return BaySettings(
            min_gap_s=self.acquisition.min_gap_ms / 1000,
            max_requests_per_s=self.acquisition.max_requests_per_s,
            pretrigger_s=self.recording.pretrigger_s,
            stale_after_s=self.acquisition.stale_after_s,
            fuel=self.acquisition.fuel,
            signal_sets=tuple(self.acquisition.signal_sets),
            parameters=self.car.model_dump(exclude_none=True),
            own=tuple(line.own() for line in self.channels.own),
            dyno=self.dyno_settings(),
        )

    def shop_rules(self, currency: str = "EUR") -> ShopRules:
        """Return what the office needs of this; `currency` is the shop's."""
        return self.shop.rules(
            address=self.sheets.address,
            paper=self.sheets.paper,
            logo=self.sheets.logo,
            currency=currency,
            mail=self.mail,
        )

    def dyno_settings(self) -> DynoSettings:
        """Return what the dyno bench needs of this."""
        return self.dyno.bench()


def load_settings(path: Path) -> Settings:
    """Read the settings; defaults where there is no file; SettingsError names every wrong line."""
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        document = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"The settings file {path} cannot be read ({error}).",
            kept="The file was left as it is.",
            to_do="Correct it, or move it away to begin with the defaults.",
        ) from error
    try:
        return Settings(**document)
    except ValidationError as error:
        raise refusal(error, path, os.environ) from error
    except (UnreadableVariable, RecursionError) as error:
        raise unreadable_variable(os.environ, _structures()) from error


def _structures() -> Iterator[tuple[str, ...]]:
    """Yield the places of sections and lists."""
    for section, info in Settings.model_fields.items():
        yield (section,)
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            for name, inner in info.annotation.model_fields.items():
                if get_origin(inner.annotation) is list:
                    yield (section, name)


class SettingsFile:
    """The settings in use and the file that they live in.

    `problem` is set where the file could not be used: the defaults are in force then, and the
    first `save` keeps the unusable file beside the new one, ending in `.unusable`.
    """

    UNUSABLE: ClassVar[str] = ".unusable"

    def __init__(self, path: Path, *, forgiving: bool = False) -> None:
        """Read the file; with `forgiving` a wrong one becomes `problem` instead of an error."""
        self.path = path
        self.problem: SettingsError | None = None
        try:
            self.values = load_settings(path)
        except SettingsError as error:
            if not forgiving:
                raise
            self.problem = error
            self.values = Settings.model_construct()  # the environment may be what is wrong

    def save(self, model: BaseModel) -> None:
        """Check and write all settings in one move; SettingsError where that cannot be done."""
        values = self._checked(model)
        document = values.model_dump(mode="json", exclude_none=True)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.problem is not None and self.path.exists():
                shutil.copy2(self.path, self.path.with_name(self.path.name + self.UNUSABLE))
            draft = self.path.with_name(self.path.name + ".new")
            with draft.open("wb") as file:
                tomli_w.dump(document, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except OSError as error:
            raise SettingsError(
                f"The settings could not be written to {self.path} ({error.strerror or error}).",
                kept="The settings of before are still in the file.",
                to_do="Make room or give yourself the right to write there, then save again.",
            ) from error
        self.problem = None
        self.values = values

    def _checked(self, model: BaseModel) -> Settings:
        """Check every section anew; the environment has no part in what somebody has chosen."""
        sections = {}
        for name in Settings.model_fields:
            section = getattr(model, name)
            try:
                sections[name] = type(section).model_validate(section.model_dump())
            except ValidationError as error:
                raise refusal(error, self.path, {}, within=(name,)) from error
        return Settings.model_construct(**sections)
