"""What may be set about the dyno and its sheets."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from cartech_desk.app.settings_section import Section
from cartech_desk.bay.dyno_settings import DynoSettings, Triggers
from cartech_desk.domain.dyno.view import View


class Dyno(Section):
    """The dyno of this shop, and how its runs are shown."""

    correction: Literal[
        "none", "sae", "sae2004", "std", "din", "iso1585", "r85", "eec", "iso_diesel", "jis"
    ] = Field(
        "sae",
        title="Correction",
        description="What new views and sheets begin with. A correction is a view: no run changes.",
    )
    smoothing: int = Field(
        3,
        ge=0,
        le=5,
        title="Smoothing",
        description="0 to 5, what new views and sheets begin with.",
    )
    power_unit: Literal["hp", "PS", "kW"] = Field(
        "hp",
        title="Power in",
        description="On the Dyno page, in lists, reports and on sheets. Torque goes with it: lb·ft "
        "with hp, Nm with PS and kW.",
    )
    altitude_m: float | None = Field(
        None,
        ge=-430,
        le=5500,
        title="Altitude of the shop",
        description="Tells a pressure that was reduced to sea level, which would be wrong here.",
        json_schema_extra={"unit": "m"},
    )
    equivalent_mass_kg: float | None = Field(
        None,
        ge=10,
        le=20_000,
        title="Equivalent mass of the rollers",
        description="What a pull accelerates, seen at the rollers' surface. Needed where the dyno "
        "tells speed only.",
        json_schema_extra={"unit": "kg"},
    )
    roller_m: float | None = Field(
        None,
        ge=0.1,
        le=10,
        title="Circumference of the roller",
        description="Needed where the dyno tells the roller's turns only.",
        json_schema_extra={"unit": "m"},
    )
    start_kmh: float | None = Field(
        40.0,
        ge=1,
        le=300,
        title="Run starts above",
        description="Speed at which an armed run begins by itself; empty: not by speed.",
        json_schema_extra={"unit": "km/h"},
    )
    start_throttle_pct: float | None = Field(
        None,
        ge=1,
        le=100,
        title="Run starts with throttle above",
        description="The same by the throttle; empty: not by the throttle.",
        json_schema_extra={"unit": "%"},
    )
    lift_kmh: float = Field(
        8.0,
        ge=1,
        le=100,
        title="Run ends after",
        description="It ends when speed has fallen so far below the highest one.",
        json_schema_extra={"unit": "km/h"},
    )
    again: bool = Field(
        True,
        title="Ready for the next run",
        description="After a run the bench waits for the next one by itself.",
    )

    def bench(self) -> DynoSettings:
        """Return what the dyno bench needs of this."""
        triggers = Triggers(
            start_kmh=self.start_kmh,
            start_throttle_pct=self.start_throttle_pct,
            lift_kmh=self.lift_kmh,
            again=self.again,
        )
        return DynoSettings(
            triggers=triggers,
            altitude_m=self.altitude_m,
            view=View(self.correction, self.smoothing),
            equivalent_mass_kg=self.equivalent_mass_kg,
            roller_m=self.roller_m,
        )


class Sheets(Section):
    """What dyno sheets look like."""

    paper: Literal["a4", "letter"] = Field("a4", title="Paper", description="A4 or US Letter.")
    table_step_rpm: int = Field(
        500,
        ge=100,
        le=1000,
        title="Table every",
        description="Step of the table of numbers: usually 250 or 500.",
        json_schema_extra={"unit": "rpm"},
    )
    address: str = Field(
        "",
        max_length=300,
        title="Address",
        description="Stands beside the shop's name at the head of every sheet.",
    )
    logo: Path | None = Field(
        None, title="Logo", description="A PNG or JPEG at the head of every sheet."
    )
