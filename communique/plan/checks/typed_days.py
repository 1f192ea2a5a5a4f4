"""Days that an officer typed, held against what their sentence is about: the meeting, the last day to answer.

Warnings: a day of something else may be meant.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from communique.language.dates_in_text import placed_dates, placed_days
from communique.language.formatting import locale_of
from communique.localisation.localised import localise
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.plan.checks.typed_times import KnownTimes
from communique.problems import Problem, Severity
from communique.texts.wording import Wording
from communique.workspace import Workspace

_FILLED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|https?://\S+", re.DOTALL)
_SENTENCE = re.compile(r"[^\n.!?؟]*(?:[.!?؟](?!\s)[^\n.!?؟]*)*")
_ANSWER = re.compile(
    r"\b(?:answer|reply|rsvp|tell us whether|confirm|respond|contest|répond|confirme|responda)|"
    r"أجيب|الرد|تأكيد|підтверд|відповід",
    re.IGNORECASE,
)
#: What is to come, whatever the day.
_TO_COME = re.compile(
    r"\b(?:closes|opens|will|deadline|no later than|register by|until|se cierra|cierra|se abre|plazo|a más tardar|"
    r"podrán?|clôture|au plus tard|jusqu[’']au|prendra|se tiendra|encerra|prazo|até ao?|закрива|до кінця)|"
    r"تُغلق|آخر أجل|حتى|سنلتقي",
    re.IGNORECASE,
)
#: What is made for a year, with that year.
_PLANNED = re.compile(
    r"\b(?:plan|programme?|programa|budget|presupuesto|orçamento|calend\w+|call|convocatoria|appel|agenda|plano|"
    r"план\w*|програм\w*|бюджет\w*|календар\w*)(?:\s\w+){0,3}?\s(?:for|of|de|del|para|pour|en|na?|до|em)\s"
    r"(?P<year>20\d\d)(?![\w/–-])|(?:خطة|برنامج|ميزانية)\s(?:لعام\s|لسنة\s|عام\s|سنة\s)?(?P<year_of_arabic>20\d\d)(?![\w/–-])",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"\b(?:begins?|starts?|empieza|comienza|arranca|commence|débute|começa|inicia|починається|стартує)\b|تبدأ|يبدأ|تنطلق",
    re.IGNORECASE,
)
_LOOKS_BACK = re.compile(
    r"\b(?:evaluat|review|assess|report|result|since|compared|after|evalua|balance|informe|resultado|desde|compar|tras|"
    r"évalu|bilan|rapport|résultat|depuis|après|avalia|relatório|após|оцін|звіт|результат|після)|تقييم|تقرير|نتائج|منذ|بعد",
    re.IGNORECASE,
)
#: What is to be done before a day.
_BEFORE = re.compile(
    r"\b(?:before|by|until|antes del?|hasta|avant|antes de|até)\s*(?:the |el |le |o |ao )?$", re.IGNORECASE
)
_FIGURE = re.compile(r"\d")
_LATELY = 60  #: days: of an earlier day of the year, next year's may be meant
_LETTERS = 4  #: of a word that tells something
_SHARED = 2  #: words of a meeting's title that name it: a meeting alone may be another


def check_typed_days(
    workspace: Workspace, occasion: Occasion, known: KnownTimes, wording: Wording, language: str
) -> Iterator[Problem]:
    """Of one text."""
    locale = locale_of(language, workspace.settings.locales)
    due = occasion.due_at.astimezone(workspace.almanac.zone).date()
    body = _FILLED.sub(lambda filled: re.sub(r"\S", "·", filled[0]), wording.body)
    meetings = dict(_meetings(workspace, occasion, language))
    last_days = _last_days(occasion)
    for sentence in _SENTENCE.finditer(body):
        if not _FIGURE.search(sentence[0]):
            continue  # as of most: it names no day and no year
        yield from _years_over(wording, sentence, due.year)
        yield from _lately_over(wording, sentence, locale, due, known)
        for day, begins, ends in placed_dates(sentence[0], locale):
            found = sentence[0][begins:ends]
            at = sentence.start() + begins
            if day in known.days:
                continue
            if day >= due and (meant := _meant(sentence[0], meetings, last_days)):
                message = phrase(
                    "expected the day that the campaign has, {known}, found {found}", known=meant, found=day
                )
                hint = phrase(
                    "Let a filter write it: `{{ facts.meeting.start | date }}`. Is another day meant, leave it."
                )
                yield _warning(wording, at, "another-day", message, hint)
            elif day < due and _TO_COME.search(_around(sentence[0], found)):
                message = phrase("expected a day to come, found {found}, which is over when this goes out", found=day)
                hint = phrase("Is last year's text left in? A filter writes the dates of a campaign.")
                yield _warning(wording, at, "day-is-over", message, hint)


def _years_over(wording: Wording, sentence: re.Match[str], year: int) -> Iterator[Problem]:
    """`The plan for 2019 begins now`: a plan of a year that is over, which is said to be still to come."""
    for match in _PLANNED.finditer(sentence[0]) if not _LOOKS_BACK.search(sentence[0]) else ():
        group = "year" if match["year"] else "year_of_arabic"
        if int(match[group]) < year and (_TO_COME.search(sentence[0]) or _BEGINS.search(sentence[0])):
            message = phrase(
                "expected a year to come, found {found}, which is over when this goes out", found=match[group]
            )
            hint = phrase("Is last year's text left in? Put in the year that is meant.")
            yield _warning(wording, sentence.start() + match.start(group), "day-is-over", message, hint)


def _lately_over(
    wording: Wording, sentence: re.Match[str], locale: Any, due: date, known: KnownTimes
) -> Iterator[Problem]:
    """`Send us your ideas before 5 January`, which goes out in February."""
    for month, number, begins, ends in placed_days(sentence[0], locale):
        found = sentence[0][begins:ends]
        if known.on((month, number)) or not _BEFORE.search(sentence[0][:begins]):
            continue
        try:
            day = date(due.year, month, number)
        except ValueError:
            continue
        if 0 < (due - day).days <= _LATELY:
            message = phrase("expected a day to come, found {found}, which is over when this goes out", found=found)
            hint = phrase("Is last year's text left in? A filter writes the dates of a campaign.")
            yield _warning(wording, sentence.start() + begins, "day-is-over", message, hint)


def _around(sentence: str, found: str) -> str:
    return sentence.replace(found, " ")


def _meant(sentence: str, meetings: Mapping[frozenset[str], date], last_days: tuple[date, ...]) -> date | None:
    words = _telling(sentence)
    for title, day in meetings.items():
        if len(title & words) >= min(_SHARED, len(title)):
            return day
    return last_days[0] if last_days and _ANSWER.search(sentence) else None


def _meetings(workspace: Workspace, occasion: Occasion, language: str) -> Iterator[tuple[frozenset[str], date]]:
    """Telling words of each meeting's title, and its day."""
    for fact in occasion.campaign.facts.values():
        if not (isinstance(fact, Mapping) and "at" in fact and "title" in fact):
            continue
        milestone = occasion.milestones.get(str(fact["at"]))
        start = milestone.start if milestone is not None else None
        title = _telling(str(localise(fact["title"], language, workspace.settings.languages)))
        if start is not None and title:
            yield title, start.date() if isinstance(start, datetime) else start


def _last_days(occasion: Occasion) -> tuple[date, ...]:
    facts: Any = occasion.campaign.facts.values()
    found = [fact["rsvp_by"] for fact in facts if isinstance(fact, Mapping) and "rsvp_by" in fact]
    return tuple(day for each in found if (day := _as_day(each)) is not None)


def _as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _LETTERS)


def _warning(wording: Wording, at: int, code: str, message: str, hint: str) -> Problem:
    return wording.problem(wording.place(at), code, message, hint=hint, severity=Severity.WARNING)
