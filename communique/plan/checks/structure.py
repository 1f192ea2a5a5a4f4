"""What mails and pages have in common for those who hear them, and for those who see little: warnings only."""

from collections.abc import Iterable, Iterator

from communique.phrase import phrase
from communique.plan.checks.html_contrast import Faint
from communique.plan.checks.html_outline import Outline
from communique.plan.checks.reading import VAGUE, links_in
from communique.problems import Problem, Severity
from communique.texts.accent import READABLE

_LONG = 40  #: letters of what is shown of the words


def heading_faults(seen: Outline, file: str, code: str) -> Iterator[Problem]:
    """One headline, first of all, and no level left out on the way down (WCAG 2.2, 1.3.1 and 2.4.6)."""
    levels = [level for level, _ in seen.headings]
    if levels.count(1) != 1:
        message = phrase("expected one headline (`h1`), found {count}", count=levels.count(1) or "none")
        yield _warning(code, message, phrase("Who hears it finds its beginning by it."), file)
    elif levels[0] != 1:
        message = phrase(
            "expected the headline (`h1`) before all other headings, found {named} before it",
            named=_named(seen.headings[0]),
        )
        yield _warning(code, message, phrase("Make it no heading, or put it below the headline."), file)
    for before, heading in zip(seen.headings, seen.headings[1:], strict=False):
        if heading[0] > before[0] + 1:
            message = phrase(
                "expected a heading of level {before} at the most, found {named}",
                before=before[0] + 1,
                named=_named(heading),
            )
            yield _warning(code, message, phrase("Who hears it goes from heading to heading."), file)


def link_faults(seen: Outline, file: str, code: str, written: str = "") -> Iterator[tuple[Problem, str]]:
    """Links that do not say where they lead (WCAG 2.2, 2.4.4), with words of the line.

    `written`: HTML of the text within, whose links `communique.plan.checks.reading` looks at.
    """
    known = {address for address, _ in links_in(written)}
    for link in seen.links:
        if not link.words:
            message = phrase("expected words in each link, found none in the one to {address}", address=link.address)
            hint = phrase("Say where it leads: in words, in the `alt` of its picture, or in `aria-label`.")
            yield _warning(code, message, hint, file), ""
        elif link.words.casefold().strip(" .") in VAGUE and link.address not in known:
            message = phrase("expected a link whose words say where it leads, found “{words}”", words=link.words)
            yield _warning(code, message, phrase("Name what is there."), file), link.words


def faint_words(found: Iterable[Faint], file: str) -> Iterator[tuple[Problem, str]]:
    """Words that stand out too little (WCAG 2.2, 1.4.3), with the selector that gives them their colour."""
    for each in found:
        whose = f"`{each.selector}`" if each.selector else phrase("the colour that programs give")
        message = phrase(
            "expected a contrast of at least {readable}:1 on a {scheme} screen, "
            "found {colour} on {ground} with {ratio:.1f}:1 by {whose} (“{shortened}”)",
            readable=READABLE,
            scheme=each.scheme,
            colour=each.colour,
            ground=each.ground,
            ratio=each.ratio,
            whose=whose,
            shortened=_shortened(each.words),
        )
        below = phrase(" below `@media (prefers-color-scheme: dark)`") if each.scheme == "dark" else ""
        hint = phrase("Give it a colour{below} that stands out more, or its ground another one.", below=below)
        yield _warning("words-too-faint", message, hint, file), f"{each.selector} {{" if each.selector else ""


def _named(heading: tuple[int, str]) -> str:
    level, words = heading
    return f"one of level {level}: {words}"


def _shortened(words: str) -> str:
    return words if len(words) < _LONG else f"{words[:_LONG]}…"


def _warning(code: str, message: str, hint: str, file: str) -> Problem:
    return Problem(code=code, message=message, hint=hint, severity=Severity.WARNING, file=file)
