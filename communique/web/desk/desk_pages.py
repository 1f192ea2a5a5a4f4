"""Pages of the desk filled: in the officer's language, with times of the government's zone."""

import gzip
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from communique.correction import corrected_as, number_of, told_as
from communique.delivery import Delivery, State
from communique.explain.problem_codes import CODES
from communique.language.catalogue import in_language
from communique.language.formatting import direction
from communique.language.recognised import recognised
from communique.localisation.localised import localise
from communique.own_pages import OurPages
from communique.phrase import Phrase
from communique.plan.file_check import text_to_write
from communique.plan.outlook import BY_HAND
from communique.read.yaml_positions import read
from communique.retraction import told_of
from communique.store.desk.officers import Duty
from communique.texts.accent import readable_on
from communique.web.desk.asking import Ask
from communique.web.desk.edited_files import is_editable
from communique.web.desk.file_watch import FileWatch
from communique.web.desk.office import Office
from communique.web.desk.said_reasons import said
from communique.website.site import BRIGHT, DARK_PANEL, LIGHT_PANEL

#: Those the desk speaks; each has a file of words.
LANGUAGES = ("en", "es")
#: Pages that every page leads to: their addresses, and their names among the words.
MENU = (
    ("", "timeline"),
    ("calendar", "calendar"),
    ("live", "live"),
    ("files", "files"),
    ("answers", "answers"),
    ("people", "people"),
    ("journal", "journal"),
)
_FOR_READERS = (("answers", "answers"),)  #: for those alone who may read what people write
#: The place of a reason in which the announcement stands that is waited for.
_GATE = "gate"
#: And those in which the names of audiences do.
_AUDIENCES = "audiences"
_AUDIENCE = "audience"  #: of one, which the command line names with its title
_LOCALES = {"en": "en-GB", "es": "es-ES"}


@dataclass(frozen=True)
class DeskPages:
    """Of one office."""

    office: Office
    watch: FileWatch
    _made: dict[tuple[str, str], OurPages] = field(default_factory=dict)

    def language(self, ask: Ask) -> str:
        """As the officer chose; as the browser asks, before anybody has signed in."""
        asked = ask.visit.query.get("language", "")
        own = ask.officer.language if ask.officer is not None else ask.language
        wanted = [asked, own, *ask.visit.languages]
        return next((tag[:2].lower() for tag in wanted if tag[:2].lower() in LANGUAGES), LANGUAGES[0])

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of its own words."""
        return LANGUAGES

    def words(self, ask: Ask) -> Mapping[str, Any]:
        """The desk's phrases, in the officer's language."""
        return words_of(self.language(ask))

    def fill(self, name: str, ask: Ask, context: Mapping[str, Any]) -> str:
        """A page, in the frame that all of them have."""
        frame = {
            "officer": ask.officer,
            "duties": {str(duty) for duty in ask.officer.duties} if ask.officer is not None else set(),
            "all_duties": [str(duty) for duty in Duty],
            "form": self.office.form_token(ask.session) if ask.session else "",
            "path": ask.path,
            "ways_in": self.office.ways_in,
            "menu": [each for each in MENU if each not in _FOR_READERS or _reads(ask)],
            "here": ask.path.partition("?")[0],
            "style_version": version_of(self.style().encode()),
            "is_editable": is_editable,
            "correction_in": number_of,
            "told_as": told_as,
            "without_notice": lambda occurrence: told_of(corrected_as(occurrence)),
            "changes_seen": self.watch.number,
            "script": script_address,
            "refresh": False,
            "error": "",
            "said": "",
        }
        filled = {**frame, **context}
        if filled["said"] not in {"", "signed_out", *self.words(ask)["said"]}:
            filled["said"] = ""  # an address that somebody has typed
        return self.fill_in(self.language(ask), name, filled)

    def fill_in(self, language: str, name: str, context: Mapping[str, Any]) -> str:
        """A page in a language, with what it is to show and who we are."""
        settings = self.office.settings
        spoken = settings.languages
        named = language if language in spoken else spoken[0]
        frame = {
            "language": language,
            "languages": [(each, words_of(each)["language_name"]) for each in LANGUAGES],
            "dir_of": direction,
            "text_to_write": text_to_write,
            "w": words_of(language),
            "ours": findings_of(language),
            "in_words": lambda text: in_language(text, language) or recognised(text, language),
            "parted": parted,
            "state_of": self._state_of,
            "language_called": self.office.language_called,
            "called": lambda campaign, announcement: self.office.called(campaign, announcement, language),
            "milestone_called": lambda campaign, name: self.office.milestone_called(campaign, name, language),
            "explained": explanations_of(language),
            "deed": lambda what: list(said(str(what), words_of(language)["deeds"])),
            "said_reason": lambda reason, of="": list(reason_parts(self._titled(reason, of, language), language)),
            "government": str(localise(settings.government.name, named, spoken)),
            "zone": str(settings.timezone),
            "mode": str(settings.mode),
            "now": self.office.clock(),
        }
        return self._pages(language, settings.timezone).fill(name, **{**frame, **context})

    def _state_of(self, delivery: Delivery) -> str:
        """Where a copy stands; what waits for a person's hands is no doubt."""
        is_by_hand = delivery.state is State.IN_DOUBT and delivery.channel in self.office.for_a_person
        return BY_HAND if is_by_hand else str(delivery.state)

    def _titled(self, reason: str, campaign: str, language: str) -> str:
        """A reason with the titles of the announcement that is waited for, and of audiences.

        Their names are for whoever writes the files.
        """
        if not campaign or not isinstance(reason, Phrase):
            return reason
        values = {name: self._titled(value, campaign, language) for name, value in reason.values.items()}
        if _GATE in values:
            title = self.office.called(campaign, values[_GATE], language)
            values[_GATE] = words_of(language)["quoted"].format(name=title)
        if _AUDIENCES in values:
            values[_AUDIENCES] = self._audiences_titled(values[_AUDIENCES], language)
        return reason.with_values(values)

    def _audiences_titled(self, names: str, language: str) -> str:
        """One, or several that are joined by words."""
        if isinstance(names, Phrase) and _AUDIENCE in names.values:
            return self._audiences_titled(names.values[_AUDIENCE], language)
        if isinstance(names, Phrase) and names.values:
            return names.with_values(
                {each: self._audiences_titled(value, language) for each, value in names.values.items()}
            )
        return str(words_of(language)["quoted"].format(name=self.office.audience_called(names, language)))

    def style(self) -> str:
        """The style sheet of all of them."""
        settings = self.office.settings
        accent = settings.look.accent
        return self._pages(LANGUAGES[0], settings.timezone).fill(
            "style.css", on_light=readable_on(LIGHT_PANEL, accent), on_dark=readable_on(DARK_PANEL, accent, BRIGHT)
        )

    def _pages(self, language: str, zone: ZoneInfo) -> OurPages:
        key = language, str(zone)
        if key not in self._made:
            words = words_of(language)
            self._made[key] = OurPages("desk", zone, _LOCALES[language], str(words["on_day"]), words["channels"])
        return self._made[key]


