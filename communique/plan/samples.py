"""What an announcement will say, to somebody who is invented: for checks, previews and counts."""

from dataclasses import replace

from communique.channel import (
    Form,
    Infographic,
    Letter,
    Mail,
    Message,
    Post,
    Reach,
    Recipient,
    Script,
    Video,
)
from communique.occasion import Occasion
from communique.publication import Publication
from communique.routes import Route
from communique.texts.cards import undrawn
from communique.texts.invented_names import names_of
from communique.texts.own_address import own_address
from communique.texts.rendering import Addressee, Renderer
from communique.texts.words import Words
from communique.website.infographics import infographic_of
from communique.workspace import Workspace

SAMPLE_ADDRESS = "sample@example.org"

Sample = Mail | Letter | Post | Script | Infographic | Video | Publication


def sample_recipient(words: Words, language: str) -> Recipient:
    """The first of a language's invented people."""
    return _nobody(language)._replace(name=names_of(words.of(language)).people[0])


def _nobody(language: str) -> Recipient:
    return Recipient(id="0", address=SAMPLE_ADDRESS, name="Sample", language=language, organisation="Example")


def sample_of(workspace: Workspace, renderer: Renderer, occasion: Occasion, route: Route, language: str) -> Sample:
    """What goes through a channel, in a language.

    Raises:
        TemplateProblemError: it cannot be written.
    """
    if route.reach is Reach.EACH:
        addressee = Addressee(
            recipient=sample_recipient(renderer.words, language), role=first_role(renderer, occasion, route)
        )
        return sample_to(renderer, occasion, route, addressee)
    if route.form is Form.POST:
        return renderer.post(occasion, route, language)
    if route.form is Form.VIDEO:
        return renderer.video(occasion, route, language)
    if route.form is Form.INFOGRAPHIC:
        return infographic_of(workspace, occasion, route, language)
    if route.form is Form.SCRIPT:
        return renderer.script(occasion, route, language)
    return renderer.publication(occasion, language, occasion.due_at)


def sample_to(renderer: Renderer, occasion: Occasion, route: Route, addressee: Addressee) -> Mail | Letter:
    """The same for somebody in particular."""
    if route.form is Form.LETTER:
        return sample_letter(renderer, occasion, route, addressee)
    return renderer.mail(occasion, route, addressee, occasion.due_at)


def sample_letter(renderer: Renderer, occasion: Occasion, route: Route, addressee: Addressee) -> Letter:
    """A letter to our own address."""
    return renderer.letter(occasion, route, addressee, own_address(renderer.facts.settings), "0" * 8)


def first_role(renderer: Renderer, occasion: Occasion, route: Route) -> str:
    """Of the audiences it goes to, the role of the first (`communique.settings.Role`)."""
    audiences = renderer.facts.settings.audiences
    named = occasion.campaign.announcements[occasion.announcement].to
    known = [audiences[name].role for name in named if name in audiences]
    return str(known[0]) if known and not route.is_newsletter else "subscribers"


def sample_message(
    route: Route, occasion: Occasion, content: Mail | Letter | Post | Script | Infographic | Video, language: str
) -> Message:
    """A message that will never be sent, for checks and counts."""
    campaign = occasion.campaign.campaign
    person = "0" if route.reach is Reach.EACH else "all"
    key = f"{campaign}/{occasion.announcement}/{occasion.occurrence}/{route.name}/{person}/{language}"
    if isinstance(content, Post | Infographic) and content.card:
        content = replace(content, image=undrawn(content.card), card=None)
    if route.is_newsletter and isinstance(content, Mail):
        # The real link is signed per person; the sample needs one of the same shape.
        content = replace(content, unsubscribe_url="https://example.org/leave/sample")
    return Message(
        key=key,
        reference="sample@example.org",
        created_at=occasion.due_at,
        language=language,
        content=content,
        recipient=_nobody(language) if route.reach is Reach.EACH else None,
    )
