"""What `config/process.yaml` may say: the stages and dates that the process page shows."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from communique.settings import Localised

_MILESTONE = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class OutlinedStage(_Model):
    """One step of the process."""

    name: Localised = Field(description="What the public reads.")
    begins: _MILESTONE = Field(alias="from", description="The milestone it begins at: `campaign/milestone`.")


class OutlinedDate(_Model):
    """A date to keep free."""

    name: Localised = Field(description="What the public reads.")
    milestone: _MILESTONE = Field(description="The milestone it stands for: `campaign/milestone`.")
    place: Localised = Field(default="", description="Where to go, in a few words.")
    agenda: bool = Field(
        default=False, description="Whether its page shows the agenda: the fact `agenda` of the campaign it is in."
    )


class ProcessOutline(_Model):
    """The stages and dates of the process, in order."""

    stages: tuple[OutlinedStage, ...] = Field(default=(), description="Stages, the first one first.")
    dates: tuple[OutlinedDate, ...] = Field(default=(), description="Dates to keep free, the earliest first.")
