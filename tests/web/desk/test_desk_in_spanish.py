"""The desk in Spanish, with all that can be wrong: no sentence of ours is English there."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import Connection, insert, select, text

from communique.channel import Message, PermanentError, UncertainError, phrase
from communique.delivery import State
from communique.store.database import deliveries
from communique.store.deliveries import pauses, rests
from communique.store.desk.officers import Duty
from communique.store.tables.channel import stops
from tests.desk import Desk, desk_of
from tests.journeys.test_every_desk_page import paths
from tests.meetings import hold_a_meeting
from tests.workspaces import CAMPAIGN, START, Town, build

#: Words that every English sentence of ours has one of, and no Spanish one.
ENGLISH = re.compile(
    r"\b(the|an|and|of|is|are|was|were|has|have|had|not|which|with|from|this|that|these|it|its|to|be|expected|found|"
    r"nobody|everybody|waits?|goes|went|gone|sent|by|for|when|where|until|since|what|who|write|wrote|approved)\b",
    re.IGNORECASE,
)
#: What officers have written and servers have said is not ours.
NOT_OURS = ("code", "pre", "textarea", "script", "style", "iframe", "bdi", "del", "ins")
THEIR_WORDS = ("City of Littleton", "the relay moves", "asked to be left alone")
#: Said to us in English, or a language by its own name; shown as such.
MARKED = {"English", "en", "", "250 taken", "the connection broke"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town in which something is late, held, in doubt, refused, paused, broken, and must not be sent."""
    town = build(tmp_path_factory.mktemp("town"))
    town.clock.turn(days=-1)
    make_wrong(town)
    with desk_of(town) as made:
        yield made
    town.database.close()


def make_wrong(town: Town) -> None:
    """All of that."""
    hold_a_meeting(town)
    town.settings("approvals: {required: 0}", "approvals: {required: 2, valid_for: 20 days}")
    town.settings("kind: email", "kind: email\n    rate: 2000 per hour")
    town.invite("ana", "ben", "cleo", "dora")
    town.invite_by_post("eva")
    town.suppress("dora")
    for name in ("Ben Roy", "Cid Paz"):
        town.approve(name)
    ends = iter((UncertainError("the connection broke"), PermanentError(phrase("The mail was not begun."))))

    def break_off(_message: Message) -> None:
        if (end := next(ends, None)) is not None:
            raise end

    town.email.after = break_off
    town.clock.now = START
    town.run()
    town.write("campaigns/later.yaml", CAMPAIGN.replace("campaign: news", "campaign: later"))
    town.write("campaigns/broken.yaml", "campaign: broken\ntitle: [\n")
    town.write(
        "templates/news/remind/en/article.md", "---\nheadline: xx\nsummary: TBD\n---\nClick here {{ facts.no }}\n"
    )
    with town.database.begin() as connection:
        pauses.begin(connection, "website", who="Ana", why="the relay moves", now=town.clock.now)
        stop_what_waits(connection, town)
        why = "The mail server mail.example.org hung up, on one connection after the other."
        rests.failed(
            connection, "email", why=why, pause=lambda _: timedelta(hours=1), worked_before=False, now=town.clock.now
        )


def stop_what_waits(connection: Connection, town: Town) -> None:
    """As if too many mails had come back."""
    waits = select(deliveries.c.occurrence_id, deliveries.c.channel).where(deliveries.c.state == State.SCHEDULED)
    occurrence, channel = connection.execute(waits).first() or (0, "")
    values = {"since": town.clock.now, "returned": 12, "gone": 40, "words": "250 taken"}
    connection.execute(insert(stops).values(occurrence_id=occurrence, channel=channel, **values))


def said(page: str) -> tuple[list[str], list[str]]:
    """The parts that are marked as English, and other texts of a page that have English words."""
    root = html.fromstring(page)
    for tag in NOT_OURS:
        for each in root.xpath(f"//{tag}"):
            each.drop_tree()
    marked = [each.text_content().strip() for each in root.xpath("//body//*[@lang='en']")]
    for each in root.xpath("//body//*[@lang and @lang != 'es']"):
        each.drop_tree()
    texts = [str(each) for each in root.xpath("//text() | //@aria-label | //@title | //@placeholder | //@alt")]
    plain = [" ".join(each.split()) for each in texts]
    for words in THEIR_WORDS:
        plain = [each.replace(words, "") for each in plain]
    return marked, [each for each in plain if ENGLISH.search(each)]


