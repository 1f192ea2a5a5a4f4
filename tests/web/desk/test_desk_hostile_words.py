"""Markup in all that people and servers can put into the ledger and the files: words, on every page of the desk."""

import re
from collections.abc import Iterator

import lxml.html
import pytest

from communique.channel import Message, PermanentError, UncertainError
from communique.store.deliveries import pauses
from communique.store.desk.officers import Duty
from communique.store.recipients import people
from tests.command_line import at
from tests.desk import Desk, desk_of
from tests.journeys.test_every_desk_page import paths
from tests.meetings import hold_a_meeting
from tests.workspaces import START, Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

#: Out of text, of an attribute in either quotes, of a script, a style sheet and a comment; and into a template.
EVIL = """'"></textarea></script></style>--><img src=x onerror=alert(1)><a href="javascript:alert(1)">evil</a>"""
FILLED = EVIL + "{{7*7}}"  #: in files it is a placeholder, which the checks name


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """Everything that can be typed or answered has been."""
    quoted = EVIL.replace("'", "''")
    hold_a_meeting(town)
    town.campaign("title: News", f"title: {{en: '{quoted}'}}")
    town.campaign("  hello:\n", f"  hello:\n    title: {{en: '{quoted}'}}\n")
    town.campaign("colour: blue", f"colour: '{quoted}'")
    town.campaign("\nfacts:", f"\nmilestone_titles:\n  start: {{en: '{quoted}'}}\n\nfacts:")
    town.campaign("    through: [email]", "    through: [email, website, feed, handoff]")
    article = "---\nheadline: Hello {{ facts.colour }}\nsummary: It is {{ facts.colour }}.\n---\n{{ facts.colour }}\n"
    town.say("hello", dict.fromkeys(("en", "es", "fr"), article))
    rows = [
        people.Row(address=f"{name}@example.org", name=f"{name} {FILLED}", language="en", organisation=FILLED)
        for name in ("ana", "ben", "cid")
    ]
    with town.database.begin() as connection:
        people.add(connection, rows, audience="friends", basis=EVIL, source=EVIL, now=town.clock.now)
    town.email.after = _answer
    town.clock.now = START
    town.run()
    town.clock.turn(hours=1)  # what may have gone is sent once more
    town.run()
    with town.database.begin() as connection:
        pauses.begin(connection, "website", who=FILLED, why=FILLED, now=town.clock.now)
    with desk_of(town) as made:
        yield made


def _answer(message: Message) -> None:
    if "ana" in str(message.recipient):
        raise PermanentError(f"550 5.1.1 {EVIL}")
    raise UncertainError(FILLED)


def broken_out(page: str) -> list[str]:
    """What has become an element, a handler or an address, or was filled in."""
    root = lxml.html.fromstring(page)
    found = [lxml.html.tostring(each, encoding="unicode")[:120] for each in root.xpath("//img[@src='x']")]
    for each in root.iter("*"):
        found += [name for name in each.attrib if name.startswith("on")]
        found += [each.get(name) for name in ("href", "src", "action") if "javascript:" in each.get(name, "").lower()]
    return [*found, *re.findall(r"evil[^<]{0,40}49", page)]


def test_markup_is_words_on_every_page_of_the_desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of names, titles, facts, texts, comments, reasons, notes and what servers answer; in both languages."""
    seats = [desk.sit(desk.hire(f"{language} {FILLED}", *Duty, language=language)) for language in ("en", "es")]
    eva = seats[0]
    line = at(desk.town.root, monkeypatch, desk.town.clock.now)
    first = next(copy.delivery.id for copy in desk.town.copies() if copy.delivery.state == "in_doubt")
    assert eva.post("/live/settle", number=str(first), decision="failed", note=FILLED).status_code == 303
    assert eva.post("/live/pause", channel="feed", why=FILLED).status_code == 303
    assert eva.post("/cancel/news/remind/once", why=FILLED).status_code == 303
    assert eva.post("/people", name=EVIL, duty="editor").status_code == 200
    assert line("people", "suppress", "cid@example.org", "--reason", FILLED, "--as", FILLED).code == 0
    assert line("retract", "news/hello", "--reason", f"en={FILLED}", "--as", FILLED).code == 0
    asked = ["/live?address=" + "%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "/sent/news/hello/once?address=%22%3E"]
    seen = ""
    for seat in seats:
        for path in [*paths(), *asked, "/announcement/news/tomorrow/once", "/announcement/news/hello/once-retracted"]:
            answer = seat.get(path)
            assert answer.status_code in {200, 303, 400, 404, 409}, path
            if answer.text:
                assert broken_out(answer.text) == [], path
                seen += answer.text
    assert seen.count("&lt;img src=x onerror=alert(1)&gt;") > 40, "the words were not shown"
