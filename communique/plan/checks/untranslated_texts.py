"""Texts that were copied for another language and have not been translated, or not to their end: warnings only."""

from collections.abc import Iterator

from communique.campaign import Campaign
from communique.localisation.regional_languages import strangers
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.texts.left_untranslated import WORDS, Left, lines_left, phrases_left
from communique.texts.wording import files_for
from communique.workspace import Workspace

CODE = "left-untranslated"


def check_phrases(workspace: Workspace) -> Iterator[Problem]:
    """Of each file of fixed phrases; the first language is the original, and is held against none."""
    languages = workspace.settings.languages
    for number, language in enumerate(languages):
        found = list(phrases_left(workspace.sources, language, strangers(language, languages[:number])))
        yield from _first_of(found, f"{WORDS}/{language}.yaml", language)


def check_campaign_texts(workspace: Workspace, campaign: Campaign) -> Iterator[Problem]:
    """Of each text of the announcements."""
    for name, announcement in campaign.announcements.items():
        if CODE in {**campaign.waive, **announcement.waive}:
            continue
        languages = campaign.languages_of(name)
        for number, language in enumerate(languages[1:], 1):
            others = strangers(language, languages[:number])
            for path in files_for(workspace.sources, campaign.campaign, name, language).values():
                found = list(lines_left(workspace.sources, path, others))
                yield from _first_of(found, path, language)


def _first_of(found: list[Left], path: str, language: str) -> Iterator[Problem]:
    """One problem for all of a file: whoever copied it knows, and is not to scroll through hundreds."""
    if not found:
        return
    first, *others = found
    more = phrase("; more like it: {number}", number=len(others)) if others else ""
    said = f"`{first.what}`" if first.what else f"“{first.said}”"
    yield Problem(
        code=CODE,
        message=phrase(
            "expected words in `{language}`, found {said} as in `{other}`{more}",
            language=language,
            said=said,
            other=first.other,
            more=more,
        ),
        hint=phrase("Translate what is left. `communique language {language}` says what that is.", language=language),
        severity=Severity.WARNING,
        file=path,
        line=first.line,
        column=first.column,
        source=first.said if not first.what else "",
    )
