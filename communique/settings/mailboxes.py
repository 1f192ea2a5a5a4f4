"""What the settings say of mailboxes that are read: for returned mail, and to see whether mails arrive."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from communique.campaign import Slug
from communique.settings.model import Model
from communique.settings.values import MAILBOX, Duration

ANSWERS = "bounces.answers"  #: the place in the settings of the mailbox for answers to meetings
TAGGED = r"^[^@\s<>,;{}]*\{tag\}@[^@\s<>,;{}]+$"


class ImapMailbox(Model):
    """A mailbox that is read over the network."""

    host: str = Field(description="The mail server: `imap.example.org`. Its certificate must be good.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=993, description="993; with `starttls` usually 143.")
    tls: Literal["implicit", "starttls", "none"] = Field(
        default="implicit", description="none only for a server on this machine."
    )
    ca_file: str | None = Field(
        default=None,
        description="Path of the authority that signed the server's certificate, if none this machine trusts.",
    )
    username: str = Field(description="For logging in.")
    password: str = Field(description="NAME of the environment variable that holds the password.")
    folder: str = Field(default="INBOX", description="The folder that is read.")
    move_to: str | None = Field(
        default=None,
        description="A folder that messages are moved to when they have been read. Default: marked as seen.",
    )


class BounceListener(Model):
    """Where the mail server on this machine hands returned mail over."""

    port: Annotated[int, Field(ge=1, le=65535)] = Field(description="On 127.0.0.1.")
    protocol: Literal["lmtp", "smtp"] = Field(default="lmtp", description="lmtp, or smtp where it cannot do that.")


class AnswersMailbox(Model):
    """Where answers to meetings lie, of calendars and in words: for them alone, as each message is marked as seen."""

    maildir: str | None = Field(default=None, description="A maildir that the mail server delivers to.")
    imap: ImapMailbox | None = Field(default=None, description="A mailbox that is read over the network.")


class BounceBrake(Model):
    """When so many addresses of one domain are said not to exist that the provider must have erred.

    Then nobody there is given up, whoever was is let back in, and the officers are told. Who is refused so again after
    `within` is given up.
    """

    people: Annotated[int, Field(ge=2, le=1000)] = Field(default=5, description="At least so many people…")
    percent: Annotated[int, Field(ge=1, le=100)] = Field(
        default=20, description="…who are so much of what was written to the domain, and five times as much as before…"
    )
    within: Duration = Field(default=timedelta(days=1), description="…within this time.")


class BounceStop(Model):
    """When so many mails of an announcement come back that the rest of them waits for a person.

    Providers take who goes on for a spammer. What comes back because nobody is there, or because a server does not want
    our mails, counts.
    """

    copies: Annotated[int, Field(ge=1, le=100_000)] = Field(default=10, description="At least so many mails…")
    percent: Annotated[int, Field(ge=1, le=100)] = Field(
        default=5, description="…and so much of those that have left; 100: only when all do."
    )


class Bounces(Model):
    """Where returned mail and complaints are read, and when an address is given up."""

    maildir: str | None = Field(
        default=None, description="A maildir that the mail server delivers to: `/var/mail/bounces`."
    )
    imap: ImapMailbox | None = Field(default=None, description="A mailbox that is read over the network.")
    listen: BounceListener | None = Field(
        default=None, description="Where the mail server on this machine hands returned mail over."
    )
    calendar_answers: Annotated[str, Field(pattern=TAGGED)] | None = Field(
        default=None,
        description="Where calendars answer an invitation, if that comes to a place that is read: "
        "`answers+{tag}@town.example`.",
    )
    answers: AnswersMailbox | None = Field(
        default=None,
        description="The mailbox that answers to meetings come to, of calendars and in words, if it is another one.",
    )
    every: Duration = Field(default=timedelta(minutes=1), description="How often they are looked at: `1 minute`.")
    soft: Annotated[int, Field(ge=1, le=100)] = Field(
        default=3, description="An address is given up when so many mails could not be delivered for the time being…"
    )
    within: Duration = Field(default=timedelta(days=30), description="…within this time.")
    brake: BounceBrake = Field(
        default=BounceBrake(), description="When a provider refuses too many people at once to be believed."
    )
    stop: BounceStop = Field(
        default=BounceStop(), description="When so many mails of an announcement come back that the rest waits."
    )

    @property
    def are_read(self) -> bool:
        """Whether there is a place to look for returned mail."""
        return bool(self.maildir or self.imap or self.listen)

    @property
    def maildirs(self) -> dict[str, bool]:
        """Those that are looked into, each with whether it is for answers."""
        named = {self.maildir: False, (self.answers and self.answers.maildir): True}
        return {each: is_to_answers for each, is_to_answers in named.items() if each}

    @property
    def imaps(self) -> dict[str, ImapMailbox]:
        """Those that are looked into, by the place in the settings that names them."""
        named = {"bounces": self.imap, ANSWERS: self.answers and self.answers.imap}
        return {place: imap for place, imap in named.items() if imap}


class Canary(Model):
    """A mailbox of your own that is written to now and then, to see whether mails arrive."""

    address: Annotated[str, Field(pattern=MAILBOX)] = Field(
        description="Its address, best with another provider than yours; in trial mode, too."
    )
    through: Slug = Field(default="email", description="The channel that is looked after; one of the kind email.")
    every: Duration = Field(default=timedelta(hours=1), description="How often a mail is sent: `1 hour`.")
    patience: Duration = Field(
        default=timedelta(minutes=30), description="How long a mail may take before somebody is told: `30 minutes`."
    )
    maildir: str | None = Field(default=None, description="A maildir that it lies in: `/var/mail/canary`.")
    imap: ImapMailbox | None = Field(default=None, description="The mailbox, read over the network.")
