"""The ways out that a workspace has open, as far as planning needs to know them: nothing here opens a connection."""

from collections.abc import Mapping
from dataclasses import dataclass

from communique.channel import Channel, Form, InDoubt, Reach
from communique.settings import Settings

#: The adapters there are, by the word officers write (`channels/__init__.py`).
Kinds = Mapping[str, type[Channel]]

#: The audience the newsletter goes to, whatever an announcement says.
SUBSCRIBERS = "subscribers"


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One channel of the settings."""

    name: str
    kind: str
    reach: Reach
    form: Form
    in_doubt: InDoubt
    local: bool
    languages: tuple[str, ...] | None  #: None: all the campaign's
    card: str = ""  #: the drawing that its posts get: the name of a file in `templates/layouts/cards/`; empty: none

    @property
    def needs_audience(self) -> bool:
        """Whether an announcement must say to whom."""
        return self.reach is Reach.EACH and not self.is_newsletter

    @property
    def is_newsletter(self) -> bool:
        """Whether it goes to subscribers and to nobody else."""
        return self.kind == "newsletter"

    @property
    def is_press(self) -> bool:
        """Whether it goes to newsrooms, in the form of a release."""
        return self.kind == "press"

    @property
    def is_television(self) -> bool:
        """Whether its scripts say what is seen, too."""
        return self.kind == "tv"

    @property
    def is_for_a_person(self) -> bool:
        """Whether it writes what somebody then posts, and says so."""
        return self.kind in {"handoff", "infographic", "letter", "radio", "tv", "video"}

    def spoken(self, languages: tuple[str, ...]) -> tuple[str, ...]:
        """Those of an announcement's languages that this channel speaks."""
        return tuple(each for each in languages if self.languages is None or each in self.languages)


def routes_of(settings: Settings, kinds: Kinds) -> dict[str, Route]:
    """The open channels by name; those of an unknown kind are left out (a problem of the settings file)."""
    return {
        name: Route(
            name=name,
            kind=channel.kind,
            reach=kinds[channel.kind].reach,
            form=kinds[channel.kind].form,
            in_doubt=kinds[channel.kind].in_doubt,
            local=kinds[channel.kind].local,
            languages=channel.languages,
            card=str(channel.arguments.get("card", getattr(kinds[channel.kind], "card", ""))),
        )
        for name, channel in settings.channels.items()
        if channel.kind in kinds
    }
