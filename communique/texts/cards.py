"""Pictures drawn from an announcement's own words and facts, for networks and for those who share its page.

How they look is in `templates/layouts/cards/`, one SVG a shape (`wide`, `screen`, `square`, `tall`), and what is read
instead of them in `alt.txt`. A workspace without these files draws none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from communique.channel import Drawing, Image
from communique.drawing.font_files import installed_fonts
from communique.language.formatting import direction
from communique.localisation.localised import localise
from communique.occasion import CANCEL, Occasion
from communique.phrase import phrase
from communique.problems import Problem
from communique.read.sources import Sources
from communique.settings import Settings
from communique.texts.accent import WHITE, readable_on
from communique.texts.articles import wants_no_picture
from communique.texts.pictures import as_address, logo_of
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.wording import Wording
from communique.texts.words import Words

FOLDER = "cards"
#: The shape of the card that networks show of a page (Open Graph).
PAGE_CARD = "wide"
_SIZE = re.compile(r'<svg\b[^>]*?\swidth="(\d+)"[^>]*?\sheight="(\d+)"', re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Cards:
    """Draws the cards of a workspace."""

    sources: Sources
    settings: Settings
    templates: Templates
    words: Words

    def card(
        self, shape: str, occasion: Occasion, wording: Wording, context: Mapping[str, Any], headline: str
    ) -> Drawing | None:
        """The card of one text; None where the text wants none, and without a drawing of that shape, or without fonts.

        Raises:
            TemplateProblemError: the drawing or its words cannot be filled.
        """
        if wants_no_picture(wording):
            return None
        about = {"headline": headline, "meeting": meeting_of(occasion, wording, context)}
        return self.drawing(shape, {**context, **self.beside(context["language"]), **about})

    def drawing(self, shape: str, shown: Mapping[str, Any], words: str = "alt.txt") -> Drawing | None:
        """A drawing from all that it shows; `words` is the layout of what is read instead of it.

        Raises:
            TemplateProblemError: the drawing or its words cannot be filled.
        """
        name = f"{FOLDER}/{shape}.svg"
        file = f"templates/layouts/{name}"
        if not (shape and self.sources.read(file) and installed_fonts()):
            return None
        source = self.templates.fill_layout(name, shown)
        size = _SIZE.search(source)
        if size is None:
            raise TemplateProblemError(_no_size(file))
        alt = " ".join(self.templates.fill_layout(f"{FOLDER}/{words}", shown).split())
        return Drawing(source=source, file=file, alt=alt, width=int(size[1]), height=int(size[2]))

    def beside(self, language: str) -> dict[str, Any]:
        """What every drawing may show, beside facts: direction, fixed phrases, colour and logo, our address."""
        look = self.settings.look
        logo = logo_of(self.sources, look.logo)
        return {
            "dir": direction(language),
            "words": self.words.of(language),
            "look": {
                "accent": readable_on(WHITE, look.accent),
                "logo": as_address(logo) if logo else "",
                "logo_alt": localise(look.logo_alt, language, self.settings.languages),
            },
            "address": _without_scheme(self.settings.public_address),
        }


def meeting_of(occasion: Occasion, wording: Wording, context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The meeting that an announcement is about: the one it invites to, or else the first one that its text names.

    Empty when there is none, or none with a date, or it is off: a card says no more than the text it goes with.
    """
    if occasion.method == CANCEL:
        return {}
    facts = context["facts"]
    text = wording.raw.decode("utf-8", "replace")
    named = [name for name in facts if name == occasion.meeting_fact or re.search(rf"\bfacts\.{name}\b", text)]
    dated = [
        {"place": "", **facts[name]} for name in named if isinstance(facts[name], Mapping) and "start" in facts[name]
    ]
    return min(dated, key=lambda meeting: meeting["start"], default={})


def drawn(card: Drawing) -> Image:
    """A card as a picture."""
    from communique.drawing.pixels import png  # loads what shapes and draws, for who looks

    return Image(
        data=png(card.source), media_type="image/png", alt=card.alt, width=card.width, height=card.height, drawn=True
    )


@dataclass(frozen=True)
class DrawnWhenSeen(Mapping[str, Image]):
    """Pictures by the names of their drawings, each drawn when somebody takes it: a channel may need one of many."""

    drawings: Mapping[str, Drawing]

    def __getitem__(self, name: str) -> Image:
        return drawn(self.drawings[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.drawings)

    def __len__(self) -> int:
        return len(self.drawings)


def outlines(card: Drawing) -> str:
    """A card as SVG without fonts, which looks the same everywhere."""
    from communique.drawing.pixels import outlined  # loads what shapes, for who looks

    return outlined(card.source).svg


def undrawn(card: Drawing) -> Image:
    """What stands for a card where only its size and words count: drawn, it weighs some ten kilobytes."""
    return Image(data=b"", media_type="image/png", alt=card.alt, width=card.width, height=card.height, drawn=True)


def _without_scheme(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def _no_size(file: str) -> Problem:
    return Problem(
        code="wrong-drawing",
        message=phrase("expected `width` and `height` in whole numbers in the element `svg`, found none"),
        hint=phrase('Begin the drawing with: <svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" …>'),
        file=file,
        line=1,
        column=1,
    )
