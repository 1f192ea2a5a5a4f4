"""What all parts of the settings have in common."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of the settings: what it does not know is an error, and nobody changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
