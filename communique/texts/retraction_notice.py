"""What takes an announcement back, in the words of its layout."""

from dataclasses import dataclass
from datetime import datetime

from communique.retraction import Retraction
from communique.texts import addresses
from communique.texts.notices import Notice
from communique.texts.rendering import Renderer

_LAYOUT = "templates/layouts/retraction.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """What is taken back, in one language."""

    headline: str
    announced_at: datetime  #: UTC
    retraction: Retraction
    path: str  #: of its page below the website's root; empty without one


def retraction_notice(renderer: Renderer, withdrawn: Withdrawn, language: str, *, on_paper: bool = False) -> Notice:
    """Word of a withdrawal.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    settings, words = renderer.facts.settings, renderer.words.of(language)
    reason, _ = withdrawn.retraction.reason(language)
    known = {
        **renderer.facts.about_us(language),
        "words": words,
        "headline": withdrawn.headline,
        "announced_on": withdrawn.announced_at.astimezone(settings.timezone),
        "reason": reason,
        "link": addresses.page(settings.public_address, withdrawn.path) if withdrawn.path else "",
        "on_paper": on_paper,
    }
    layout = (renderer.sources.read(_LAYOUT) or b"").decode()
    return Notice(
        subject=f"{words['retraction']['title']}{words['colon']} {withdrawn.headline}",
        headline=words["retraction"]["headline"],
        preheader=words["retraction"]["notice"],
        body=renderer.templates.fill_markdown(_LAYOUT, layout, known),
    )
