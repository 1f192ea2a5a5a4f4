"""Which channels are open, and how fast they go."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from communique.campaign import Slug
from communique.localisation.localised import Language
from communique.settings.model import Model
from communique.settings.values import RateOfCopies, RecipientDomain

RETURN_TAG = "{tag}"  #: where each mail's own tag goes in an `envelope_sender`, or in `calendar_answers`


class WarmUp(Model):
    """Few mails on the first day of a new address or server, more on each day after it."""

    begins: date = Field(description="The first day: `2026-12-01`.")
    first_day: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=50, description="Copies on the first day.")
    growth: Annotated[float, Field(gt=1, le=10)] = Field(
        default=2, description="So many times as many on each day as on the day before."
    )


class ChannelSettings(BaseModel):
    """A way out: its kind, and the settings of that kind (docs/channels.md)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: Slug = Field(
        description="Which adapter carries it: email, newsletter, website, feed, x, mastodon, bluesky, telegram, "
        "handoff, …"
    )
    languages: tuple[Language, ...] | None = Field(
        default=None, description="Languages this channel speaks, if fewer than the campaign's."
    )

    rate: RateOfCopies | None = Field(
        default=None, description="How many copies may go out: `100 per minute`, `500 per hour`, `2000 per day`."
    )
    rate_per_domain: Mapping[RecipientDomain, RateOfCopies] = Field(
        default={},
        description="For mail: how many copies may go to the recipients of one domain, and to those of each other one: "
        '`{"*": 300 per minute, gmail.com: 100 per minute}`.',
    )
    warm_up: WarmUp | None = Field(default=None, description="Few on the first day, more on each day after it.")

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What goes to the adapter's constructor."""
        return self.model_extra or {}
