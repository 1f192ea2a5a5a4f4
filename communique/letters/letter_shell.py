"""A letter's words in the shell that all mails have."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from communique.language.formatting import direction
from communique.texts import markdown
from communique.texts.accent import WHITE, readable_on
from communique.workspace import Workspace


def letter_shell(
    workspace: Workspace, layout: str, language: str, context: Mapping[str, Any], *, role: str
) -> tuple[str, str]:
    """Plain text and HTML of the Markdown in a file of `templates/layouts/`; the context's `letter` has the `subject`.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
        KeyError: the phrases of the letter are missing.
    """
    words = workspace.words.of(language)
    about = {
        **workspace.renderer.facts.about_us(language),
        "dir": direction(language),
        "words": words,
        **context,
    }
    source = workspace.sources.read(layout) or b""
    body = workspace.templates.fill_markdown(layout, source.decode(), about)
    subject = context["letter"]["subject"]
    shell = {
        **about,
        "subject": subject,
        "headline": subject,
        "preheader": "",
        "greeting": "",
        "body": Markup(markdown.to_html(body)),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
        "text_body": Markup(markdown.to_text(body)),  # noqa: S704 - plain text for a plain text shell
        "role": role,
        "pages": {},
        "look": {"accent": readable_on(WHITE, workspace.settings.look.accent), "logo": ""},
    }
    return workspace.templates.fill_layout("mail.txt", shell), workspace.templates.fill_layout("mail.html", shell)


def language_of(workspace: Workspace, language: str) -> str:
    """The one that was asked for, while the site speaks it."""
    spoken = workspace.settings.languages
    return language if language in spoken else spoken[0]
