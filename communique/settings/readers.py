"""Whom announcements reach: audiences, subscribers and their newsletters, and how long they are remembered."""

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import Field

from communique.campaign import Slug
from communique.localisation.localised import Localised
from communique.pace import Rate
from communique.settings.model import Model
from communique.settings.values import MAILBOX, Duration, IPAddress, LongDuration, RateOfCopies, TimeOfDay

ORIGIN = r"^https://[A-Za-z0-9.-]+(:[0-9]+)?$"


class Role(StrEnum):
    """What an audience is to the process; decides who is told first and who may leave."""

    PROMOTERS = "promoters"
    INTERNAL = "internal"
    INVITED = "invited"
    MEDIA = "media"
    SUBSCRIBERS = "subscribers"


class AudienceSettings(Model):
    """A named set of people."""

    title: Localised = Field(description="What officers call it.")
    role: Role = Field(description="promoters (told first), internal, invited, media, or subscribers.")
    trusted_with_embargo: bool = Field(
        default=False, description="Whether they may read before its embargo what is not to be published yet."
    )


#: Pages of the website beside which those of topics lie: no topic can have such a name.
PAGES_BESIDE_TOPICS = frozenset({"archive", "dates", "documents", "follow", "press", "record"})


class Subscribing(Model):
    """The pages on which people subscribe; they are open where a newsletter goes out."""

    topics: Mapping[Slug, Localised] = Field(
        default={}, description="Campaigns that people can choose between, and what the public calls each of them."
    )
    through: Slug = Field(
        default="email", description="The channel that asks an address to confirm; one of the kind email."
    )
    embedded_in: tuple[Annotated[str, Field(pattern=ORIGIN)], ...] = Field(
        default=(), description="Sites that may show the form in a frame: `https://www.example.org`."
    )
    proxies: tuple[IPAddress, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="Addresses of web servers whose X-Forwarded-For is believed; it tells networks apart.",
    )
    per_network: RateOfCopies = Field(
        default=Rate(20, timedelta(hours=1)),
        description="How often one network (IPv4 /24, IPv6 /64) may ask: `20 per hour` at once, and one more "
        "every three minutes.",
    )
    in_total: RateOfCopies = Field(
        default=Rate(500, timedelta(hours=1)),
        description="How many mails that ask for confirmation may go out: `500 per hour` at once, and one more "
        "every seven seconds.",
    )
    security_contact: Annotated[str, Field(pattern=MAILBOX)] | None = Field(
        default=None, description="Where security.txt sends reports; the point of contact unless it is given."
    )


class Digests(Model):
    """When the newsletters go that carry what was announced since the last one."""

    at: TimeOfDay = Field(default=time(8), description="The time of day, for those by day and by week: `08:00`.")
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        default="friday", description="The day of those by week."
    )

    @property
    def isoweekday(self) -> int:
        """The day of those by week; 1 is Monday."""
        return [*get_args(type(self).model_fields["weekday"].annotation)].index(self.weekday) + 1


class Retention(Model):
    """How long what is about people is kept; what has been kept long enough is erased by the daemon."""

    access_needs: Duration = Field(
        default=timedelta(days=14),
        description="After a meeting: what people said they need to take part, and into which language: `14 days`.",
    )
    answers: Duration = Field(
        default=timedelta(days=180), description="After a meeting: who answered what. Their numbers stay on record."
    )
    returned_mail: Duration = Field(
        default=timedelta(days=90),
        description="After it was read: what returned mail said. That a copy came back stays on record.",
    )
    deliveries: LongDuration = Field(
        default=timedelta(days=365),
        description="After an announcement was due: who got it. What became of each copy stays on record.",
    )
    letters: Duration = Field(
        default=timedelta(days=90),
        description="After they were printed: batches of letters that somebody has posted, with names and addresses.",
    )
    left: LongDuration = Field(
        default=timedelta(days=3 * 365),
        description="After people have left, or can be written to no more: address, choices and proof of consent. "
        "A keyed hash stays, so that nobody writes to them.",
    )
