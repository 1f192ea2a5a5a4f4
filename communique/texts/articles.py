"""An announcement's text, filled: headline, summary, greeting, body as HTML and as plain text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from communique.channel import Image
from communique.correction import Corrected
from communique.language.telephone_numbers import in_order
from communique.phrase import phrase
from communique.problems import Problem, at_place
from communique.texts import markdown
from communique.texts.pictures import UnfitPictureError, find_picture
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.wording import Wording

NO_PICTURE = "none"  #: after `image:`, it goes without one, also without a drawn one


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
    gather = _Gathered(_missing(wording, ("headline", "summary")))
    body = gather(templates.fill_markdown, wording.path, wording.body, context)
    if "release" in context:
        body = gather(_framed, templates, body, context)
    # Only mails greet; a page that is made from the same file knows no recipient.
    keys = ("headline", "subject", "summary", *(("greeting",) if "recipient" in context else ()))
    top = {key: gather(_line, templates, wording, key, context) for key in keys}
    image = gather(_picture, templates, wording, context)
    gather.end()
    return Article(
        headline=top["headline"],
        subject=top["subject"] or top["headline"],
        summary=top["summary"],
        greeting=top.get("greeting", ""),
        html=markdown.to_html(body),
        text=markdown.to_text(body),
        image=image,
    )


def write_note(templates: Templates, wording: Wording, context: Mapping[str, Any]) -> Note:
    """Fill a `social.txt`.

    Raises:
        TemplateProblemError: something is missing or wrong, with its place.
    """
    gather = _Gathered([])
    text = gather(templates.fill_text, wording.path, wording.body, context)
    headline = gather(_line, templates, wording, "headline", context)
    image = gather(_picture, templates, wording, context)
    gather.end()
    return Note(text=in_order(text.strip()), headline=headline, image=image)


def write_correction(templates: Templates, wording: Wording, context: Mapping[str, Any]) -> Corrected:
    """Fill a `correction.md`.

    Raises:
        TemplateProblemError: something is missing or wrong, with its place.
    """
    needed = ("headline", "wrong", "right")
    gather = _Gathered(_missing(wording, needed))
    more = gather(templates.fill_markdown, wording.path, wording.body, context)
    top = {key: gather(_line, templates, wording, key, context) for key in needed}
    gather.end()
    return Corrected(**top, more=more.strip())


class _Gathered:
    """Fills part after part, so that the faults of all of them are seen at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def __call__(self, fill: Callable[..., Any], *args: Any) -> Any:
        """What `fill` makes; an empty text when it cannot."""
        try:
            return fill(*args)
        except TemplateProblemError as error:
            self._problems += error.problems
            return ""

    def end(self) -> None:
        """Raise what was found.

        Raises:
            TemplateProblemError: a part could not be filled.
        """
        if self._problems:
            raise TemplateProblemError(*self._problems)


def _framed(templates: Templates, body: str, context: Mapping[str, Any]) -> str:
    """A release: its text in the form that newsrooms know."""
    path = "templates/layouts/press.md"
    source = (templates.sources.read(path) or b"").decode()
    return templates.fill_markdown(path, source, {**context, "text": Markup(body)})  # noqa: S704 - Markdown, filled


def _line(templates: Templates, wording: Wording, key: str, context: Mapping[str, Any]) -> str:
    line = wording.top.get(key)
    return templates.fill_line(wording.path, line.source, context, line.line) if line else ""


def wants_no_picture(wording: Wording) -> bool:
    """Whether a text says `image: none`."""
    return "image" in wording.top and wording.top["image"].source.strip() == NO_PICTURE


def _picture(templates: Templates, wording: Wording, context: Mapping[str, Any]) -> Image | None:
    if "image" not in wording.top or wants_no_picture(wording):
        return None
    name, alt, credit = (_line(templates, wording, key, context).strip() for key in ("image", "alt", "credit"))
    if not alt:
        raise TemplateProblemError(_at_image(wording, _WITHOUT_WORDS))
    try:
        return replace(find_picture(templates.sources, wording.path, name, alt), credit=credit)
    except UnfitPictureError as error:
        raise TemplateProblemError(_at_image(wording, error.problem)) from error


_WITHOUT_WORDS = Problem(
    code="missing-alt",
    message=phrase("expected `alt:` beside `image:`, found none"),
    hint=phrase("Say in a sentence what the picture shows, for those who do not see it."),
)


def _at_image(wording: Wording, problem: Problem) -> Problem:
    line = wording.top["image"].line
    source = wording.raw.decode("utf-8-sig").splitlines()[line - 1]
    return at_place(problem, file=wording.path, line=line, column=source.index("image") + 1, source=source)


def _missing(wording: Wording, needed: tuple[str, ...]) -> list[Problem]:
    lacking = [key for key in needed if key not in wording.top]
    if not lacking:
        return []
    lines = "".join(f"\n  {key}: …" for key in lacking)
    problem = Problem(
        code="missing-front-matter",
        message=phrase(
            "expected {lacking} between `---` lines at the top, found none",
            lacking=", ".join(f"`{key}:`" for key in lacking),
        ),
        hint=phrase("Write there:{lines}", lines=lines)
        if wording.top
        else phrase("Begin the file with:\n  ---{lines}\n  ---", lines=lines),
        file=wording.path,
        line=1,
        column=1,
    )
    return [problem]
