"""The mail that takes an announcement back: a text of a layout in the shell of all mails."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from communique.channel import Mail, Recipient
from communique.language.formatting import direction
from communique.retraction import Retraction
from communique.texts import addresses, markdown
from communique.texts.mail_shell import in_shell
from communique.texts.rendering import Renderer

_LAYOUT = "templates/layouts/retraction.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class RetractionNotice:
    """What it says."""

    headline: str  #: of what is withdrawn
    announced_at: datetime  #: UTC
    retraction: Retraction
    path: str  #: of the announcement's page below the website's root; empty without one
    chooses: bool  #: whether its readers can choose what they get


def write_notice(renderer: Renderer, notice: RetractionNotice, recipient: Recipient, role: str) -> Mail:
    """One person's mail.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    language, settings = recipient.language, renderer.facts.settings
    words = renderer.words.of(language)
    reason, _ = notice.retraction.reason(language)
    known = {
        **renderer.facts.about_us(language),
        "dir": direction(language),
        "words": words,
        "headline": notice.headline,
        "announced_on": notice.announced_at.astimezone(settings.timezone),
        "reason": reason,
        "link": addresses.page(settings.public_address, notice.path) if notice.path else "",
    }
    body = renderer.templates.fill_markdown(_LAYOUT, (renderer.sources.read(_LAYOUT) or b"").decode(), known)
    content = {
        "subject": f"{words['retraction']['title']}: {notice.headline}",
        "headline": words["retraction"]["headline"],
        "preheader": words["retraction"]["notice"],
        "body": Markup(markdown.to_html(body)),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
        "text_body": Markup(markdown.to_text(body)),  # noqa: S704 - plain text for a plain text shell
    }
    return in_shell(renderer, recipient, role, content, chooses=notice.chooses)
