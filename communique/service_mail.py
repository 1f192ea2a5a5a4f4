"""Mails of the service itself, as their readers see them: a text of a layout in the shell of all mails."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from communique.channel import Mail
from communique.language.formatting import direction
from communique.texts import markdown
from communique.texts.accent import WHITE, readable_on
from communique.workspace import Workspace


def service_mail(
    workspace: Workspace, language: str, layout: str, subject: str, context: Mapping[str, Any], *, role: str
) -> Mail:
    """The mail whose text is `templates/layouts/<layout>`, filled with `context` and the words of the language.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    settings = workspace.settings
    known = {
        **workspace.renderer.facts.about_us(language),
        "dir": direction(language),
        "words": workspace.words.of(language),
        **context,
    }
    path = f"templates/layouts/{layout}"
    source = workspace.sources.read(path) or b""
    body = workspace.templates.fill_markdown(path, source.decode(), known)
    shell = {
        **known,
        "subject": subject,
        "headline": subject,
        "preheader": "",
        "greeting": "",
        "body": Markup(markdown.to_html(body)),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
        "text_body": Markup(markdown.to_text(body)),  # noqa: S704 - plain text for a plain text shell
        "role": role,
        "pages": {},
        "look": {"accent": readable_on(WHITE, settings.look.accent), "logo": ""},
    }
    return Mail(
        subject=subject,
        text=workspace.templates.fill_layout("mail.txt", shell),
        html=workspace.templates.fill_layout("mail.html", shell),
        reply_to=settings.government.contact.email,
    )
