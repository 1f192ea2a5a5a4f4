"""Who we are and which channels are open: what `config/settings.yaml` and `config/glossary.yaml` may say."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from communique.campaign import Slug
from communique.delivery import Mode
from communique.french_spaces import spaced
from communique.localised import Language, Localised
from communique.mailboxes import Bounces, Canary
from communique.media import MAILBOX, Press, Speaking
from communique.pace import Pace, Rate
from communique.regional_languages import nearest, serving_any
from communique.setting_values import Duration, IPAddress, LongDuration, RateOfCopies, RecipientDomain, TimeOfDay, Zone
from communique.single_sign_on import OpenID, WayIn

_ADDRESS = MAILBOX
#: The host as the DNS has it: feed ids, Message-IDs and links are made of it.
_SITE = r"^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?$"
ORIGIN = r"^https://[A-Za-z0-9.-]+(:[0-9]+)?$"
_HTTPS = r"^https://[^\s/?#]+(/[^\s?#]*)?$"
RETURN_TAG = "{tag}"  #: where each mail's own tag goes in an `envelope_sender`, or in `calendar_answers`


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Contact(_Model):
    """The Local Government Point of Contact."""

    name: str = Field(description="The person's name.")
    role: Localised = Field(description="What the person is called in the process.")
    email: Annotated[str, Field(pattern=_ADDRESS)] = Field(description="Where answers go (Reply-To).")
    phone: str = Field(default="", description="With the country code: `+34 955 000 000`.")


class Statement(_Model):
    """A page of the government's own website that every public page leads to."""

    title: Localised = Field(description="As its link is called: `Accessibility statement`.")
    address: Annotated[str, Field(pattern=_HTTPS)] = Field(description="Where it is.")


class Government(_Model):
    """The local government that speaks."""

    name: Localised = Field(description="As it stands under a letter: `City of Puerto Claro`.")
    adjective: Localised = Field(default="", description="As in `municipal services`.")
    place: Localised = Field(description="The town's own name, with its article if it has one: `Le Havre`, `o Porto`.")
    short_place: Localised | None = Field(
        default=None,
        description="What people call the town: said in its stead where seconds or letters are counted, in spots, "
        "films and posts.",
    )
    address: Annotated[str, Field(min_length=1)] = Field(
        description="Postal address, one line a row; stands at the foot of every mail."
    )
    website: Annotated[str, Field(pattern=_HTTPS)] = Field(description="The government's own website.")
    contact: Contact = Field(description="The Local Government Point of Contact.")
    statements: tuple[Statement, ...] = Field(
        default=(),
        description="What the law wants at the foot of every page: accessibility statement, privacy, legal notice.",
    )


