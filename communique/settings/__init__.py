"""Who we are and which channels are open: what `config/settings.yaml` and `config/glossary.yaml` may say."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import Field

from communique.campaign import Slug
from communique.delivery import Mode
from communique.localisation.localised import Language, localise
from communique.pace import Pace
from communique.settings.channels import RETURN_TAG, ChannelSettings, WarmUp
from communique.settings.government import Contact, Glossary, Government, Holidays, Look, Partnership, Statement
from communique.settings.mailboxes import Bounces, Canary
from communique.settings.media import Press, Speaking
from communique.settings.model import Model
from communique.settings.officers import Alerts, Approvals, Desk
from communique.settings.readers import (
    ORIGIN,
    PAGES_BESIDE_TOPICS,
    AudienceSettings,
    Digests,
    Retention,
    Role,
    Subscribing,
)
from communique.settings.values import MAILBOX, Duration, TimeOfDay, Zone

__all__ = [
    "ORIGIN",
    "PAGES_BESIDE_TOPICS",
    "RETURN_TAG",
    "Alerts",
    "Approvals",
    "AudienceSettings",
    "Bounces",
    "Canary",
    "ChannelSettings",
    "Contact",
    "Desk",
    "Digests",
    "Glossary",
    "Government",
    "Holidays",
    "Look",
    "Partnership",
    "Press",
    "Retention",
    "Role",
    "Settings",
    "Speaking",
    "Statement",
    "Subscribing",
    "WarmUp",
]

#: The host as the DNS has it: feed ids, Message-IDs and links are made of it.
_SITE = r"^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?$"
_LETTER_PAPER = "us-10"  #: the window of letters that are folded from it


class Settings(Model):
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
    allow_list: tuple[Annotated[str, Field(pattern=MAILBOX)], ...] = Field(
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
    paper: Literal["a4", "letter"] | None = Field(
        default=None,
        description="What posters, releases, agendas and scripts are printed on. Default: what letters are printed on "
        "(`window: us-10` is for Letter paper), else A4.",
    )
    audiences: Mapping[Slug, AudienceSettings] = Field(default={}, description="Named sets of people, by name.")
    channels: Mapping[Slug, ChannelSettings] = Field(min_length=1, description="Ways out, by the name campaigns use.")

    def topics_in(self, language: str) -> dict[str, str]:
        """The topics people can choose between: a campaign, and what it is called in a language."""
        return {
            campaign: str(localise(title, language, self.languages))
            for campaign, title in self.subscribing.topics.items()
        }

    @property
    def printed_on(self) -> str:
        """The size of the paper, as CSS names it."""
        windows = {each.arguments.get("window") for each in self.channels.values() if each.kind == "letter"}
        return self.paper or ("letter" if windows == {_LETTER_PAPER} else "a4")

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
