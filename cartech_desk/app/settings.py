"""What may be set: one declarative model, a TOML file in the user's configuration folder.

The settings page, the checks and the file come from these fields alone: each has a type, a range,
a default, a unit and one line of explanation.
"""

import os
import shutil
import tomllib
from pathlib import Path
from typing import Any, ClassVar, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from cartech_desk.bay.bay import BaySettings
from cartech_desk.domain.errors import CarTechError


class SettingsError(CarTechError):
    """The settings file cannot be used as it is."""

    code = "settings"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Screen(_Section):
    """How the desk looks."""

    theme: Literal["dark", "light"] = Field(
        "dark", title="Theme", description="Dark suits the bay, light a bright counter."
    )
    units: Literal["metric", "imperial", "mixed"] = Field(
        "metric",
        title="Units",
        description="Metric: km/h, °C, bar. Imperial: mph, °F, psi. Mixed: mph, °C, psi.",
    )


class Acquisition(_Section):
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


class Recording(_Section):
    """What a recording begins with."""

    pretrigger_s: float = Field(
        30.0,
        ge=0,
        le=300,
        title="Pre-trigger",
        description="So much from before the start is kept at the head of every recording.",
        json_schema_extra={"unit": "s"},
    )


class Settings(BaseSettings):
    """All that may be set."""

    model_config = SettingsConfigDict(
        extra="forbid", validate_assignment=True, env_prefix="CARTECH_", env_nested_delimiter="__"
    )

    screen: Screen = Field(default_factory=Screen, title="Screen")
    acquisition: Acquisition = Field(default_factory=Acquisition, title="Acquisition")
    recording: Recording = Field(default_factory=Recording, title="Recording")

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
        )


def _spoken(error: ValidationError, path: Path) -> SettingsError:
    wrongs = []
    for detail in error.errors():
        place = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            wrongs.append(f"{place} is not a setting of this version")
        else:
            wrongs.append(f"{place} = {detail.get('input')!r}: {detail['msg']}")
    return SettingsError(
        f"The settings in {path} cannot be used: {'; '.join(wrongs)}.",
        kept="The file was left as it is.",
        to_do="Correct these lines, or move the file away to begin with the defaults.",
    )


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
        raise _spoken(error, path) from error


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
            self.values = Settings()

    def save(self, model: BaseModel) -> None:
        """Check and write all settings in one move; SettingsError where that cannot be done."""
        try:
            values = Settings(**model.model_dump())
        except ValidationError as error:
            raise _spoken(error, self.path) from error
        document = values.model_dump(mode="json")
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
