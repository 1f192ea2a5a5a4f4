"""An announcement's text, filled: headline, summary, greeting, body as HTML and as plain text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from communique.channel import Image
from communique.problems import Problem, at_place
from communique.texts import markdown
from communique.texts.pictures import UnfitPictureError, find_picture
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.wording import Wording


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """A text as its readers see it."""

    headline: str
    subject: str  #: of a mail; the headline when nothing else is said
    summary: str
    greeting: str  #: empty when the text has none
    html: str  #: a fragment
    text: str
    image: Image | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A short text for a network."""

    text: str
    headline: str  #: empty when the file has none
    image: Image | None = None


def write_article(templates: Templates, wording: Wording, context: Mapping[str, Any]) -> Article:
    """Fill an `article.md`; `context` has `recipient` when it is written to one person.

    Raises:
        TemplateProblemError: something is missing or wrong, with its place.
    """
    for key in ("headline", "summary"):
        if key not in wording.top:
            raise TemplateProblemError(_missing(wording, key))
    body = templates.fill_markdown(wording.path, wording.body, context)
    headline = _line(templates, wording, "headline", context)
    # Only mails greet; a page that is made from the same file knows no recipient.
    greeting = _line(templates, wording, "greeting", context) if "recipient" in context else ""
    return Article(
        headline=headline,
        subject=_line(templates, wording, "subject", context) or headline,
        summary=_line(templates, wording, "summary", context),
        greeting=greeting,
        html=markdown.to_html(body),
        text=markdown.to_text(body),
        image=_picture(templates, wording, context),
    )


def write_note(templates: Templates, wording: Wording, context: Mapping[str, Any]) -> Note:
    """Fill a `social.txt`.

    Raises:
        TemplateProblemError: something is missing or wrong, with its place.
    """
    text = templates.fill_text(wording.path, wording.body, context).strip()
    return Note(
        text=text,
        headline=_line(templates, wording, "headline", context),
        image=_picture(templates, wording, context),
    )


def _line(templates: Templates, wording: Wording, key: str, context: Mapping[str, Any]) -> str:
    line = wording.top.get(key)
    return templates.fill_line(wording.path, line.source, context, line.line) if line else ""


def _picture(templates: Templates, wording: Wording, context: Mapping[str, Any]) -> Image | None:
    if "image" not in wording.top:
        return None
    name, alt = (_line(templates, wording, key, context).strip() for key in ("image", "alt"))
    if not alt:
        raise TemplateProblemError(_at_image(wording, _WITHOUT_WORDS))
    try:
        return find_picture(templates.sources, wording.path, name, alt)
    except UnfitPictureError as error:
        raise TemplateProblemError(_at_image(wording, error.problem)) from error


_WITHOUT_WORDS = Problem(
    code="missing-alt",
    message="expected `alt:` beside `image:`, found none",
    hint="Say in a sentence what the picture shows, for those who do not see it.",
)


def _at_image(wording: Wording, problem: Problem) -> Problem:
    line = wording.top["image"].line
    source = wording.raw.decode("utf-8-sig").splitlines()[line - 1]
    return at_place(problem, file=wording.path, line=line, column=source.index("image") + 1, source=source)


def _missing(wording: Wording, key: str) -> Problem:
    return Problem(
        code="missing-front-matter",
        message=f"expected `{key}:` between `---` lines at the top, found none",
        hint=f"Begin the file with:\n  ---\n  {key}: …\n  ---",
        file=wording.path,
        line=1,
        column=1,
    )
