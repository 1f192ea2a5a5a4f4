"""A newsletter by day or week as its reader sees it: what was announced, in the shell of all mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from communique.channel import Mail, Recipient
from communique.language.formatting import direction
from communique.occasion import Occasion
from communique.routes import Route
from communique.subscription import Frequency
from communique.texts.mail_shell import in_shell
from communique.texts.rendering import Renderer


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One announcement in it."""

    headline: str
    summary: str
    html: str  #: the whole text, as a fragment
    text: str
    link: str  #: of its page; empty without one, and then the whole text is shown
    language: str
    day: date  #: when it was announced, local


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """What one newsletter carries."""

    frequency: Frequency
    due_at: datetime  #: UTC
    pieces: Sequence[Piece]


def piece_of(renderer: Renderer, occasion: Occasion, route: Route, language: str, recipient: Recipient) -> Piece:
    """An announcement in a language, as one person reads it.

    Raises:
        TemplateProblemError: something is missing or wrong, with its place.
    """
    article, link = renderer.article(occasion, route, recipient._replace(language=language))
    return Piece(
        headline=article.headline,
        summary=article.summary,
        html=article.html,
        text=article.text,
        link=link,
        language=language,
        day=occasion.due_at.astimezone(renderer.facts.settings.timezone).date(),
    )


def write_digest(renderer: Renderer, digest: Digest, recipient: Recipient, role: str) -> Mail:
    """One person's mail.

    Raises:
        TemplateProblemError: a layout is missing or wrong.
    """
    language, settings = recipient.language, renderer.facts.settings
    words = renderer.words.of(language)
    name = str(words["mail"]["digest"][digest.frequency])
    day = digest.due_at.astimezone(settings.timezone).date()
    known: dict[str, Any] = {
        **renderer.facts.about_us(language),
        "dir": direction(language),
        "words": words,
        "pieces": [_shown(renderer, piece, language) for piece in digest.pieces],
    }
    content = {
        "subject": f"{name}{words['colon']} {digest.pieces[0].headline}",
        "headline": f"{name}{words['colon']} {renderer.templates.written_date(day, language)}",
        "preheader": " · ".join(piece.headline for piece in digest.pieces),
        "body": Markup(renderer.templates.fill_layout("digest.html", known)),  # noqa: S704 - escaped by the layout
        "text_body": Markup(renderer.templates.fill_layout("digest.txt", known)),  # noqa: S704 - plain text
    }
    return in_shell(renderer, recipient, role, content)


def _shown(renderer: Renderer, piece: Piece, language: str) -> dict[str, Any]:
    return {
        "headline": piece.headline,
        "summary": piece.summary,
        "html": Markup(piece.html),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
        "text": Markup(piece.text),  # noqa: S704 - plain text for a plain text shell
        "link": piece.link,
        "language": piece.language,
        "dir": direction(piece.language),
        "day": renderer.templates.written_date(piece.day, language),
    }
