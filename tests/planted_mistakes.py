"""A sound campaign, and mistakes as officers make them, to be planted in its files."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from communique.plan.checking import check
from communique.plan.file_check import check_file
from communique.problems import Problem, Severity
from tests.workspaces import START, Town, build

C, S = "campaigns/news.yaml", "config/settings.yaml"
EN, ES = (f"templates/news/hello/{language}/article.md" for language in ("en", "es"))
END_EN, END_ES = "See you there.\n", "Nos vemos.\n"
CAMPAIGN = """\
campaign: news
title: News
languages: [en, es]
milestones:
  start: 2026-12-01 10:00
  meeting: 2026-12-15 10:00 to 12:00
facts:
  price: {en: ten euros, es: diez euros}
  budget: 10
  mayor_quote:
    approved_by: Ana Gil
    approved_on: 2026-11-20
    text: {en: We listen., es: Escuchamos.}
  speaker:
    name: {en: Rosa Marín, es: Rosa Marín}
    office: {en: Head of the library, es: directora de la biblioteca}
  gathering:
    at: meeting
    title: {en: Meeting, es: Reunión}
    place: {en: Hall 2, es: Sala 2}
    rsvp: open@littleton.example.org
    rsvp_by: 2026-12-10
announcements:
  hello:
    when: start
    to: [friends]
    through: [email, website]
    invite: gathering
  reminder:
    when: start + 1 day at 10:00
    after: hello
    to: [friends]
    through: [email]
  release:
    when: start + 2 days at 10:00
    embargo: start + 3 days at 10:00
    to: [newsrooms]
    through: [press]
