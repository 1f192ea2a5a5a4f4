"""A letter as its reader sees it. It has no word that was typed into a form: nobody can send text through us."""

from markupsafe import Markup

from communique.channel import Mail, Secret
from communique.service_mail import service_mail
from communique.store.recipients.letters import Letter, LetterKind
from communique.texts import addresses, tokens
from communique.workspace import Workspace

_LAYOUT = "letter.md"
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
    language = language_of(workspace, letter)
    phrases = workspace.words.of(language)["letters"][str(letter.kind)]
    link = Markup(link_of(workspace, letter, key))  # noqa: S704 - ours: letters, digits, `-`, `_`, `/`
    context = {"letter": phrases, "link": link}
    return service_mail(workspace, language, _LAYOUT, phrases["subject"], context, role="confirmation")


def language_of(workspace: Workspace, letter: Letter) -> str:
    """The one that was asked for, while the site speaks it."""
    spoken = workspace.settings.languages
    return letter.language if letter.language in spoken else spoken[0]


def link_of(workspace: Workspace, letter: Letter, key: Secret) -> str:
    """Where its reader confirms."""
    path, purpose = _PAGES[letter.kind]
    return addresses.page(workspace.settings.public_address, f"{path}/{tokens.sign(purpose, letter.request, key)}")
