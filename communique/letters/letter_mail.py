"""A letter as its reader sees it. It has no word that was typed into a form: nobody can send text through us."""

from markupsafe import Markup

from communique.channel import Mail, Secret
from communique.language.formatting import direction
from communique.store.letters import Letter, LetterKind
from communique.texts import addresses, markdown, tokens
from communique.texts.accent import WHITE, readable_on
from communique.workspace import Workspace

_LAYOUT = "templates/layouts/letter.md"
_PAGES = {
    LetterKind.CONFIRM: ("confirm", tokens.CONFIRM),
    LetterKind.CHANGE_NEW: ("confirm", tokens.CONFIRM),
    LetterKind.CHANGE_OLD: ("confirm-old", tokens.CONFIRM_OLD),
}


def letter_mail(workspace: Workspace, letter: Letter, key: Secret) -> Mail:
    """The mail of a letter.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
        KeyError: the phrases of the letter are missing.
    """
    settings, language = workspace.settings, language_of(workspace, letter)
    words = workspace.words.of(language)
    phrases = words["letters"][str(letter.kind)]
    about = workspace.renderer.facts.about_us(language)
    context = {
        **about,
        "dir": direction(language),
        "words": words,
        "letter": phrases,
        "link": Markup(link_of(workspace, letter, key)),  # noqa: S704 - ours: letters, digits, `-`, `_`, `/`
    }
    source = workspace.sources.read(_LAYOUT) or b""
    body = workspace.templates.fill_markdown(_LAYOUT, source.decode(), context)
    shell = {
        **context,
        "subject": phrases["subject"],
        "headline": phrases["subject"],
        "preheader": "",
        "greeting": "",
        "body": Markup(markdown.to_html(body)),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
        "text_body": Markup(markdown.to_text(body)),  # noqa: S704 - plain text for a plain text shell
        "role": "confirmation",
        "pages": {},
        "look": {"accent": readable_on(WHITE, settings.look.accent), "logo": ""},
    }
    return Mail(
        subject=phrases["subject"],
        text=workspace.templates.fill_layout("mail.txt", shell),
        html=workspace.templates.fill_layout("mail.html", shell),
        reply_to=settings.government.contact.email,
    )


def language_of(workspace: Workspace, letter: Letter) -> str:
    """The one that was asked for, while the site speaks it."""
    spoken = workspace.settings.languages
    return letter.language if letter.language in spoken else spoken[0]


def link_of(workspace: Workspace, letter: Letter, key: Secret) -> str:
    """Where its reader confirms."""
    path, purpose = _PAGES[letter.kind]
    return addresses.page(workspace.settings.public_address, f"{path}/{tokens.sign(purpose, letter.request, key)}")
