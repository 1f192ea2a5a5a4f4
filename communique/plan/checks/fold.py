"""What a network hides of a long post behind “more”: few readers ask for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from communique.channel import Measure, Post
from communique.joined_phrases import all_of
from communique.language.dates_in_text import dates_in
from communique.language.formatting import locale_of
from communique.localisation.localised import localise
from communique.occasion import Occasion
from communique.phrase import Phrase, phrase
from communique.problems import Problem, Severity
from communique.workspace import Workspace


def check_folds(
    workspace: Workspace,
    occasion: Occasion,
    samples: Mapping[tuple[str, str], Any],
    measures: Mapping[tuple[str, str], Measure],
    paths: Mapping[tuple[str, str], str],
) -> Iterator[Problem]:
    """Link, date and place of a post that is folded, where they stand behind the fold."""
    for way, measure in measures.items():
        channel, language = way
        post = samples[way]
        if not isinstance(post, Post) or not 0 < measure.folds < len(_whole(post)):
            continue
        if hidden := list(_hidden(workspace, occasion, post, measure.folds, language)):
            yield Problem(
                code="behind-more",
                message=phrase(
                    "expected {hidden} in the first {folds} characters, which is what {channel} shows, "
                    "found behind “more”",
                    hidden=all_of(hidden),
                    folds=measure.folds,
                    channel=channel,
                ),
                hint=phrase(
                    "Begin with what happens, when and where, and put {{{{ link }}}} there; "
                    "or write a text for this channel alone beside it: {channel}.txt.",
                    channel=channel,
                ),
                severity=Severity.WARNING,
                file=paths[way],
            )


def _hidden(workspace: Workspace, occasion: Occasion, post: Post, folds: int, language: str) -> Iterator[Phrase]:
    whole = _whole(post)
    seen = whole[:folds]
    if post.link and post.link not in seen:
        yield phrase("the link")
    locale = locale_of(language, workspace.settings.locales)
    if any(dates_in(whole, locale)) and not any(dates_in(seen, locale)):
        yield phrase("a date")
    places = list(_places(occasion, language))
    if any(place in whole for place in places) and not any(place in seen for place in places):
        yield phrase("the place")


def _whole(post: Post) -> str:
    """The text with its link, which stands below it where it does not say it."""
    return post.text if not post.link or post.link in post.text else f"{post.text}\n{post.link}"


def _places(occasion: Occasion, language: str) -> Iterator[str]:
    """Of the campaign's meetings."""
    for fact in occasion.campaign.facts.values():
        if isinstance(fact, Mapping) and "at" in fact and "place" in fact:
            yield str(localise(fact["place"], language, occasion.campaign.languages))
