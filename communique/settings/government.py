"""Who speaks: the local government, its place, its look, and the partnership by its official names."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from communique.localisation.localised import Localised
from communique.settings.model import Model
from communique.settings.values import MAILBOX

_HTTPS = r"^https://[^\s/?#]+(/[^\s?#]*)?$"


class Contact(Model):
    """The Local Government Point of Contact."""

    name: str = Field(description="The person's name.")
    role: Localised = Field(description="What the person is called in the process.")
    email: Annotated[str, Field(pattern=MAILBOX)] = Field(description="Where answers go (Reply-To).")
    phone: str = Field(default="", description="With the country code: `+34 955 000 000`.")


class Statement(Model):
    """A page of the government's own website that every public page leads to."""

    title: Localised = Field(description="As its link is called: `Accessibility statement`.")
    address: Annotated[str, Field(pattern=_HTTPS)] = Field(description="Where it is.")


class Government(Model):
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


class Holidays(Model):
    """Whose public holidays are no working days."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = Field(description="ISO 3166-1: `ES`.")
    subdivision: str | None = Field(default=None, description="ISO 3166-2 without the country: `AN`.")


class Look(Model):
    """What a page or mail looks like."""

    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = Field(
        default="#14508c",
        description="One colour for links, buttons and the band on top; must be readable on white.",
    )
    logo: str | None = Field(default=None, description="Path of a PNG or JPEG below config/.")
    logo_alt: Localised = Field(default="", description="What the logo says, for those who do not see it.")


class Partnership(Model):
    """The official names of the Open Government Partnership."""

    name: Localised = Field(description="In full, as it is called in this country.")
    short: Localised = Field(description="The abbreviation used after the first mention.")
    local: Localised = Field(description="The programme for local governments.")
    website: str = Field(description="Its address.")


class Glossary(BaseModel):
    """Official names per language; officers may add their own, and use them in templates by name."""

    model_config = ConfigDict(frozen=True, extra="allow")

    partnership: Partnership = Field(description="The official names of the Open Government Partnership.")