class Holidays(_Model):
    """Whose public holidays are no working days."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = Field(description="ISO 3166-1: `ES`.")
    subdivision: str | None = Field(default=None, description="ISO 3166-2 without the country: `AN`.")


class Approvals(_Model):
    """How many people must agree before anything goes out."""

    required: Annotated[int, Field(ge=0, le=5)] = Field(
        default=1, description="How many different people must approve; 0 lets everything pass."
    )
    approvers: tuple[str, ...] = Field(default=(), description="Who may approve, by name. Empty: anybody.")
    valid_for: Duration = Field(
        default=timedelta(days=180),
        description="How long an approval counts: `180 days`. What has not gone by then waits for another one.",
    )


class Role(StrEnum):
    """What an audience is to the process; decides who is told first and who may leave."""

    PROMOTERS = "promoters"
    INTERNAL = "internal"
    INVITED = "invited"
    MEDIA = "media"
    SUBSCRIBERS = "subscribers"


class AudienceSettings(_Model):
    """A named set of people."""

    title: Localised = Field(description="What officers call it.")
    role: Role = Field(description="promoters (told first), internal, invited, media, or subscribers.")
    trusted_with_embargo: bool = Field(
        default=False, description="Whether they may read before its embargo what is not to be published yet."
    )


class WarmUp(_Model):
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


class Alerts(_Model):
    """Who is told when something needs a person."""

    to: tuple[Annotated[str, Field(pattern=_ADDRESS)], ...] = Field(
        default=(), description="Addresses of those who look after the announcements; in trial mode, too."
    )
    through: Slug = Field(default="email", description="The channel that carries alerts; one of the kind email.")


#: Pages of the website beside which those of topics lie: no topic can have such a name.
PAGES_BESIDE_TOPICS = frozenset({"archive", "dates", "documents", "follow", "press", "record"})


class Subscribing(_Model):
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
    security_contact: Annotated[str, Field(pattern=_ADDRESS)] | None = Field(
        default=None, description="Where security.txt sends reports; the point of contact unless it is given."
    )


class Digests(_Model):
    """When the newsletters go that carry what was announced since the last one."""

    at: TimeOfDay = Field(default=time(8), description="The time of day, for those by day and by week: `08:00`.")
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        default="friday", description="The day of those by week."
    )

    @property
    def isoweekday(self) -> int:
        """The day of those by week; 1 is Monday."""
        return [*get_args(type(self).model_fields["weekday"].annotation)].index(self.weekday) + 1


class Retention(_Model):
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


class Desk(_Model):
    """Where officers see what goes out, approve it, and watch it go."""

    address: Annotated[str, Field(pattern=r"^https?://[^\s/?#@]+$")] | None = Field(
        default=None,
        description="Where officers find the desk, if a web server stands before it: `https://desk.example.org`.",
    )
    through: Slug = Field(
        default="email", description="The channel that carries links to sign in; one of the kind email."
    )
    sign_in: Annotated[tuple[WayIn, ...], Field(min_length=1)] = Field(
        default=("password", "link", "openid"),
        description="How people sign in, as far as it is set up: `[openid]` lets nobody in by a password or a mailed "
        "link. Links that an operator hands over always open.",
    )
    openid: OpenID | None = Field(
        default=None, description="The town hall's own accounts, by which officers sign in (OpenID Connect)."
    )


class Look(_Model):
    """What a page or mail looks like."""

    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = Field(
        default="#14508c",
        description="One colour for links, buttons and the band on top; must be readable on white.",
    )
    logo: str | None = Field(default=None, description="Path of a PNG or JPEG below config/.")
    logo_alt: Localised = Field(default="", description="What the logo says, for those who do not see it.")


class Settings(_Model):
    """Settings of a workspace of Communiqué."""

    government: Government = Field(description="The local government that speaks.")
    languages: tuple[Language, ...] = Field(
        min_length=1, description="Languages of the website; the first is the default."
    )
    locales: Mapping[Language, str] = Field(
        default={},
        description="How dates are written where the language alone does not say: `{en: en-GB, ar: ar-MA}`.",
    )
    timezone: Zone = Field(description="Zone of the tz database in which all times in campaign files are meant.")
    holidays: Holidays = Field(description="Whose public holidays are no working days.")
    day_starts: TimeOfDay = Field(default=time(9), description="The time of day meant by a date without one.")
    late_window: Duration = Field(
        default=timedelta(hours=24),
        description="How late a message may still go out when its announcement says nothing.",
    )
    disk_reserve: Annotated[int, Field(ge=0)] = Field(
        default=64, description="Megabytes that must be free on disk; below that nothing is sent, until there is room."
    )
    mode: Mode = Field(
        default=Mode.TRIAL,
        description="trial (mail reaches the allow-list only, posts go to a folder) or live.",
    )
    allow_list: tuple[Annotated[str, Field(pattern=_ADDRESS)], ...] = Field(
        default=(), description="Addresses that may receive mail in trial mode."
    )
    public_address: Annotated[str, Field(pattern=_SITE)] = Field(
        description="Where the website is seen: `https://open.example.org`."
    )
    approvals: Approvals = Field(
        default=Approvals(), description="How many people must agree before anything goes out."
    )
    alerts: Alerts = Field(default=Alerts(), description="Who is told by mail when something needs a person.")
    subscribing: Subscribing = Field(default=Subscribing(), description="The pages on which people subscribe.")
    digests: Digests = Field(default=Digests(), description="When newsletters by day and by week go.")
    bounces: Bounces = Field(
        default=Bounces(), description="Where returned mail is read, and when an address is given up."
    )
    smallest_count: Annotated[int, Field(ge=2, le=1000)] = Field(
        default=10, description="Numbers of people below it are not said where numbers are handed on."
    )
    retention: Retention = Field(default=Retention(), description="How long what is about people is kept.")
    canary: Canary | None = Field(default=None, description="A mailbox that says whether mails arrive.")
    speaking: Speaking = Field(default=Speaking(), description="How texts are read aloud, on the radio and in videos.")
    desk: Desk = Field(default=Desk(), description="Where officers find their desk.")
    press: Press = Field(default=Press(), description="What stands under every release to the media.")
    look: Look = Field(default=Look(), description="Colour and logo.")
    audiences: Mapping[Slug, AudienceSettings] = Field(default={}, description="Named sets of people, by name.")
    channels: Mapping[Slug, ChannelSettings] = Field(min_length=1, description="Ways out, by the name campaigns use.")

    def topics_in(self, language: str) -> dict[str, str]:
        """The topics people can choose between: a campaign, and what it is called in a language."""
        return {
            campaign: str(localise(title, language, self.languages))
            for campaign, title in self.subscribing.topics.items()
        }

    def paces(self) -> dict[str, Pace]:
        """Of the channels that have one."""
        return {
            name: Pace(
                rate=each.rate,
                warm_up_begins=each.warm_up.begins if each.warm_up else None,
                first_day=each.warm_up.first_day if each.warm_up else 0,
                growth=each.warm_up.growth if each.warm_up else 1,
                per_domain=each.rate_per_domain,
                zone=self.timezone,
            )
            for name, each in self.channels.items()
            if each.rate or each.warm_up or each.rate_per_domain
        }


class Partnership(_Model):
    """The official names of the Open Government Partnership."""

    name: Localised = Field(description="In full, as it is called in this country.")
    short: Localised = Field(description="The abbreviation used after the first mention.")
    local: Localised = Field(description="The programme for local governments.")
    website: str = Field(description="Its address.")


class Glossary(BaseModel):
    """Official names per language; officers may add their own, and use them in templates by name."""

    model_config = ConfigDict(frozen=True, extra="allow")

    partnership: Partnership = Field(description="The official names of the Open Government Partnership.")


def localise(value: Any, language: str, languages: tuple[str, ...]) -> Any:
    """The value in one language: a mapping keyed by languages gives its entry, everything else is walked.

    A regional language that has no entry says what its main one does. Texts in French get the spaces that French has
    before its signs.

    Raises:
        KeyError: the mapping is keyed by languages, but by none that serves this one.
    """
    if isinstance(value, Mapping):
        if value and value.keys() <= serving_any(languages):
            found = language if language in value else nearest(language, value) or language
            return localise(value[found], language, languages)
        return {key: localise(item, language, languages) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [localise(item, language, languages) for item in value]
    return spaced(value, language) if isinstance(value, str) else value
