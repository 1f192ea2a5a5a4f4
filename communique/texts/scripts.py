"""Texts that are read aloud: a file for each length, put into words, counted and timed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from communique.channel import CueSheet, Script, Spot
from communique.language.formatting import (
    day_and_month,
    direction,
    locale_of,
    seconds_written,
    time_of_day,
    zone_name,
)
from communique.language.speech.pace import words_per_minute
from communique.language.speech.speaking import Speech, count_words, pronounced
from communique.localisation.localised import localise
from communique.phrase import phrase
from communique.problems import Problem
from communique.read.sources import SOUNDS, Sources
from communique.settings import Settings
from communique.texts.television import Screen, on_paper
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.wording import Wording, files_for

SECONDS = 30  #: of a text that does not say it in its name


def files_of(
    sources: Sources, campaign: str, announcement: str, language: str, names: Sequence[str]
) -> tuple[str, ...]:
    """The files of a script, the shortest first: `radio-15.txt`, `radio-60.txt`, or `radio.txt` (30 seconds).

    Those named after the channel win over those named after its kind; without any, the one that should be there.
    """
    there = sorted(files_for(sources, campaign, announcement, language))
    for name in names:
        pattern = re.compile(rf"{re.escape(name)}(?:-[1-9]\d{{0,2}})?\.txt")
        if found := [each for each in there if pattern.fullmatch(each)]:
            return tuple(sorted(found, key=seconds_of))
    return (f"{names[-1]}-{SECONDS}.txt",)


def seconds_of(file: str) -> int:
    """How long a text may take, by its file's name."""
    number = re.search(r"-(\d+)\.txt$", file)
    return int(number[1]) if number else SECONDS


def script_of(
    templates: Templates,
    texts: Sequence[Wording],
    context: Mapping[str, Any],
    *,
    sources: Sources,
    settings: Settings,
    words: Mapping[str, Any],
    headline: str,
    due_at: datetime,
    screen: Screen | None = None,
    first: str = "",
) -> Script:
    """A script from its texts, in the language of `context`; `words` are the fixed phrases of that language.

    With a `screen` it is one for television. `first`: what its sheet says before all else.

    Raises:
        TemplateProblemError: a text cannot be filled, or nothing is known of how the language is spoken.
    """
    language = context["language"]
    if not words.get("speech"):
        raise TemplateProblemError(_unknown_speech(language))
    locale, phrases = locale_of(language, settings.locales), words["speech"]
    speech, pace = (
        Speech(locale, phrases, settings.speaking.dialled),
        words_per_minute(language, settings.speaking.words_per_minute),
    )
    names = {
        name: str(localise(said, language, settings.languages))
        for name, said in settings.speaking.pronunciation.items()
    }
    voice = _Voice(speech, pace, names)
    spots = tuple(
        replace(
            _spot(voice, templates.fill_text(each.path, each.body, context).strip(), each.path, screen),
            recording=_recording(sources, each.path),
        )
        for each in texts
    )
    local = due_at.astimezone(settings.timezone)
    day = day_and_month(local, locale)
    contact = settings.government.contact
    script = Script(
        headline=headline,
        spots=spots,
        voice=str(phrases["voice"]),
        words_per_minute=pace,
        sheet=CueSheet(
            direction=direction(language),
            labels={name: str(label) for name, label in {**words["cue_sheet"], "colon": words["colon"]}.items()},
            sender=context["government"]["name"],
            contact=tuple(filter(None, (contact.name, contact.phone, contact.email))),
            not_before=f"{day}{words['comma']} {time_of_day(local, locale)} ({zone_name(local)})",
            pronunciation={name: said for name, said in names.items() if any(name in each.text for each in spots)},
            seconds=seconds_written(locale),
            first=first,
        ),
    )
    return replace(script, document=on_paper(templates, script, screen.shown)) if screen else script


@dataclass(frozen=True)
class _Voice:
    speech: Speech
    pace: int  #: words a minute
    names: Mapping[str, str]  #: how they are pronounced

    def read(self, text: str) -> tuple[str, float]:
        """A text as it is spoken, and the seconds that takes."""
        spoken = self.speech.spoken(text)
        return spoken, 60 * count_words(pronounced(spoken, self.names)) / self.pace


def _spot(voice: _Voice, text: str, path: str, screen: Screen | None) -> Spot:
    shots = screen.shots(text, path, voice.read) if screen else ()
    written = "\n\n".join(shot.written for shot in shots if shot.written) if screen else text
    spoken, takes = voice.read(written)
    said = pronounced(spoken, voice.names)
    return Spot(
        seconds=seconds_of(path),
        file=path,
        written=written,
        text=spoken,
        said=said,
        words=count_words(said),
        takes=sum(shot.takes for shot in shots) if screen else takes,
        shots=shots,
    )


def _recording(sources: Sources, path: str) -> bytes:
    """The sound file beside a text that has its name: somebody has read it aloud."""
    stem = path.removesuffix(".txt")
    return next(filter(None, (sources.read(f"{stem}{ending}") for ending in SOUNDS)), b"")


def _unknown_speech(language: str) -> Problem:
    return Problem(
        code="missing-translation",
        message=phrase(
            "expected how numbers, dates and addresses are said in `{language}`, found no `speech:`", language=language
        ),
        hint=phrase("Copy that part from the file of a language you know, and translate it."),
        file=f"templates/layouts/words/{language}.yaml",
    )