"""
_HEAD = "---\nheadline: {headline}\nsubject: {headline}\nsummary: {summary}\nimage: hall.png\nalt: {alt}\n---\n"
_ENGLISH = _HEAD.format(headline="A meeting", summary="In short.", alt="A hall.") + (
    "It costs {{ facts.price }}, on {{ facts.gathering.start | weekday_date }}.\n\n> {{ facts.mayor_quote.text }}\n\n"
    "## Where\n\nRead [the page]({{ pages.process }}).\n\n" + END_EN
)
_SPANISH = _HEAD.format(headline="Una reunión", summary="En breve.", alt="Una sala.") + (
    "Cuesta {{ facts.price }}, el {{ facts.gathering.start | weekday_date }}.\n\n> {{ facts.mayor_quote.text }}\n\n"
    "## Dónde\n\nLea [la página]({{ pages.process }}).\n\n" + END_ES
)
SHORT = "---\nheadline: News\nsummary: In short.\n---\n" + END_EN


@dataclass(frozen=True)
class Mistake:
    """What an officer wrote in the place of words of a file, and the code of what has to be found."""

    code: str
    severity: Severity
    file: str
    old: str
    new: str


E, W = Severity.ERROR, Severity.WARNING
UNANSWERED = "    only: {gathering: not-answered}\n"
PAGE = "({{ pages.process }})"
#: One at a time: each changes what is read of a file.
MISTAKES = [
    Mistake("wrong-moment", E, C, "start: 2026-12-01", "start: 2026-11-31"),
    Mistake("date-gap", E, C, "when: start\n", "when: 2027-03-28 02:30\n"),
    Mistake("wrong-moment", E, C, "+ 1 day at 10:00", "+ 1 day at 25:00"),
    Mistake("yaml-tab", E, C, "  meeting: 2026", "\tmeeting: 2026"),
    Mistake("yaml-duplicate-key", E, C, "  budget: 10\n", "  budget: 10\n  budget: 20\n"),
    Mistake("missing-translation", E, C, "[en, es]\nmil", "[en, es, no]\nmil"),
    Mistake("missing-translation", E, C, ", es: diez euros", ""),
    Mistake("missing-fact", E, ES, "facts.price", "facts.prize"),
    Mistake("wrong-value", W, S, 'phone: "+34 955 000 000"', 'phone: "+34 955 OOO 000"'),
    Mistake("no-audience", E, C, "to: [friends]\n    through: [email]\n", "to: []\n    through: [email]\n"),
    Mistake("embargo-is-over", W, C, "embargo: start + 3", "embargo: start + 1"),
    Mistake("empty-text", E, ES, _SPANISH, ""),
    Mistake("unapproved-quotation", E, C, "    approved_by: Ana Gil\n", ""),
    Mistake("missing-alt", E, EN, "alt: A hall.\n", ""),
    Mistake("mistyped-address", W, C, "rsvp: open@littleton", "rsvp: open@litleton"),
    Mistake("deadline-after-meeting", E, C, "rsvp_by: 2026-12-10", "rsvp_by: 2026-12-20"),
    Mistake("meeting-on-day-off", W, C, "meeting: 2026-12-15", "meeting: 2026-12-25"),
    Mistake("meeting-on-day-off", W, C, "meeting: 2026-12-15", "meeting: 2026-12-13"),
    Mistake("template-syntax", E, EN, END_EN, "{{ facts.price\n"),
    Mistake("template-forbidden", E, EN, "| weekday_date", "| weekdaydate"),
    Mistake("missing-front-matter", E, EN, "A hall.\n---\n", "A hall.\n"),
    Mistake("wrong-value", E, C, "rsvp: open@littleton.example.org", "rsvp: open.littleton.example.org"),
    Mistake("wrong-moment", E, C, "10:00 to 12:00", "12:00 to 10:00"),
    Mistake("yaml-syntax", E, C, "announcements:\n", "<<<<<<< HEAD\nannouncements:\n"),
    Mistake("meeting-in-the-past", E, C, "when: start\n", "when: start + 3 weeks\n"),
    Mistake("curly-quotes", W, C, "title: News", "title: “News”"),
    Mistake("wrong-moment", E, C, "start: 2026-12-01 10:00", "start: 01.12.2026 10:00"),
    Mistake("wrong-value", E, C, "[en, es]\nmil", "[en, es, NO]\nmil"),
    Mistake("wrong-moment", E, C, "+ 1 day at 10:00", "+ 1 day at 5pm"),
    Mistake("wrong-moment", E, C, "when: start + 1 day at 10:00", "when: meeting – 2 days at 10:00"),
    Mistake("unseen-character", E, C, "when: start\n", "when: start\u200b\n"),
    Mistake("unseen-character", E, C, "  meeting: 2026", "\u00a0\u00a0meeting: 2026"),
    Mistake("garbled-letters", E, C, "es: Reunión", "es: ReuniÃ³n"),
    Mistake("curly-quotes", W, C, "title: News", "title: ‘News’"),
    Mistake("wrong-value", E, C, "rsvp: open@littleton.example.org", "rsvp: open@littleton.example.org."),
    Mistake("wrong-value", E, C, "rsvp: open@littleton.example.org", "rsvp: mailto:open@littleton.example.org"),
    Mistake("missing-translation", E, C, "es: Sala 2", "es: ''"),
    Mistake("date-gap", E, C, "meeting: 2026-12-15 10:00 to 12:00", "meeting: 2027-03-28 02:15 to 04:00"),
    Mistake("circular-gate", E, C, "after: hello", "after: reminder"),
    Mistake("wrong-type", E, C, "to: [friends]\n    through: [email]\n", "to: friends\n    through: [email]\n"),
    Mistake("yaml-syntax", E, C, "title: News", "title: News: the kickoff"),
    Mistake("yaml-merge", E, C, "    after: hello", "    <<: *hello"),
    Mistake("meeting-in-the-past", E, C, "when: start + 1 day at 10:00\n", f"when: meeting + 1 hour\n{UNANSWERED}"),
    Mistake("garbled-letters", E, ES, "Dónde", "D\ufffdnde"),
    Mistake("odd-hour", W, C, "10:00 to 12:00", "22:00 to 23:30"),
    Mistake("odd-hour", W, C, "10:00 to 12:00", "10:00 to 21:30"),
    Mistake("poor-alt", W, EN, "alt: A hall.", "alt: A meeting"),
    Mistake("poor-alt", W, EN, "alt: A hall.", f"alt: {'A hall by the sea with all who came. ' * 9}"),
    Mistake("cut-off", W, EN, "headline: A meeting", "headline: 'A meeting:'"),
    Mistake("pasted-words", W, EN, "subject: A meeting", "subject: 'RE: A meeting'"),
    Mistake("placeholder-left", W, EN, "subject: A meeting", "subject: Test"),
    Mistake("another-person", W, EN, "summary: In short.", "summary: In short.\ngreeting: Dear Mr. Park,"),
    Mistake("stray-sign", W, EN, "summary: In short.", "summary: In short.\ngreeting: 'Dear ,'"),
    Mistake("wrong-value", E, S, "mode: live", "mode: trial\nallow_list: ['*@littleton.example.org']"),
    Mistake("odd-hour", W, C, "2026-12-15 10:00 to 12:00", "2026-12-15"),
    Mistake("placeholder-left", E, C, "title: News", "title: TITLE HERE"),
    Mistake("odd-hour", W, C, "+ 1 day at 10:00", "+ 1 day at 03:00"),
    Mistake("unlikely-year", W, C, "start: 2026-12-01", "start: 2025-12-01"),
    Mistake("unlikely-year", W, C, "meeting: 2026-12-15", "meeting: 2062-12-15"),
    Mistake("deadline-is-over", W, C, "rsvp_by: 2026-12-10", "rsvp_by: 2025-12-10"),
    Mistake("deadline-is-over", W, C, "rsvp_by: 2026-12-10", "rsvp_by: 2026-12-01"),
    Mistake("doubled-word", W, C, "{en: ten euros", "{en: It costs ten ten euros"),
    Mistake("ambiguous-date", W, C, "{en: ten euros", "{en: ten euros until 03/04/2027"),
    Mistake("all-capitals", W, EN, "headline: A meeting", "headline: A MEETING FOR ALL"),
    Mistake("poor-alt", W, EN, "alt: A hall.", "alt: hall.png"),
    Mistake("poor-alt", W, ES, "alt: Una sala.", "alt: Imagen"),
    Mistake("wrong-value", W, S, "late_window: 24 hours", "late_window: 24 days"),
    Mistake("repeated-name", E, S, "approvals: {required: 0}", "approvals: {required: 0, approvers: [Ana, Ana]}"),
    Mistake("wrong-value", E, S, "languages: [en, es]", "languages: [en, es]\nlocales: {es: es-XX}"),
    Mistake("wrong-value", E, S, "address: Main Square 1", 'address: ""'),
    Mistake("wrong-value", W, S, "timezone: Europe/Madrid", "timezone: America/Bogota"),
    Mistake("languages-differ", W, C, "{en: Hall 2, es: Sala 2}", "{en: Hall 2, es: Sala 3}"),
    Mistake("languages-differ", W, C, "es: Rosa Marín", "es: Rosa Marino"),
    Mistake("wrong-value", W, S, "address: Main Square 1", 'address: "Main Square 1\\n1999 Littleton"'),
    Mistake(
        "another-language", W, EN, "alt: A hall.", "alt: Una sala con las sillas en las que se sientan los vecinos."
    ),
    Mistake("yaml-cut-text", W, C, "{en: Hall 2, es: Sala 2}", "\n      en: Hall # 2, Main Square\n      es: Sala 2"),
    Mistake("wrong-value", W, S, 'phone: "+34 955 000 000"', 'phone: "+34 955 000 00"'),
    Mistake("another-language", W, ES, "headline: Una reunión", "headline: We have been asked to the hall"),
    Mistake("internal-in-public", W, C, "to: [newsrooms]", "to: [newsrooms, office]"),
    Mistake("at-the-same-minute", W, C, "when: start + 1 day at 10:00\n    after: hello", "when: start"),
]
#: Of a campaign file, and found only when its texts are written.
SEEN_IN_TEXTS = {
    *("embargo-is-over", "meeting-in-the-past", "deadline-is-over", "doubled-word", "ambiguous-date"),
}
#: What a fact says is told at the text that says it, which may have no line of its own for it.
SAID_BY_TEXTS = {"doubled-word", "ambiguous-date"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A campaign without a fault, in two languages, by mail, on the website and to newsrooms."""
    town = build(tmp_path_factory.mktemp("town"))
    town.write(C, CAMPAIGN)
    town.settings("languages: [en, es, fr]", "languages: [en, es]")
    town.settings("  x:\n", PRESS)
    town.settings("email: open@", 'phone: "+34 955 000 000", email: open@')
    town.settings(
        "invited}\n", "invited}\n  newsrooms: {title: Newsrooms, role: media, trusted_with_embargo: true}\n" + OFFICE
    )
    for name in ("hello", "reminder"):
        town.say(name, {"en": _ENGLISH, "es": _SPANISH} if name == "hello" else {"en": SHORT, "es": SHORT})
    for language in ("en", "es"):
        town.write(f"templates/news/release/{language}/press.md", SHORT)
    images = town.root / "templates/news/images"
    images.mkdir(parents=True)
    (images / "hall.png").write_bytes(_png(64, 32))
    yield town
    town.database.close()


OFFICE = "  office: {title: The office, role: internal}\n"
PRESS = """\
  press:
    kind: press
    host: localhost
    port: 25
    tls: none
    sender: Press <open@littleton.example.org>
  x:
"""


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x40" * width * 3) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def found_in(town: Town, *, fills_texts: bool = True) -> list[Problem]:
    """What `communique check` says of the files as they are now; or what is said at once, while somebody types."""
    installation = town.installation
    workspace, problems = installation.read()
    if workspace is None:
        return list(problems)
    opened, known = installation.channels(workspace), installation.known_preflights
    try:
        planner = replace(installation.planner(workspace, town.database, opened), preflight=known)
        return check(planner, {}, START) if fills_texts else check_file(planner, C, START, fills_texts=False)
    finally:
        known.keep()
        opened.close()


@contextmanager
def changed(town: Town, file: str, *changes: tuple[str, str], fills_texts: bool = True) -> Iterator[list[Problem]]:
    """What is found while words of a file are others."""
    path = town.root / file
    right = text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    try:
        yield found_in(town, fills_texts=fills_texts)
    finally:
        path.write_text(right, encoding="utf-8")
