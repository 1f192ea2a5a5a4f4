"""Days and hours that an officer typed into a text, held against those that the campaign's milestones and facts have.

What a filter writes is right by itself, so only the text as it stands in its file is read. A day or an hour of
something else may be meant: warnings, unless a weekday contradicts a day that the campaign knows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from communique.language.calendar_names import names_of
from communique.language.dates_in_text import dates_in, days_in
from communique.language.formatting import locale_of
from communique.language.hours_in_text import hours_in
from communique.language.weekday_check import weekdays_without_year
from communique.moments import weekday_name
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.texts.agendas import with_times
from communique.texts.wording import Wording
from communique.workspace import Workspace

_FILLED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|https?://\S+", re.DOTALL)
_PARAGRAPH = re.compile(r"(?:^.*\S.*$\n?)+", re.MULTILINE)
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
#: When somebody answers the telephone, or a house is open.
_OPENING = re.compile(
    r"\b(?:office hours|opening hours|open from|is open|are open|call (?:us|the|our|\+?\d)|by phone|on weekdays|"
    r"abiert[oa]s?|horario de|llam[ea]\w*|"
    r"teléfono|ouverte?s?|horaires d|appel\w+|téléphone|abert[oa]s?|horário de|ligu?e\w*|telefone)\b|"
    r"مفتوح|اتصلوا|هاتف|відчинен|відкрит[аоі]\b|телефон",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_HOUR = 60
#: Short names of weekdays are words, too: “mar”, “sun”.
_SHORT = 4


def check_typed_times(
    workspace: Workspace, occasion: Occasion, known: "KnownTimes", wording: Wording, language: str
) -> Iterator[Problem]:
    """Of one text; `known` is the same for all of an occasion."""
    it = _Typed(
        wording=wording,
        language=language,
        locale=locale_of(language, workspace.settings.locales),
        due=occasion.due_at.astimezone(workspace.almanac.zone),
        known=known,
    )
    pieces = [(line.line, line.source) for line in wording.top.values()]
    pieces += [(wording.body[: at.start()].count("\n") + 1, at[0]) for at in _PARAGRAPH.finditer(wording.body)]
    is_about_a_meeting = bool(occasion.meeting_fact or occasion.asked_fact) or _names_a_meeting(occasion, wording)
    for line, source in pieces:
        piece = _FILLED.sub(lambda filled: re.sub(r"\S", "·", filled[0]), source)
        if not _FIGURE.search(piece):
            continue  # as of most: it names no day and no hour
        yield from it.years(line, piece)
        yield from it.weekdays(line, piece)
        if is_about_a_meeting:
            yield from it.hours(line, piece)


def _around(piece: str, at: int) -> str:
    """The sentence in which a letter is."""
    begins = max(piece.rfind(end, 0, at) for end in (". ", "! ", "? ", "؟ "))
    ends = min((found for end in (". ", "! ", "? ", "؟ ") if (found := piece.find(end, at)) >= 0), default=len(piece))
    return piece[begins + 1 : ends]


@dataclass(frozen=True, slots=True)
class KnownTimes:
    """What milestones and facts say."""

    days: frozenset[date]
    hours: frozenset[int]  #: in minutes since midnight

    def on(self, day: tuple[int, int]) -> list[date]:
        """Those of this month and day, in whatever year."""
        return sorted(each for each in self.days if (each.month, each.day) == day)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Typed:
    """One text, and what it is held against."""

    wording: Wording
    language: str
    locale: Any  #: babel's
    due: datetime
    known: KnownTimes

    def years(self, line: int, piece: str) -> Iterator[Problem]:
        """Whole dates that are a known day of another year."""
        for day in dict.fromkeys(dates_in(piece, self.locale)):
            meant = self.known.on((day.month, day.day))
            if meant and day not in meant and day != self.due.date():
                message = phrase(
                    "expected the year of a date that the campaign has, {known}, found {found}",
                    known=meant[0],
                    found=day,
                )
                hint = phrase(
                    "Is last year's text left in? A filter writes the date: `{{ milestones.kickoff.start | date }}`."
                )
                yield self._problem(line, piece, str(day.year), "another-year", message, hint)

    def weekdays(self, line: int, piece: str) -> Iterator[Problem]:
        """Weekdays that do not fit a day without a year: that of the campaign, or the next or last one."""
        for words, weekday, of_year in weekdays_without_year(piece, str(self.locale).replace("_", "-")):
            known = self.known.on(of_year)
            days = known or _nearest(of_year, self.due.date())
            if days and weekday not in {day.weekday() for day in days}:
                message = phrase("expected a weekday that fits its date, found `{found}`", found=words)
                hint = phrase("{day} is a {right}.", day=days[0], right=weekday_name(days[0]))
                weight = Severity.ERROR if known else Severity.WARNING
                yield self._problem(line, piece, words, "weekday-mismatch", message, hint, weight)

    def hours(self, line: int, piece: str) -> Iterator[Problem]:
        """Hours that nothing of the campaign has, beside no day of something else."""
        if not self.known.hours or self._is_about_another_day(piece):
            return
        for each in hours_in(piece):
            is_of_an_office = _OPENING.search(_around(piece, each.at))
            if each.is_one and not each.minutes & self.known.hours and not is_of_an_office:
                message = phrase(
                    "expected an hour that the campaign has ({known}), found `{found}`",
                    known=", ".join(
                        f"{minutes // _HOUR:02}:{minutes % _HOUR:02}" for minutes in sorted(self.known.hours)
                    ),
                    found=each.words,
                )
                hint = phrase(
                    "Let a filter write it: `{{ facts.meeting.start | time }}`. Is it the hour of something else, such "
                    "as the doors? Make it a fact of the campaign, and every text says the same."
                )
                yield self._problem(line, piece, each.words, "another-hour", message, hint)

    def _is_about_another_day(self, piece: str) -> bool:
        if any(not self.known.on(day) for day in days_in(piece, self.locale)):
            return True
        ours = {day.weekday() for day in self.known.days}
        words = set(re.findall(r"[\w-]+", piece.casefold()))
        days = names_of(self.locale).days.items()
        return any(
            (name in words or f"{name}s" in words) and day not in ours for name, day in days if len(name) > _SHORT
        )

    def _problem(
        self,
        line: int,
        piece: str,
        words: str,
        code: str,
        message: str,
        hint: str,
        severity: Severity = Severity.WARNING,
    ) -> Problem:
        number = line + piece[: max(piece.find(words), 0)].count("\n")
        column = self.wording.line(number).find(words) + 1
        return self.wording.problem((number, max(column, 1)), code, message, hint=hint, severity=severity)


def known_times(occasion: Occasion) -> KnownTimes:
    """What an occasion's texts are held against."""
    moments = [
        moment
        for each in (*occasion.milestones.values(), *occasion.elsewhere.values())
        for moment in (each.start, each.end)
        if moment is not None
    ]
    facts = dict(occasion.campaign.facts)
    for name, fact in facts.items():
        at = occasion.milestones.get(str(fact.get("at", ""))) if isinstance(fact, Mapping) else None
        if at is not None and isinstance(at.start, datetime):
            facts[name] = {**fact, "start": at.start}
    moments += [each for each in _leaves(with_times(facts)) if isinstance(each, date)]
    texts = [each for each in _leaves(occasion.campaign.facts) if isinstance(each, str)]
    days = {each.date() if isinstance(each, datetime) else each for each in moments}
    days |= {date.fromisoformat(found) for text in texts for found in _ISO.findall(text) if _is_a_day(found)}
    hours = {each.hour * _HOUR + each.minute for each in moments if isinstance(each, datetime)}
    hours |= {minutes for text in texts for hour in hours_in(text) for minutes in hour.minutes}
    return KnownTimes(frozenset(days), frozenset(hours))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def _is_a_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _names_a_meeting(occasion: Occasion, wording: Wording) -> bool:
    """Whether a text says something of a fact that is a meeting."""
    meetings = [name for name, fact in occasion.campaign.facts.items() if isinstance(fact, Mapping) and "at" in fact]
    return any(f"facts.{name}." in wording.body for name in meetings)


def _nearest(of_year: tuple[int, int], day: date) -> list[date]:
    """The day of a month that is nearest to another, before or after."""
    found = []
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            found.append(date(year, *of_year))
        except ValueError:
            continue
    return sorted(found, key=lambda each: abs(each - day))[:1]
