"""What every section of the settings is."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section: unknown fields are refused, and what is assigned is checked."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)
