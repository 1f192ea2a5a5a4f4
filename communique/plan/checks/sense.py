"""What a text cannot mean, or was never meant to say: ranges backwards, pasted words, secrets."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from communique.language.common_words import are_known_in
from communique.language.dates_in_text import dates_in
from communique.language.formatting import locale_of
from communique.language.pasted_words import (
    days_by_today,
    paragraphs_cut_off,
    paragraphs_twice,
    paragraphs_unended,
    secrets_in,
    words_of_a_program,
    words_still_open,
)
from communique.language.personal_data import mobile_numbers, private_addresses
from communique.language.reversed_ranges import reversed_ranges
from communique.language.unlikely_figures import (
    shares_over_the_whole,
    short_numbers,
    unclear_hours,
    wrong_accounts,
    zones_in,
)
from communique.language.years_over import parts_over
from communique.phrase import phrase
from communique.plan.checks.reading import Text
from communique.problems import Problem
from communique.settings import Settings

_FIRST_WORDS = 6
_SUMMER, _WINTER = (1, 7)  #: months in which a zone has its two short names


def check_sense(
    settings: Settings, texts: Mapping[tuple[str, str], Text], due: datetime
) -> Iterator[tuple[Problem, str]]:
    """Everything, with words of the line where it is; `due` is when the texts go out."""
    for it in dict.fromkeys(texts.values()):
        yield from _figures(settings, it)
        yield from _hours(settings, it, due)
        yield from _words(it)
        yield from _personal_data(settings, it)


def check_days_by_today(pages: Mapping[tuple[str, str], Text]) -> Iterator[tuple[Problem, str]]:
    """Of pages: who opens them next week reads “tomorrow” as another day. A mail is read when it comes."""
    for it in dict.fromkeys(pages.values()):
        for found in _each(days_by_today(it.text)):
            message = phrase("expected a date, found “{found}”, which is another day each day", found=found)
            hint = phrase("Pages are read for weeks: let a filter write the date, `{{ facts.meeting.start | date }}`.")
            yield it.warning("day-by-today", message, hint), found


def _figures(settings: Settings, it: Text) -> Iterator[tuple[Problem, str]]:
    for found in _each(reversed_ranges(it.text, locale_of(it.language, settings.locales))):
        message = phrase("expected an end after the beginning, found `{found}`", found=found)
        hint = phrase("Exchange the two, or correct one of them.")
        yield it.warning("reversed-range", message, hint), found
    # Whether a sentence says that something grew, only words tell.
    for found in _each(shares_over_the_whole(it.text) if are_known_in(it.language) else ()):
        message = phrase("expected a part of the whole, found `{found}`", found=found)
        hint = phrase("Is a digit too many, or are two numbers exchanged? If something grew by so much, `waive:` this.")
        yield it.warning("over-the-whole", message, hint), found
    for found in _each(wrong_accounts(it.text)):
        message = phrase(
            "expected the number of a bank account, found `{found}`, whose check digits do not fit", found=found
        )
        hint = phrase("Copy it anew: a digit is wrong, missing or one too many.")
        yield it.warning("mistyped-number", message, hint), found
    ours = settings.government.contact.phone or ""
    for found, digits in dict.fromkeys(short_numbers(it.text, ours)):
        if found == ours:  # where it is wrong itself, the settings are told
            continue
        message = phrase(
            "expected a telephone number of {digits} digits, found `{found}`",
            digits="/".join(map(str, digits)),
            found=found,
        )
        hint = phrase("The number of the country is not counted. Is a digit missing, or one too many?")
        yield it.warning("mistyped-number", message, hint), found


def _hours(settings: Settings, it: Text, due: datetime) -> Iterator[tuple[Problem, str]]:
    for found in _each(unclear_hours(it.text)):
        message = phrase("expected an hour that everybody reads alike, found `{found}`", found=found)
        hint = phrase("Midnight belongs to two days: write `23:59`; and 14:00 is past noon by itself.")
        yield it.warning("unclear-hour", message, hint), found
    zone = ZoneInfo(str(settings.timezone))
    for found in _each(parts_over(it.text, due.astimezone(zone).year)):
        message = phrase("expected a year to come, found {found}, which is over when this goes out", found=found)
        hint = phrase("Is last year's text left in? Put in the year that is meant.")
        yield it.warning("day-is-over", message, hint), found
    ours = {str(due.astimezone(zone).replace(month=month, day=1).tzname()) for month in (_SUMMER, _WINTER)}
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", it.text):
        days = list(dates_in(sentence, locale_of(it.language, settings.locales)))
        of_the_day = {datetime(each.year, each.month, each.day, 12, tzinfo=zone).tzname() for each in days}
        for found, name in zones_in(sentence) if of_the_day else ():
            if name in ours and name not in of_the_day:
                message = phrase("expected an hour of {zone}, found `{found}`", zone=settings.timezone, found=found)
                hint = phrase("On that day clocks show {name} here: leave the zone out.", name=next(iter(of_the_day)))
                yield it.warning("unclear-hour", message, hint), found
    for found, name in dict.fromkeys(zones_in(it.text)):
        if name not in ours:
            message = phrase("expected an hour of {zone}, found `{found}`", zone=settings.timezone, found=found)
            hint = phrase("Say the hour that clocks show here, and the other one behind it in words.")
            yield it.warning("unclear-hour", message, hint), found


def _words(it: Text) -> Iterator[tuple[Problem, str]]:
    for found in _each(words_of_a_program(it.text)):
        message = phrase("expected words for readers, found “{found}”, which was pasted along", found=found)
        hint = phrase("Delete what a writing program or a mail has put around the text.")
        yield it.error("pasted-words", message, hint), found
    for found in _each(words_still_open(it.text)):
        message = phrase("expected something settled, found “{found}”", found=found)
        hint = phrase("Is it known by now? If readers are to know that it is open, `waive:` this.")
        yield it.warning("still-open", message, hint), found
    for found in _each(secrets_in(it.text)):
        message = phrase(
            "expected nothing that only one person may know, found a password or the number of an identity card"
        )
        hint = phrase("Take it out: whoever reads the text can use it. Is it meant for everybody? Then `waive:` this.")
        yield it.warning("secret-in-text", message, hint), found
    # A script has several lengths, which begin and end alike.
    for found in _each(paragraphs_twice(it.text)) if it.html else ():
        start = _start(found)
        message = phrase("expected each paragraph once, found one twice: “{start} …”", start=start)
        yield it.warning("doubled-paragraph", message, phrase("Delete one of the two.")), start
    for found in _each([*paragraphs_cut_off(it.text), *paragraphs_unended(it.html)]) if it.html else ():
        end = " ".join(found.split()[-_FIRST_WORDS:])
        message = phrase("expected the end of a sentence, found “… {end}”", end=end)
        yield it.warning("cut-off", message, phrase("Write the sentence to its end.")), end


def _personal_data(settings: Settings, it: Text) -> Iterator[tuple[Problem, str]]:
    ours = settings.government.contact.phone or ""
    hint = phrase(
        "Take them out, and give the address or the number of an office. If they agreed to it, `waive:` this."
    )
    for found in (private_addresses(it.text), mobile_numbers(it.text, ours)):
        if found:
            message = phrase(
                "expected no data of private people, found {number} of their addresses or telephone numbers",
                number=len(found),
            )
            yield it.warning("personal-data", message, hint), found[0]


def _start(words: str) -> str:
    return " ".join(words.split()[:_FIRST_WORDS])


def _each(found: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(found)
