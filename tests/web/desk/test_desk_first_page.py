"""The first page: whoever has never seen it can say at once what goes out next, what is wrong, and what to do."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from communique.channel import Message, PermanentError, TemporaryError, UncertainError
from communique.send.seen_clock import Course, MachineClock
from communique.store.deliveries import pauses
from communique.store.desk.officers import Duty
from tests.desk import desk_of
from tests.workspaces import Town, build


def approvals(number: int) -> Callable[[Town], None]:
    """So many are asked for, a day before."""

    def begin(town: Town) -> None:
        town.settings("approvals: {required: 0}", f"approvals: {{required: {number}}}")
        town.clock.turn(days=-1)

    return begin


def one_of_two(town: Town) -> None:
    """One has approved."""
    approvals(2)(town)
    town.approve("Ben Roy")


def soon(town: Town) -> None:
    """Nobody has approved what goes out today."""
    approvals(1)(town)
    town.clock.turn(hours=21)


def partly(town: Town) -> None:
    """One of two does not get it."""

    def refuse(message: Message) -> None:
        if "ben" in message.recipient.address:
            raise PermanentError("550 User unknown")

    town.email.after = refuse
    town.run()


def silent(town: Town) -> None:
    """It may go, its time is over, and nobody sends."""
    town.clock.turn(hours=1)


def unbelieved(town: Town) -> None:
    """The machine's clock was put forward by three days while the machine went on."""
    approvals(0)(town)
    town.installation.seen_clock.keep(Course(town.clock.now - timedelta(days=3), 89_000, "a start"))
    town.machine_clock = MachineClock(shown=town.clock, uptime=lambda: 89_060, start="a start")


def empty(town: Town) -> None:
    """Nobody has written anything yet."""
    (town.root / "campaigns/news.yaml").unlink()


def unreadable(town: Town) -> None:
    """Its campaign file has a fault."""
    town.campaign("colour: blue", "colour: blue\n  colour: red")


def faulty(town: Town) -> None:
    """A text needs what is not there."""
    approvals(0)(town)
    town.edit("templates/news/hello/en/article.md", "facts.colour", "facts.color")


def full(town: Town) -> None:
    """The disk has less room than is reserved."""
    approvals(0)(town)
    town.settings("mode: live", "mode: live\ndisk_reserve: 99999999")


def late(town: Town) -> None:
    """Nobody has approved it in time."""
    approvals(1)(town)
    town.clock.turn(days=1, hours=1)


def paused(town: Town) -> None:
    """It has fallen due, and its only channel waits."""
    with town.database.begin() as connection:
        pauses.begin(connection, "email", who="Ana", why="the relay moves", now=town.clock.now)
    town.freeze()


def undated(town: Town) -> None:
    """Nobody knows the date."""
    town.campaign("start: 2026-12-01 10:00", "start: unknown")


def breaking(error: Exception) -> Callable[[Town], None]:
    """Its mails do not get through."""

    def begin(town: Town) -> None:
        def refuse(_message: Message) -> None:
            raise error

        town.email.after = refuse
        for _ in range(2):
            town.run()
            town.clock.turn(hours=1)

    return begin


