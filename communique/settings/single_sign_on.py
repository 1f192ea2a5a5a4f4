"""What the settings say of a provider that vouches for officers at the desk (OpenID Connect Core 1.0)."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from communique.settings.model import Model

#: By which somebody signs in at the desk.
WayIn = Literal["password", "link", "openid"]
DutyName = Literal["editor", "approver", "operator"]
#: In clear only where nobody is in between.
ISSUER = r"^(https://[^\s/?#@]+|http://(localhost|127\.0\.0\.1)(:[0-9]+)?)(/[^\s?#]*)?$"
SCOPE = r"^[!#-\[\]-~]+$"  #: RFC 6749, 3.3


class Groups(Model):
    """Groups at the provider that decide who works at the desk, and as what."""

    claim: str = Field(default="groups", min_length=1, description="The claim that lists a person's groups.")
    duties: Mapping[str, Annotated[tuple[DutyName, ...], Field(min_length=1)]] = Field(
        min_length=1,
        description="By the group's name or id as the claim says it: `{desk-editors: [editor], desk-it: [operator]}`.",
    )


class OpenID(Model):
    """The provider at which officers sign in: the town hall's own accounts."""

    name: str = Field(
        min_length=1, max_length=60, description="What its button says: `the town hall's account`, `Keycloak`."
    )
    issuer: Annotated[str, Field(pattern=ISSUER)] = Field(
        description="As the provider names itself in its discovery document: `https://sso.example.org/realms/town`."
    )
    client_id: str = Field(min_length=1, description="Under which the desk is registered there.")
    client_secret: str | None = Field(
        default=None, description="NAME of the environment variable that holds the secret. None for a public client."
    )
    scopes: tuple[Annotated[str, Field(pattern=SCOPE)], ...] = Field(
        default=("openid", "profile", "email"), description="What is asked for; `openid` is always among it."
    )
    person: str = Field(
        default="email",
        min_length=1,
        description="The claim with the address that somebody was invited to the desk with.",
    )
    trusts_email: bool = Field(
        default=False,
        description="Believe addresses without `email_verified`: only for a provider of your own that never says it.",
    )
    groups: Groups | None = Field(
        default=None, description="Groups that decide who works at the desk. Without it, people are invited."
    )
    ca_file: str | None = Field(
        default=None,
        description="Path of the authority that signed the provider's certificate, if none this machine trusts.",
    )
