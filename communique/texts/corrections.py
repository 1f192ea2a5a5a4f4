"""The words of a correction: read from `correction.md` beside the article, and put into mails, letters and posts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from communique.channel import Post
from communique.correction import Corrected, Correction, corrected_as, file_of, mark_of
from communique.moments import Milestone
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.problems import Problem
from communique.routes import Route
from communique.texts.articles import write_correction
from communique.texts.notices import Notice
from communique.texts.pack_sheets import pack_sheet
from communique.texts.rendering import Renderer
from communique.texts.templates import TemplateProblemError
from communique.texts.wording import Wording, find, parsed_wording, path_of, read_wording

_THROUGH = "through"
_MOVED = "templates/layouts/correction-moved.md"
_MAIL, _POST = "templates/layouts/correction.md", "templates/layouts/correction.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mended:
    """What is corrected, in one language."""

    headline: str
    announced_at: datetime  #: UTC
    correction: Correction
    link: str  #: what posts about it point to
    has_page: bool  #: whether that is its page


def wording_of(renderer: Renderer, occasion: Occasion, language: str, number: int) -> Wording:
    """The file of an announcement's correction in a language.

    Raises:
        TemplateProblemError: there is none, or it cannot be read.
    """
    file = file_of(number, corrected_as(occasion.occurrence))
    campaign = occasion.campaign.campaign
    path = find(renderer.sources, campaign, occasion.announcement, language, (file,))
    if path is None:
        raise TemplateProblemError(_none(path_of(campaign, occasion.announcement, language, file), language))
    wording, problems = read_wording(renderer.sources, path)
    if wording is None or problems:
        raise TemplateProblemError(*problems)
    return wording


def corrected(
    renderer: Renderer, occasion: Occasion, language: str, wording: Wording, was: Mapping[str, Milestone]
) -> Corrected:
    """The correction as its readers see it. `was`: the milestones as they held when it went out.

    It may say what the article may, with the dates that hold now; `was.kickoff.start` is the date as it was.

    Raises:
        TemplateProblemError: something is missing or wrong, with its place.
    """
    before = renderer.known(replace(occasion, milestones=was), language)["milestones"]
    return write_correction(renderer.templates, wording, {**renderer.known(occasion, language), "was": before})


def written(text: Corrected, through: Sequence[str] = ()) -> str:
    """The file of a correction; each value in quotes, so that whatever was typed is YAML. `through`: these alone."""
    top = {"headline": text.headline, "wrong": text.wrong, "right": text.right}
    if through:
        top[_THROUGH] = ", ".join(through)
    more = f"{text.more.strip()}\n" if text.more.strip() else ""
    return "\n".join(["---", *(f"{key}: {_quoted(value)}" for key, value in top.items()), "---", more])


def through_of(wording: Wording) -> list[str]:
    """The channels through which alone its file says that it goes, in public besides; none: through all."""
    named = wording.top[_THROUGH].source if _THROUGH in wording.top else ""
    return list(dict.fromkeys(filter(None, (each.strip() for each in named.split(",")))))


def as_written(source: str) -> Corrected:
    """What stands in a file, not yet filled; empty where there is nothing, or nothing that can be read."""
    wording, _ = parsed_wording(source.encode(), file_of(1))
    if wording is None:
        return Corrected(headline="", wrong="", right="", more=source)
    top = {key: wording.top[key].source if key in wording.top else "" for key in ("headline", "wrong", "right")}
    return Corrected(**top, more=wording.body.strip())


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedDate:
    """A date that is another one than an announcement's readers know."""

    what: str  #: takes place then
    was: Milestone
    is_now: Milestone


def moved_draft(renderer: Renderer, what: str, moved: Sequence[MovedDate], language: str) -> Corrected:
    """A correction of dates that have moved, in plain words; `what` is the announcement, or the one that takes place.

    Raises:
        TemplateProblemError: the layout or a phrase is missing or wrong.
    """
    wording, problems = read_wording(renderer.sources, _MOVED)
    if wording is None or problems:
        raise TemplateProblemError(*problems)
    known = {
        **renderer.facts.about_us(language),
        "words": renderer.words.of(language),
        "what": what,
        "moved": [_moments(renderer, each) for each in moved],
    }
    return write_correction(renderer.templates, wording, known)


def _moments(renderer: Renderer, each: MovedDate) -> dict[str, Any]:
    """As the layout sees it: without a moment that nobody knows."""
    known = {
        key: {**renderer.facts.moment(at), "has_time": isinstance(at.start, datetime)}
        for key, at in (("was_at", each.was), ("now_at", each.is_now))
        if at.known
    }
    is_end = len(known) > len({at["start"] for at in known.values()})  # only the end has moved
    return {"what": each.what, "same_start": is_end, **known}


def _quoted(value: str) -> str:
    """On one line, as YAML (and JSON) has it."""
    return json.dumps(" ".join(value.split()), ensure_ascii=False)


def correction_notice(renderer: Renderer, mended: Mended, language: str, *, on_paper: bool = False) -> Notice:
    """Word of a correction.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    settings, words = renderer.facts.settings, renderer.words.of(language)
    text, _ = mended.correction.said(language)
    known = {
        **renderer.facts.about_us(language),
        "words": words,
        "headline": mended.headline,
        "announced_on": mended.announced_at.astimezone(settings.timezone),
        "wrong": text.wrong,
        "right": text.right,
        "more": Markup(text.more),  # noqa: S704 - Markdown, filled
        "link": _link(mended) if mended.has_page else "",
        "on_paper": on_paper,
    }
    return Notice(
        subject=f"{words['correction']['title']}{words['colon']} {text.headline}",
        headline=text.headline,
        preheader=text.right,
        body=renderer.templates.fill_markdown(_MAIL, _layout(renderer, _MAIL), known),
    )


def correction_post(renderer: Renderer, mended: Mended, route: Route, language: str) -> Post:
    """What is posted in answer to the announcement's post.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    words, (text, _) = renderer.words.of(language), mended.correction.said(language)
    link = _link(mended)
    known: dict[str, Any] = {
        **renderer.facts.about_us(language),
        "words": words,
        "headline": text.headline,
        "wrong": text.wrong,
        "right": text.right,
        "link": link,
    }
    return Post(
        text=renderer.templates.fill_text(_POST, _layout(renderer, _POST), known).strip(),
        link=link,
        headline=f"{words['correction']['title']}{words['colon']} {text.headline}",
        summary=text.right,
        sheet=pack_sheet(renderer.words, route, language),
    )


def _link(mended: Mended) -> str:
    """The place on the page: an address of its own, by which networks' posts are told apart."""
    return f"{mended.link}#{mark_of(mended.correction.number)}"


def _layout(renderer: Renderer, path: str) -> str:
    return (renderer.sources.read(path) or b"").decode()


def _none(path: str, language: str) -> Problem:
    return Problem(
        code="missing-template",
        message=phrase("expected the correction in `{language}`, found no such file", language=language),
        hint=phrase(
            "Write it: `headline:`, `wrong:` and `right:` between two lines of `---`. Each of a series has its own."
        ),
        file=path,
    )