def parted(line: str, column: int) -> tuple[str, str, str]:
    """What stands before a fault, the word at which it is (as the editor marks it), and the rest; columns from 1."""
    if not column:
        return line, "", ""
    before, rest = line[: column - 1], line[column - 1 :]
    word = re.match(r"\d+:\d\d|[^\s,\]}:]+|.?", rest)
    end = word.end() if word else 0
    return before, rest[:end] or " ", rest[end:]


def reason_parts(reason: str, language: str) -> Sequence[tuple[str, bool]]:
    """A reason in a language, in parts: each with whether it is in that language."""
    whole = in_language(reason, language)
    if whole is not None:
        return [(whole, True)]
    parts = list(said(str(reason), words_of(language)["reasons"]))
    if not all(ours for _, ours in parts) and (known := recognised(str(reason), language)) is not None:
        return [(known, True)]
    return parts


@cache
def script(name: str) -> bytes:
    """One of the desk's scripts, as it is served."""
    return (files("communique") / "pages" / "desk" / "scripts" / name).read_bytes()


@cache
def zipped_script(name: str) -> bytes:
    """The same, compressed once for everybody."""
    return gzip.compress(script(name), mtime=0)


@cache
def script_version(name: str) -> str:
    """What its address ends with: another one when the script is another."""
    return version_of(script(name))


def script_address(name: str) -> str:
    """Where a page finds it."""
    return f"/{name}?v={script_version(name)}"


def version_of(served: bytes) -> str:
    """Of a file by what is in it."""
    return hashlib.sha256(served).hexdigest()[:12]


@cache
def findings_of(language: str) -> Mapping[str, Sequence[str]]:
    """What the checks find, by its code: what it is, and what to do. Nothing in the language that they speak."""
    return _words(f"findings.{language}.yaml") if language != LANGUAGES[0] else {}


@cache
def explanations_of(language: str) -> Mapping[str, str]:
    """What each code of a finding means, why it matters and what to do."""
    if language == LANGUAGES[0]:
        return {code: each.text for code, each in CODES.items()}
    return _words(f"explanations.{language}.yaml")


@cache
def words_of(language: str) -> Mapping[str, Any]:
    """The phrases of the desk in a language."""
    return _words(f"{language}.yaml")


def _words(name: str) -> Mapping[str, Any]:
    path = files("communique") / "pages" / "desk" / "words" / name
    document, problems = read(path.read_bytes(), path.name)
    assert document is not None, problems  # noqa: S101 - a file of the program
    assert not problems, problems  # noqa: S101 - the same
    return document.data  # type: ignore[no-any-return]


def _reads(ask: Ask) -> bool:
    return ask.officer is not None and ask.officer.may(frozenset({Duty.EDITOR, Duty.OPERATOR}))
