"""Something said about an announcement that went out, as a mail or a letter: a text of a layout in the shell of all."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from communique.channel import Letter, Mail, Recipient
from communique.language.formatting import direction
from communique.postal_address import PostalAddress
from communique.texts import markdown
from communique.texts.mail_shell import in_shell
from communique.texts.pictures import logo_of
from communique.texts.rendering import Renderer


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What it says, in one language."""

    subject: str
    headline: str
    preheader: str
    body: str  #: Markdown


def notice_mail(renderer: Renderer, notice: Notice, recipient: Recipient, role: str, *, chooses: bool) -> Mail:
    """One person's mail; with `chooses` it links to the page on which its readers choose what they get.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    content = {
        "subject": notice.subject,
        "headline": notice.headline,
        "preheader": notice.preheader,
        "body": Markup(markdown.to_html(notice.body)),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
        "text_body": Markup(markdown.to_text(notice.body)),  # noqa: S704 - plain text for a plain text shell
    }
    return in_shell(renderer, recipient, role, content, chooses=chooses)


def notice_letter(
    renderer: Renderer, notice: Notice, recipient: Recipient, postal: PostalAddress, reference: str, at: datetime
) -> Letter:
    """One person's letter; `reference` is its identity, `at` the time it is dated by.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    from communique.texts import paper  # loads what draws codes, for who writes letters

    language, settings = recipient.language, renderer.facts.settings
    words = renderer.words.of(language)
    logo = logo_of(renderer.sources, settings.look.logo)
    address = paper.lines_to(recipient, postal, settings)
    shell = {
        **renderer.facts.about_us(language),
        "dir": direction(language),
        "words": words,
        "look": renderer.look(language),
        "headline": notice.subject,
        "greeting": words["paper"]["dear"].format(name=recipient.name) if recipient.name else "",
        "body": Markup(paper.with_addresses(markdown.to_html(notice.body))),  # noqa: S704 - as above
        "announcement": {"date": at.astimezone(settings.timezone)},
        "answer_url": "",
        "meeting": {},
        **paper.on_the_sheet(settings, logo, "", reference, at),
        **paper.in_the_window(address),
    }
    return Letter(
        subject=notice.subject,
        text=markdown.to_text(notice.body),
        html=renderer.templates.fill_layout("letter.html", shell),
        address=address,
        cover=paper.cover_of(words, notice.subject, language),
    )