#: What the two panels say, in the order of reading; `→` is a link to what can be done.
STATES: dict[str, tuple[Callable[[Town], None], str]] = {
    "calm": (approvals(0), "Goes out next … →Hello … in 1 day … Approved … Nothing is wrong"),
    "nobody has approved": (
        approvals(2),
        (
            "Next, but not ready to go … →Hello … Awaiting approval 2 approvals are missing … Nothing is wrong"
            " … Waits for your approval … →Hello"
        ),
    ),
    "one of two has approved": (
        one_of_two,
        "Next, but not ready to go … →Hello … Awaiting approval 1 approval is missing; approved by Ben Roy",
    ),
    "nobody has approved what goes today": (
        soon,
        (
            "Next, but not ready to go … →Hello … in 3 hours … Awaiting approval 1 approval is missing"
            " … What is wrong 1 … Awaiting approval →Hello … in 3 hours: not approved: 1 approval missing"
            " … Waits for your approval … →Hello"
        ),
    ),
    "partly sent": (
        partly,
        "Nothing is planned. … What is wrong 1 … Partly sent →Hello … 1 sent, 1 refused →See why",
    ),
    "nobody sends": (
        silent,
        (
            "Was due, and has not begun →Hello … 1 hour ago … Approved … What is wrong 1 … Nothing is being sent"
            " … The daemon (communique run) is probably not running: ask your operator."
        ),
    ),
    "the clock is not believed": (
        unbelieved,
        (
            "Would go out next … →Hello … Held … What is wrong 1 … Everything is held … this machine"
            "'s clock was put forward by 3 days: nothing goes out … Put it right ( timedatectl )"
            " … This is for whoever operates the service. Tell them."
        ),
    ),
    "empty": (empty, "Goes out next … Nothing is planned. →Write the first campaign … Nothing is wrong"),
    "unreadable": (
        unreadable,
        "It cannot be said now. A file has faults. … What is wrong … →Fault in campaigns/news.yaml",
    ),
    "faulty": (
        faulty,
        (
            "Next, but not ready to go … →Hello … Draft with faults … What is wrong … Draft with faults →Hello"
            " … Expected colour, the only name there is here; found `color` … →Mend it in en/article.md"
        ),
    ),
    "full disk": (full, "Would go out next … →Hello … Held … What is wrong 1 … Everything is held … Make room"),
    "late": (
        late,
        (
            "Was due, and cannot go yet … →Hello … 1 hour ago … What is wrong … Late … 1 approval missing"
            " … Waits for your approval … →Hello"
        ),
    ),
    "paused": (
        paused,
        (
            "Has begun, and waits … →Hello … 0 of 2 done; 2 wait … →Watch it go … Goes out next … Nothing is planned."
            " … What is wrong … E-mail is paused … the relay moves … →See what waits, and let it go on"
        ),
    ),
    "failed": (
        breaking(PermanentError("550 User unknown")),
        "Nothing is planned. … What is wrong … Failed … →Hello … 2 refused … →See why",
    ),
    "in doubt": (
        breaking(UncertainError("the connection broke")),
        "Nothing is planned. … What is wrong … In doubt … →Hello … →Say whether it arrived",
    ),
    "put off": (
        breaking(TemporaryError("451 Try again later")),
        (
            "Going out now … →Hello … 0 of 2 done … What is wrong 1 … Hello is stuck"
            " … 2 copies are tried again and again. E-mail: 451 Try again later →See why"
        ),
    ),
    "without a date": (
        undated,
        "Goes out next … Nothing is planned. 1 announcement waits for a date that is not known yet.",
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_it_says_what_goes_next_what_is_wrong_and_what_to_do(
    state: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In words, and in this order; what is wrong has a link to where it is mended."""
    begin, said = STATES[state]
    town = build(tmp_path_factory.mktemp("town"))
    for secret in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        town.variables[secret] = "secret"
    town.invite("ana", "ben")
    begin(town)
    with desk_of(town) as desk:
        page = desk.sit(desk.hire("Ines Vidal", *Duty)).get("/").text
    town.database.close()
    glance = page.partition('<div class="glance">')[2].partition('<h2 id="coming">')[0]
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<a [^>]*>", "→", glance))).replace("→ ", "→").split())
    at = 0
    for each in said.split(" … "):
        at = words.find(each, at)
        assert at >= 0, (each, words)


def test_what_is_wrong_is_said_in_a_line_first(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A small screen shows no more than what goes next before one scrolls; where nothing is wrong there is no line."""
    town = build(tmp_path_factory.mktemp("town"))
    town.invite("ana")
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Ines Vidal", *Duty))
        paused(town)
        line = seat.get("/").text.partition('<p class="verdict">')[2].partition("</p>")[0]
        with town.database.begin() as connection:
            pauses.end(connection, "email")
        for secret in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
            town.variables[secret] = "secret"
    with desk_of(town) as desk:
        assert "verdict" not in desk.sit(desk.hire("Cid Paz")).get("/").text
    town.database.close()
    assert "What is wrong" in line
    assert "<strong>E-mail is paused</strong>" in line


def test_what_reaches_nobody_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Before anybody approves it, with a link to who would get it."""
    town = build(tmp_path_factory.mktemp("town"))
    approvals(1)(town)
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Ines Vidal", *Duty))
        said = 'href="/announcement/news/hello/once#readers">As things stand it reaches nobody</a>'
        assert said in seat.get("/").text
        assert 'id="readers"' in seat.get("/announcement/news/hello/once").text
        town.invite("ana")
        assert said not in seat.get("/").text
    town.database.close()


def test_an_empty_list_is_called_by_its_title(town: Town) -> None:
    """Its name in the settings is for whoever writes the settings."""
    title = "{en: The neighbours, es: El vecindario, fr: Le voisinage}"
    town.settings("{title: Friends, role: invited}", f"{{title: {title}, role: invited}}")
    town.clock.turn(days=-1)
    with desk_of(town) as desk:
        english, spanish = (desk.sit(desk.hire(each, language=each)).get("/").text for each in ("en", "es"))
    assert "nobody is in “The neighbours”: import a list" in english
    assert "no hay nadie en «El vecindario»: importe una lista" in spanish


def test_who_cannot_approve_reads_who_can(tmp_path_factory: pytest.TempPathFactory) -> None:
    """And whoever can is told that it waits for them."""
    town = build(tmp_path_factory.mktemp("town"))
    approvals(1)(town)
    town.invite("ana")
    with desk_of(town) as desk:
        able = desk.sit(desk.hire("Marta Soler", Duty.APPROVER))
        other = desk.sit(desk.hire("Pau Gil", Duty.OPERATOR))
        assert "Who can: Marta Soler" in other.get("/").text
        assert "Who can:" not in able.get("/").text
    town.database.close()


@pytest.mark.parametrize("channel", ["email", pauses.EVERYTHING])
def test_what_has_begun_and_is_paused_is_held(channel: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It neither goes out nor has gone, on whichever page; what is not paused as a whole goes on."""
    town = build(tmp_path_factory.mktemp("town"))
    town.invite("ana")
    town.freeze()
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Ines Vidal", *Duty))
        pages = ("/", "/announcement/news/hello/once", "/live")
        assert ["Held" in seat.get(each).text for each in pages] == [False] * 3
        with town.database.begin() as connection:
            pauses.begin(connection, channel, who="Ana", why="the relay moves", now=town.clock.now)
        first, own, live = (seat.get(each).text for each in pages)
    town.database.close()
    assert 'class="sign held"' in own
    assert 'class="sign held"' in live
    assert "hello" not in first.partition('<h2 id="gone">')[2]


def test_a_channel_that_reaches_nobody_keeps_nothing_going(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What goes by mail and letter to people who all have mail is held while mail is paused."""
    town = build(tmp_path_factory.mktemp("town"))
    town.invite("ana")
    town.settings("  website: {", "  letter: {kind: letter, directory: var/letters, window: din-5008-b}\n  website: {")
    town.campaign("through: [email]", "through: [email, letter]")
    town.clock.turn(days=-1)
    with town.database.begin() as connection:
        pauses.begin(connection, "email", who="Ana", why="the relay moves", now=town.clock.now)
    with desk_of(town) as desk:
        glance = desk.sit(desk.hire("Ines Vidal", *Duty)).get("/").text.partition('<h2 id="coming">')[0]
    town.database.close()
    assert "Would go out next" in glance


def test_what_waits_for_another_says_its_title(town: Town) -> None:
    """Its name in the file is for whoever writes the file."""
    town.invite("ana")
    town.add()
    town.edit("campaigns/news.yaml", "  hello:\n", "  hello:\n    title: A first word\n")
    town.clock.turn(days=-1)
    with desk_of(town) as desk:
        english, spanish = (desk.sit(desk.hire(each, language=each)).get("/").text for each in ("en", "es"))
    assert "waits for “A first word”, which has not gone out" in english
    assert "espera a «A first word», que no ha salido" in spanish