def test_no_page_has_a_sentence_in_english(desk: Desk) -> None:
    """Neither marked as such nor unmarked; but for what people and servers have said."""
    marta = desk.sit(desk.hire("Marta", *Duty, language="es"))
    found: dict[str, tuple[list[str], list[str]]] = {}
    for path in [
        *paths(),
        "/edit/campaigns/broken.yaml",
        "/edit/config/settings.yaml",
        "/announcement/later/hello/once",
    ]:
        answer = marta.get(path)
        assert answer.status_code in {200, 303, 400, 404, 409}, path
        marked, english = said(answer.text) if answer.text else ([], [])
        ours = [each for each in marked if each not in MARKED and not path.startswith("/sent")]
        if ours or english:
            found[path] = (ours, english)
    assert found == {}


def test_an_announcement_has_a_title_in_the_language_of_who_reads(town: Town) -> None:
    """On every page that names it, and in the calendar; its name as a title where the file says nothing."""
    town.campaign("  hello:\n", "  hello:\n    title: {es: El saludo de otoño}\n")
    town.approve("Ben Roy")
    town.clock.turn(hours=-1)
    with desk_of(town) as made:
        marta = made.sit(made.hire("Marta", *Duty, language="es"))
        for path in ("/", "/calendar", "/announcement/news/hello/once", "/cancel/news/hello/once", "/files"):
            page = marta.get(path).text
            assert "El saludo de otoño" in page, path
            assert not re.search("<h1>[^<]*Hello|>Hello</(a|summary)>", page), path
        token = re.search(r"/calendar/[\w.~-]+\.ics", marta.get("/calendar").text)
        assert token is not None
        assert "El saludo de otoño" in marta.get(token[0]).text
        ana = made.sit(made.hire("Ana", *Duty, language="en"))
        assert "El saludo" not in ana.get("/").text
        assert "Hello" in ana.get("/").text


def test_a_campaign_has_a_title_in_the_language_of_who_reads(town: Town) -> None:
    """Wherever it is named, and nowhere as the file has it; the page of a preview, too, whose reader reads English."""
    file = town.root / "campaigns" / "news.yaml"
    written = file.read_text(encoding="utf-8").replace("title: News\n", "title: {es: El otoño, en: Autumn}\n", 1)
    town.write("campaigns/news.yaml", written)
    town.clock.turn(hours=-1)
    with desk_of(town) as made:
        marta = made.sit(made.hire("Marta", *Duty, language="es"))
        naming = ("/announcement/news/hello/once", "/live", "/files", "/milestones/news")
        for path in naming:
            assert "El otoño" in marta.get(path).text, path
        ana = made.sit(made.hire("Ana", *Duty, language="en"))
        for path in (*naming, *paths()):
            assert "El otoño" not in ana.get(path).text, path


@pytest.mark.ledger_by_hand
@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nothing/of/ours", 404, "Aquí no hay ninguna página"),
        ("GET", "/live/pause", 405, "Aquí no hay ninguna página"),
        ("POST", "/edit/campaigns/news.yaml", 413, "Es demasiado"),
        ("GET", "/journal", 500, "La página no se ha podido mostrar"),
    ],
)
def test_what_cannot_be_shown_is_told_in_the_officers_language(
    town: Town, method: str, path: str, status: int, title: str
) -> None:
    """By what the officer has chosen, whatever the browser says; a page as any other, and no bare number."""
    with desk_of(town) as made:
        marta = made.sit(made.hire("Marta", *Duty, language="es"))
        if status == 500:
            with town.database.begin() as connection:
                connection.execute(text("ALTER TABLE journal RENAME TO lost"))
        content = b"x" * (3_000_000 if status == 413 else 0)
        headers = {"Accept-Language": "en", "Content-Type": "application/x-www-form-urlencoded", "Origin": marta.origin}
        answer = marta.client.request(method, path, content=content, headers=headers)
        assert (answer.status_code, said(answer.text)) == (status, (["English"], []))
        assert html.fromstring(answer.text).xpath("string(//h1)") == title
        if status == 500:
            with town.database.begin() as connection:
                connection.execute(text("ALTER TABLE lost RENAME TO journal"))


def test_orca_says_each_moment_and_what_has_been_done(desk: Desk) -> None:
    """It is silent at a `time` in which an element stands, and says only “status bar” where that has the focus."""
    marta = desk.sit(desk.hire("Berta", *Duty, language="es"))
    for path in paths():
        page = marta.get(path).text
        if not page:
            continue
        root = html.fromstring(page)
        assert [html.tostring(each) for each in root.xpath("//time[*][not(@role='none')]")] == [], path
        assert [html.tostring(each) for each in root.xpath("//*[@role='status'][@tabindex]")] == [], path
