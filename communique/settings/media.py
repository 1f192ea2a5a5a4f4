"""What the settings say of radio and press: how names are said, how fast texts are read."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from communique.localisation.localised import Language, Localised
from communique.settings.model import Model
from communique.settings.values import MAILBOX

COUNTRY_NUMBER = r"^\+[0-9]{1,3}$"
DIGITS = r"^[0-9]*$"


class Speaking(Model):
    """How texts are read aloud."""

    pronunciation: Mapping[str, Localised] = Field(
        default={},
        description="Names as they are said, for whoever reads a script and for the voice of its recording: "
        "`{OGP: {es: o ge pe, en: O G P}}`.",
    )
    dialled: Mapping[Annotated[str, Field(pattern=COUNTRY_NUMBER)], Annotated[str, Field(pattern=DIGITS)]] = Field(
        default={},
        description='What your listeners dial instead of your country\'s number, which is not said: `{"+34": ""}`, '
        '`{"+44": "0"}`.',
    )
    words_per_minute: Mapping[Language, Annotated[int, Field(ge=60, le=300)]] = Field(
        default={},
        description="How fast your announcers read, by language: `{es: 150}`. Default: 0.7 of what readers say aloud "
        "in the International Reading Speed Texts (2012), for English 160.",
    )


class PressContact(Model):
    """Whom newsrooms ask."""

    name: str = Field(description="The person's name.")
    role: Localised = Field(default="", description="What the person is: `Press officer`.")
    email: Annotated[str, Field(pattern=MAILBOX)] = Field(description="Where answers go (Reply-To).")
    phone: str = Field(default="", description="With the country code: `+34 955 000 000`.")


class Press(Model):
    """What stands under every release."""

    boilerplate: Localised = Field(
        default="", description="A paragraph that says who we are and what this is about, the same under each release."
    )
    contact: PressContact | None = Field(default=None, description="Whom newsrooms ask. Default: the point of contact.")
