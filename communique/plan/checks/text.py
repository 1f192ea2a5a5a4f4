"""What is wrong with a text once it is filled: placeholders, contradicting dates, meetings that are over."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from communique.answering import AnswerStanding
from communique.channel import Script
from communique.language.dates_in_text import NamedDays, dates_in, days_in, named_days, no_dates_in
from communique.language.formatting import locale_of
from communique.language.placeholders import find_placeholders
from communique.language.weekday_check import find_weekday_mismatches
from communique.localisation.localised import LANGUAGE
from communique.occasion import CANCEL, Occasion
from communique.phrase import phrase
from communique.problems import Problem, Severity, at_place
from communique.timeline import instant, start_of
from communique.workspace import Workspace

_LINE_END = "\n"
Samples = Mapping[tuple[str, str], Any]  #: by channel and language: what `communique.plan.preflight` rendered
Paths = Mapping[tuple[str, str], str]  #: the file each was made from


def check_texts(workspace: Workspace, occasion: Occasion, samples: Samples, paths: Paths) -> list[Problem]:
    """Everything that can be seen in the filled texts of one occasion."""
    return [
        *(found_again(workspace, problem, words) for problem, words in _placeholders(samples, paths)),
        *(found_again(workspace, problem, words) for problem, words in _weekdays(workspace, samples, paths)),
        *(found_again(workspace, problem, words) for problem, words in _no_dates(workspace, samples, paths)),
        *(found_again(workspace, problem, words) for problem, words in _names(workspace, samples, paths)),
        *_dates_between_languages(workspace, samples, paths),
        *_meeting_is_over(workspace, occasion),
    ]


def found_again(workspace: Workspace, problem: Problem, words: str) -> Problem:
    """The problem at the line that has these words; at the file where a fact or several lines make them up."""
    if not words:
        return problem
    # A plain mail has its lines broken where its file has none.
    pattern = re.compile(rf"(?<!\{{){re.escape(' '.join(words.split(_LINE_END)))}")
    text = (workspace.sources.read(problem.file) or b"").decode("utf-8-sig", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        if match := pattern.search(line):
            return at_place(problem, file=problem.file, line=number, column=match.start() + 1, source=line)
    return problem


def _words(sample: Any) -> str:
    """All that is read: headline or subject, summary, text."""
    parts = (getattr(sample, name, "") for name in ("subject", "headline", "summary", "text"))
    return "\n".join(str(part) for part in parts if part)


def _placeholders(samples: Samples, paths: Paths) -> Iterator[tuple[Problem, str]]:
    for each, sample in samples.items():
        for found in find_placeholders(_words(sample), each[1]):
            yield (
                Problem(
                    code="placeholder-left",
                    message=phrase("expected the real words, found the placeholder `{found}`", found=found),
                    hint=phrase("Put in what it stands for."),
                    file=paths[each],
                ),
                found,
            )


def _weekdays(workspace: Workspace, samples: Samples, paths: Paths) -> Iterator[tuple[Problem, str]]:
    for (channel, language), sample in samples.items():
        for found, right in find_weekday_mismatches(_words(sample), workspace.settings.locales.get(language, language)):
            yield (
                Problem(
                    code="weekday-mismatch",
                    message=phrase("expected a weekday that fits its date, found `{found}`", found=found),
                    hint=phrase(
                        "That day is a {right}. Let a filter write it: `{{{{ facts.day | weekday_date }}}}`.",
                        right=right,
                    ),
                    file=paths[channel, language],
                ),
                found,
            )


def _no_dates(workspace: Workspace, samples: Samples, paths: Paths) -> Iterator[tuple[Problem, str]]:
    for (channel, language), sample in samples.items():
        for found in no_dates_in(_words(sample), locale_of(language, workspace.settings.locales)):
            message = phrase("expected a day that there is, found `{found}`", found=found)
            hint = phrase("Let a filter write dates: `{{ facts.meeting.start | date }}`.")
            yield Problem(code="no-such-day", message=message, hint=hint, file=paths[channel, language]), found


def _names(workspace: Workspace, samples: Samples, paths: Paths) -> Iterator[tuple[Problem, str]]:
    """Official names of another language: nobody improvises them, and nobody copies them untranslated."""
    official = list(_official(workspace.glossary.model_dump()))
    told: set[tuple[str, str, str]] = set()
    for (channel, language), sample in samples.items():
        words = _words(sample)
        folded = words.casefold()
        for by_language in official:
            own = by_language.get(language, "")
            for other, name in by_language.items():
                at = folded.find(name.casefold()) if own and name.casefold() not in own.casefold() else -1
                if at < 0 or (channel, language, name) in told:
                    continue  # a name that bends stands in the glossary in several forms, and is one name in others
                told.add((channel, language, name))
                found = words[at : at + len(name)]
                message = phrase(
                    "expected {own}, the official name in `{language}`; found {found}, which is `{other}`",
                    own=own,
                    language=language,
                    found=found,
                    other=other,
                )
                problem = Problem(
                    code="name-of-another-language",
                    message=message,
                    hint=phrase("Let the glossary say it: `{{ partnership.name }}`, `{{ action_plan }}`."),
                    severity=Severity.WARNING,
                    file=paths[channel, language],
                )
                yield problem, found


def _official(glossary: Any) -> Iterator[Mapping[str, str]]:
    """Names of more than one word, by language; a single one may be a word of another language, too."""
    for value in glossary.values() if isinstance(glossary, Mapping) else ():
        by_language = isinstance(value, Mapping) and all(re.fullmatch(LANGUAGE, key) for key in value)
        if by_language and all(isinstance(each, str) and " " in each for each in value.values()):
            yield value
        else:
            yield from _official(value)


def _dates_between_languages(workspace: Workspace, samples: Samples, paths: Paths) -> Iterator[Problem]:
    """One announcement says the same dates in every language; one may leave out the year of a date, and no more.

    A text of a network's own in one language (`linkedin.txt`) may say more than `social.txt` does in another.
    """
    locales = workspace.settings.locales
    by_channel: dict[str, dict[str, NamedDays]] = {}
    for (channel, language), sample in samples.items():
        by_channel.setdefault(channel, {})[language] = named_days(_words(sample), locale_of(language, locales))
    for channel, said in by_channel.items():
        first, *others = said
        for language in others:
            alike = PurePosixPath(paths[channel, first]).name == PurePosixPath(paths[channel, language]).name
            one, other = said[first].days, said[language].days
            if (alike or not (one <= other or other <= one)) and (differing := _differing(said[first], said[language])):
                days = set(differing.values())
                either = (_spot(samples[channel, each], days, each, locales) for each in (language, first))
                spot = next(filter(None, either), "")
                compared = _of_spot(samples[channel, first], spot, paths[channel, first])
                problem = Problem(
                    code="dates-differ",
                    message=phrase(
                        "expected the same dates in `{first}` and `{language}`, found {named} in only one of them",
                        first=first,
                        language=language,
                        named=", ".join(differing),
                    ),
                    hint=phrase("Compare with {first}.", first=compared),
                    file=_of_spot(samples[channel, language], spot, paths[channel, language]),
                )
                yield _at_a_date(workspace, problem, differing, {problem.file: language, compared: first})


def _spot(sample: Any, days: set[tuple[int, int]], language: str, locales: Mapping[str, str]) -> str:
    """The name of the file of a script, one of several lengths, that says one of these days."""
    spots, locale = sample.spots if isinstance(sample, Script) else (), locale_of(language, locales)
    return next((PurePosixPath(each.file).name for each in spots if days & days_in(each.written, locale)), "")


def _of_spot(sample: Any, name: str, path: str) -> str:
    """The file of this name in another language, where it has one."""
    spots = sample.spots if isinstance(sample, Script) else ()
    return next((each.file for each in spots if PurePosixPath(each.file).name == name), path)


def _differing(one: NamedDays, other: NamedDays) -> dict[str, tuple[int, int]]:
    """Month and day of what only one of two texts says, by how it is named."""
    whole = sorted([day for day in one.whole if other.lacks(day)] + [day for day in other.whole if one.lacks(day)])
    named = {day.isoformat(): (day.month, day.day) for day in whole}
    known = set(named.values())
    for month, day in sorted(one.days ^ other.days):
        if (month, day) not in known:
            named[f"{month:02}-{day:02} (month and day)"] = month, day
    return named


def _at_a_date(
    workspace: Workspace, problem: Problem, differing: Mapping[str, tuple[int, int]], files: Mapping[str, str]
) -> Problem:
    """At the line that says one of these days, in its file or in the other's; at the file where a fact does."""
    days = set(differing.values())
    found: list[Problem] = []
    for file, spoken in files.items():
        locale = locale_of(spoken, workspace.settings.locales)
        text = (workspace.sources.read(file) or b"").decode("utf-8-sig", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if days & days_in(line, locale):
                other = next((each for each in files if each != file), file)
                hint = phrase("Compare with {first}.", first=other)
                placed = at_place(replace(problem, hint=hint), file=file, line=number, column=1, source=line)
                if any(day.isoformat() in differing for day in dates_in(line, locale)):
                    return placed  # with its year, it is surely the one
                found.append(placed)
    return found[0] if found else problem


def _meeting_is_over(workspace: Workspace, occasion: Occasion) -> Iterator[Problem]:
    """Nobody is invited to a meeting that has begun, nor reminded to say whether they come."""
    campaign = occasion.campaign
    yield from _reminder_is_late(workspace, occasion)
    fact = campaign.facts.get(occasion.meeting_fact)
    milestone = occasion.milestones.get(fact.get("at", "")) if isinstance(fact, Mapping) else None
    if milestone is None or not isinstance(fact, Mapping):
        return
    document = workspace.document(campaign.campaign)
    path = ("announcements", occasion.announcement, "cancel" if occasion.method == CANCEL else "invite")
    if not milestone.known:
        message = phrase("expected a meeting with a date, found one whose date is unknown")
        hint = phrase("communique declare {campaign} {fact} DATE", campaign=campaign.campaign, fact=fact["at"])
        yield document.problem(path, "meeting-without-date", message, hint=hint)
    elif instant(start_of(milestone, workspace.almanac), workspace.almanac.zone) <= occasion.due_at:
        message = phrase(
            "expected a meeting still to come when the invitation goes out, found one on {milestone}",
            milestone=milestone,
        )
        hint = phrase("Correct the meeting's date, or send the invitation earlier.")
        yield document.problem(path, "meeting-in-the-past", message, hint=hint)
    elif (last := _last_day(fact)) and last <= occasion.due_at.astimezone(workspace.almanac.zone).date():
        message = phrase(
            "expected a last day for answers still to come when the invitation goes out, found {last}", last=last
        )
        hint = phrase("Correct `rsvp_by:` of the meeting, or send the invitation earlier.")
        yield document.problem(path, "deadline-is-over", message, hint=hint, severity=Severity.WARNING)


def _last_day(meeting: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(meeting.get("rsvp_by")))
    except ValueError:
        return None


def _reminder_is_late(workspace: Workspace, occasion: Occasion) -> Iterator[Problem]:
    campaign = occasion.campaign
    for name, standing in campaign.announcements[occasion.announcement].only.items():
        fact = campaign.facts.get(name)
        milestone = occasion.milestones.get(fact.get("at", "")) if isinstance(fact, Mapping) else None
        if standing is not AnswerStanding.NOT_ANSWERED or milestone is None or not milestone.known:
            continue
        if instant(start_of(milestone, workspace.almanac), workspace.almanac.zone) <= occasion.due_at:
            message = phrase(
                "expected a meeting still to come when people are asked to answer, found one on {milestone}",
                milestone=milestone,
            )
            hint = phrase("Correct `when`, or send it to those who came: `only: {meeting: coming}`.")
            path = ("announcements", occasion.announcement, "only", name)
            yield workspace.document(campaign.campaign).problem(path, "meeting-in-the-past", message, hint=hint)
