"""Who decides and who is told: approvals, alerts, the desk."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from communique.campaign import Slug
from communique.settings.model import Model
from communique.settings.single_sign_on import OpenID, WayIn
from communique.settings.values import MAILBOX, Duration


class Approvals(Model):
    """How many people must agree before anything goes out."""

    required: Annotated[int, Field(ge=0, le=5)] = Field(
        default=1, description="How many different people must approve; 0 lets everything pass."
    )
    approvers: tuple[str, ...] = Field(default=(), description="Who may approve, by name. Empty: anybody.")
    authors: tuple[str, ...] | None = Field(
        default=None,
        description="Who edits the campaigns that name no `author` of their own. `[]`: nobody but at the desk, which "
        "knows who has edited what. Where two approvals are asked, an author's own does not count.",
    )
    valid_for: Duration = Field(
        default=timedelta(days=180),
        description="How long an approval counts: `180 days`. What has not gone by then waits for another one.",
    )


class Alerts(Model):
    """Who is told when something needs a person."""

    to: tuple[Annotated[str, Field(pattern=MAILBOX)], ...] = Field(
        default=(), description="Addresses of those who look after the announcements; in trial mode, too."
    )
    through: Slug = Field(default="email", description="The channel that carries alerts; one of the kind email.")


class Desk(Model):
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
