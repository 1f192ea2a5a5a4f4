"""What must not reach the media: a text before its embargo, and words that somebody has not said they may print."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import takewhile
from typing import Any

from communique.channel import Reach
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.routes import Route
from communique.texts.releases import embargo_of, is_embargoed
from communique.texts.wording import Wording
from communique.workspace import Workspace

_UNAPPROVED = "unapproved-quotation"
_QUOTED_FACT = re.compile(r"facts\.([a-z][a-z0-9_]*)\.text\b")
_NAMED = re.compile(r"^\s*>\s*[—–-]\s*\w")
_IN_QUOTES = re.compile(r"^\s*>\s*(?![—–-])(?=\S)(.*)$")


def check_embargo(workspace: Workspace, occasion: Occasion) -> Iterator[Problem]:
    """Who would read it before anybody may publish it."""
    if occasion.embargo is None:
        return
    almanac, document = workspace.almanac, workspace.document(occasion.campaign.campaign)
    announcement = occasion.campaign.announcements[occasion.announcement]
    path = ("announcements", occasion.announcement)
    if embargo_of(occasion, almanac) is None:
        message = phrase(
            "expected an embargo with a date, found `{embargo}`, whose date is unknown", embargo=occasion.embargo
        )
        hint = phrase(
            "communique declare {campaign} {milestone} DATE",
            campaign=occasion.campaign.campaign,
            milestone=occasion.embargo.milestone,
        )
        yield document.problem((*path, "embargo"), "embargo-without-date", message, hint=hint)
        return
    if not is_embargoed(occasion, almanac):
        message = phrase(
            "expected an embargo that ends after this goes out, found `{embargo}`, which is over by then",
            embargo=occasion.embargo,
        )
        hint = phrase("Nobody has to wait for it: take `embargo:` out, or send this earlier.")
        yield document.problem((*path, "embargo"), "embargo-is-over", message, hint=hint, severity=Severity.WARNING)
        return
    routes = [workspace.routes[name] for name in announcement.through if name in workspace.routes]
    for route in routes:
        if route.reach is Reach.ALL or route.is_newsletter:
            message = phrase(
                "`{name}` would publish this before its embargo ends ({embargo})",
                name=route.name,
                embargo=occasion.embargo,
            )
            hint = phrase("Send that as an announcement of its own, or later.")
            yield document.problem((*path, "through"), "before-embargo", message, hint=hint)
    audiences = workspace.settings.audiences
    for name in announcement.to if any(map(_writes_to_people, routes)) else ():
        if name in audiences and not audiences[name].trusted_with_embargo:
            message = phrase(
                "`{name}` would read this before its embargo ends ({embargo})", name=name, embargo=occasion.embargo
            )
            hint = phrase(
                "If they may, say so in config/settings.yaml: `{name}: {{trusted_with_embargo: true}}`.", name=name
            )
            yield document.problem((*path, "to"), "before-embargo", message, hint=hint)


def _writes_to_people(route: Route) -> bool:
    return route.reach is Reach.EACH and not route.is_newsletter


def check_quotations(occasion: Occasion, wording: Wording, *, is_press: bool) -> Iterator[Problem]:
    """Quotations approved on no day, or too late; in a release, also those that are written into the text."""
    for number, line in enumerate(wording.body.split("\n"), 1):
        for found in _QUOTED_FACT.finditer(line):
            fact = occasion.campaign.facts.get(found[1])
            if (
                isinstance(fact, Mapping)
                and _is_quotation(found[1], fact)
                and (lacks := _lacks(fact, occasion, is_press=is_press))
            ):
                message = phrase(
                    "expected a quotation that was approved, found `facts.{found}` {lacks}", found=found[1], lacks=lacks
                )
                file = f"campaigns/{occasion.campaign.campaign}.yaml"
                hint = phrase(
                    "Once they agree, write `approved_by: NAME` and `approved_on: DATE` at it in {file}.", file=file
                )
                yield wording.problem((number, found.start() + 1), _UNAPPROVED, message, hint=hint)
        quoted = _IN_QUOTES.match(line)
        if quoted and "facts." not in line and (is_press or _says_who(wording, number)):
            message = phrase(
                "expected a quotation from the facts, with who approved it and when; found “{found}”",
                found=quoted[1].strip(),
            )
            hint = phrase(
                "Make it a fact with `text`, `approved_by` and `approved_on`, and write `> {{ facts.NAME.text }}`."
            )
            severity = Severity.ERROR if is_press else Severity.WARNING
            yield wording.problem((number, 1), _UNAPPROVED, message, hint=hint, severity=severity)


def _says_who(wording: Wording, number: int) -> bool:
    """Whether the block of quoted lines around a line ends with a name: `> — Rosa Marín`."""
    lines = wording.body.split("\n")[number - 1 :]
    block = takewhile(lambda line: line.lstrip().startswith(">"), lines)
    return any(_NAMED.match(line) for line in block)


def _is_quotation(name: str, fact: Mapping[str, Any]) -> bool:
    return "approved_by" in fact or name.endswith("quote")


def _lacks(fact: Mapping[str, Any], occasion: Occasion, *, is_press: bool) -> str:
    """What its approval lacks, beside the name, which the campaign file cannot be read without."""
    try:
        day = date.fromisoformat(str(fact.get("approved_on")))
    except ValueError:
        return phrase("without `approved_on`") if is_press else ""
    return (
        phrase("that is approved on {day} only, after this goes out", day=day) if day > occasion.due_at.date() else ""
    )
