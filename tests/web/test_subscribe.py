"""Subscribing: nobody is written to without having confirmed, and nobody learns who is on the list."""

import hmac
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event, select

from communique.store.recipients import erasure, requests
from communique.store.recipients.letters import LetterKind
from communique.store.tables import subscriber as tables
from communique.store.tables.subscriber import consents, letters, wordings
from communique.subscription import Choices, Frequency, How
from communique.texts import tokens
from tests.subscribing import KEY, Post, post_of
from tests.workspaces import Town

ANA = "ana@example.org"


@pytest.fixture
def post(town: Town) -> Iterator[Post]:
    """A town with a newsletter."""
    with post_of(town) as made:
        yield made


def test_a_form_leads_to_what_the_law_wants_there(post: Post) -> None:
    """As the website's pages do: whoever types an address wants to know what becomes of it."""
    post.town.settings(
        "contact: {name: Ana Gil",
        "statements: [{title: {en: Your data, es: Sus datos, fr: Vos données}, "
        "address: 'https://www.littleton.example.org/data'}]\n  contact: {name: Ana Gil",
    )
    form = post.client.get("/subscribe?language=es").text
    assert '<a href="https://www.littleton.example.org/data">Sus datos</a>' in form


def test_subscribing_takes_a_form_a_mail_and_a_button(post: Post) -> None:
    """The whole way, with the proof of it at its end."""
    answer = post.subscribe(ANA, frequency="weekly", scope="some", topic="works", choice_language="fr")
    assert (answer.status_code, answer.headers["location"]) == (303, "/subscribe/sent?language=fr")
    assert "Regardez" in post.client.get(answer.headers["location"]).text
    assert post.person("ana") is None

    post.tick()
    (mail,) = post.mails(ANA)
    assert mail["Subject"] == "Merci de confirmer votre abonnement"
    (link,) = post.links(ANA)
    shown = post.client.get(link).text
    assert "<button" in shown
    assert "Travaux" in shown
    assert ANA not in shown
    assert post.person("ana") is None

    done = post.client.post(link)
    assert (done.status_code, "Votre abonnement est confirmé" in done.text) == (200, True)
    assert post.audiences("ana") == ["subscribers"]
    assert post.choices("ana") == Choices(language="fr", frequency=Frequency.WEEKLY, topics=("works",))
    with post.town.database.reading() as connection:
        (proof,) = connection.execute(select(consents, wordings.c.text).join(wordings)).mappings().all()
    assert (proof["how"], proof["language"], proof["topics"]) == ("form", "fr", ["works"])
    assert proof["asked_at"] <= proof["confirmed_at"] == post.town.clock.now
    assert proof["wording"] == requests.digest_of(proof["text"])
    form = post.client.get("/subscribe").text
    assert all(line in form for line in proof["text"].splitlines())


def test_the_second_press_of_the_button_changes_nothing(post: Post) -> None:
    """A mail that is opened again leads to the same page."""
    post.join("ana")
    before = post.rows()
    (link,) = post.links(ANA)
    assert post.client.post(link).status_code == 200
    assert post.rows() == before


def test_a_mail_to_confirm_carries_no_word_of_the_form(post: Post) -> None:
    """Nobody can send text through us: whatever is typed, the mail is the same but for its link."""
    junk = {"name": "Buy now https://evil.example", "choice_language": "evil", "topic": "evil", "message": "evil"}
    post.subscribe("ana+evil@example.org", **junk, scope="some")
    post.subscribe("ben@example.org")
    post.tick()
    texts = [mail.get_body(("plain",)).get_content() for mail in post.mails()]  # type: ignore[union-attr]
    first, second = (re.sub(r"confirm/[\w-]+", "confirm/…", text) for text in texts)
    assert first == second
    assert "evil" not in post.mails()[0].get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_frequency_that_no_form_offers_is_each_announcement(post: Post) -> None:
    """Each, daily and weekly are offered; what else is sent counts as not filled in."""
    assert post.client.get("/subscribe").text.count('name="frequency"') == len(Frequency)
    post.subscribe(ANA, frequency="hourly")
    post.tick()
    (link,) = post.links(ANA)
    post.client.post(link)
    assert post.choices("ana").frequency is Frequency.EACH


def test_a_topic_or_language_that_no_form_offers_cannot_be_had(post: Post) -> None:
    """Whoever knows the name of an audience, or of a campaign that is no topic, gets nothing of it by writing it in."""
    form = {"email": ANA, "frequency": "each", "scope": "some", "choice_language": "xx"}
    post.client.post("/subscribe", data={**form, "topic": ["works", "friends", "hello", "../news"]})
    post.tick()
    (link,) = post.links(ANA)
    post.client.post(link)
    assert (post.choices("ana").topics, post.choices("ana").language) == (("works",), "en")


@pytest.mark.parametrize("address", ["", " ", "ana", "ana@", "a b@example.org", "ana@example.org\r\nBcc: x@y.z", "@"])
def test_what_is_no_address_is_said_and_owes_nothing(post: Post, address: str) -> None:
    """What was chosen is still there; the summary leads to the field."""
    answer = post.subscribe(address, frequency="weekly")
    assert answer.status_code == 422
    assert '<a href="#email">' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="weekly" checked' in answer.text
    post.tick()
    assert post.mails() == []


def test_marks_of_direction_around_an_address_do_no_harm(post: Post) -> None:
    """Who copies an address from an Arabic text copies them along, and does not see them."""
    assert post.subscribe(f"\u202b\u200e{ANA}\u202c\u200f").status_code == 303
    post.tick()
    assert len(post.mails(ANA)) == 1


@contextmanager
def work_done(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each statement that goes to a database, and each hash that is computed with a key, in order."""
    done: list[str] = []

    def asked(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        done.append(statement)

    def hashed(*about: Any) -> bytes:
        done.append("a hash")
        return digest(*about)

    digest = hmac.digest
    with monkeypatch.context() as changed:
        changed.setattr(hmac, "digest", hashed)
        event.listen(Engine, "before_cursor_execute", asked)
        try:
            yield done
        finally:
            event.remove(Engine, "before_cursor_execute", asked)


def test_known_and_unknown_addresses_are_answered_alike(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Subscribers, promoters, who has left, strangers: the same answer, rows, statements, hashes, and one mail each."""
    post.join("ana")
    post.town.invite("ben")
    post.town.invite("cleo")
    post.town.suppress("cleo")
    post.town.clock.turn(days=2)
    post.subscribe("first@example.org")  # of this network today
    answers, work = set(), set()
    for name in ("ana", "ben", "cleo", "dora"):
        before = {table: len(rows) for table, rows in post.rows().items()}
        with work_done(monkeypatch) as done:
            answer = post.subscribe(f"{name}@example.org")
        assert "a hash" in done
        after = {table: len(rows) for table, rows in post.rows().items()}
        answers.add((answer.status_code, answer.text, answer.headers["location"]))
        rows = sorted((table, after[table] - before[table]) for table in after if table != "limits")
        work.add((*rows, *done))
    assert len(answers) == 1
    assert len(work) == 1
    known = len(post.mails())
    post.tick()
    asked = Counter(mail["To"] for mail in post.mails()[known:])
    assert len(asked) == 5
    assert set(asked.values()) == {1}


def test_a_program_that_fills_in_every_field_is_thanked_and_ignored(post: Post) -> None:
    """It learns nothing."""
    trapped = post.subscribe(ANA, company_fax="1234")
    assert trapped.headers["location"] == post.subscribe("ben@example.org").headers["location"]
    post.tick()
    assert post.mails(ANA) == []


def test_a_link_works_for_seven_days(post: Post) -> None:
    """After that it is gone, with all that was kept for it."""
    post.subscribe(ANA)
    post.tick()
    (link,) = post.links(ANA)
    post.town.clock.turn(days=7, minutes=-1)
    assert post.client.get(link).status_code == 200
    post.town.clock.turn(minutes=1)
    assert post.client.get(link).status_code == 404
    assert post.client.post(link).status_code == 404
    post.tick()
    rows = post.rows()
    assert rows["requests"] == rows["letters"] == rows["people"] == []


def test_a_stranger_changes_nobody(post: Post) -> None:
    """Whoever fills in the form with somebody's address changes nothing of theirs; nor does confirming their name."""
    post.town.invite("ana", language="es")
    before = post.person("ana")
    post.subscribe(ANA, choice_language="fr", name="Mallory")
    assert post.person("ana") == before
    post.tick()
    post.client.post(post.links(ANA)[0])
    after = post.person("ana")
    assert before is not None
    assert after is not None
    assert (after.id, after.name, after.organisation) == (before.id, "Ana", "")
    assert (after.language, post.audiences("ana")) == ("fr", ["friends", "subscribers"])


def test_who_has_left_comes_back_by_confirming_only(post: Post) -> None:
    """Not by an import, not by the form alone."""
    post.join("ana")
    person = post.person("ana")
    assert person is not None
    post.client.post(f"/leave/{tokens.sign(tokens.LEAVE, str(person.id), KEY)}")
    assert post.suppression("ana")
    post.town.invite("ana", audience="subscribers")
    assert post.suppression("ana")
    post.town.clock.turn(days=2)
    post.subscribe(ANA)
    assert post.suppression("ana")
    post.tick()
    post.client.post(post.links(ANA)[-1])
    assert post.suppression("ana") is None


@pytest.mark.parametrize("point", ["before", "after"])
def test_a_crash_neither_loses_nor_doubles_a_letter(post: Post, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """Before the point of no return it goes later; after it, it has gone, or is not tried again."""
    from communique.letters import posting

    class Crash(BaseException):
        """The machine stops."""

    real = posting.letters.irrevocable

    def irrevocable(*args: object) -> bool:
        if point == "before":
            raise Crash
        return real(*args)  # type: ignore[arg-type]

    def close(*_args: object) -> None:
        raise Crash

    post.subscribe(ANA)
    with monkeypatch.context() as patched:
        patched.setattr(posting.letters, "irrevocable", irrevocable)
        patched.setattr(posting.letters, "close", close)
        with pytest.raises(Crash):
            post.tick()
    assert len(post.mails()) == (0 if point == "before" else 1)
    post.restart()
    post.tick()
    post.tick(minutes=30)
    assert len(post.mails()) == 1


def test_a_letter_waits_for_a_mail_server_that_is_away(post: Post) -> None:
    """It is tried again; the announcements do not wait for it."""
    port = post.server.port
    post.subscribe(ANA)
    post.town.settings(f"port: {port}", "port: 1")
    post.tick()
    post.town.settings("port: 1", f"port: {port}")
    post.tick(minutes=2)
    assert len(post.mails(ANA)) == 1


def test_a_letter_waits_for_a_channel_that_cannot_be_opened(post: Post) -> None:
    """A secret was missing when the daemon was started anew: who subscribed meanwhile is not sent away for a day."""
    port = f"port: {post.server.port}\n"
    locked = f"{port}    username: us\n    password: NO_SUCH_SECRET\n"
    post.town.settings(port, locked)
    post.subscribe(ANA)
    post.tick()
    assert post.mails(ANA) == []
    with post.town.database.reading() as connection:
        assert [*connection.execute(select(letters.c.outcome)).scalars()] == ["the channel for letters is not open"]
    post.town.settings(locked, port)
    post.tick(minutes=2)
    assert len(post.mails(ANA)) == 1


def test_in_trial_a_letter_reaches_the_allow_list_only(post: Post) -> None:
    """As all mail."""
    post.town.settings("mode: live", "mode: trial\nallow_list: [ana@example.org]")
    post.subscribe(ANA)
    post.subscribe("ben@example.org")
    post.tick()
    assert [mail["To"] for mail in post.mails()] == [ANA]
    with post.town.database.reading() as connection:
        outcomes = set(connection.execute(select(letters.c.outcome)).scalars())
    assert outcomes == {"sent", "trial mode: not on the allow-list"}


def test_letters_are_among_what_is_held_about_somebody(post: Post) -> None:
    """However the address is written that was typed; and not those to an address that was to become theirs."""
    post.subscribe("ÁNA@Bücher.example")
    post.join("ben")
    post.client.post(f"{post.preferences('ben')}/address", data={"email": "ána@bücher.example"})
    post.town.clock.turn(days=2)
    post.client.post(f"{post.preferences('ben')}/address", data={"email": "ána@bücher.example"})
    with post.town.database.reading() as connection:
        of_ana = erasure.record(connection, "ána@xn--bcher-kva.example")["letters"]
        of_ben = erasure.record(connection, "ben@example.org")["letters"]
    assert sorted((each["kind"], each["address"]) for each in of_ana) == [
        ("change_new", "ána@bücher.example"),
        ("confirm", "ÁNA@Bücher.example"),
    ]
    assert sorted((each["kind"], each["address"]) for each in of_ben) == [
        ("change_old", "ben@example.org"),
        ("confirm", "ben@example.org"),
    ]


def test_the_embedded_form_leaves_its_own_proof(post: Post) -> None:
    """It may stand in the frame of the sites that the settings name, and says where it was filled in."""
    page = post.client.get("/subscribe/embedded")
    assert "frame-ancestors https://www.littleton.example.org" in page.headers["content-security-policy"]
    answer = post.subscribe(ANA, path="/subscribe/embedded")
    assert answer.headers["location"] == "/subscribe/embedded/sent?language=en"
    post.tick()
    post.client.post(post.links(ANA)[0])
    with post.town.database.reading() as connection:
        assert connection.execute(select(consents.c.how)).scalars().all() == ["embedded form"]


def test_without_a_newsletter_the_form_is_closed(town: Town) -> None:
    """It says so, and takes nothing."""
    from communique.monitoring.health import Health
    from communique.web.server import serving

    with serving(Health(), town.installation, town.clock, 0) as port:
        for method in ("GET", "POST"):
            answer = httpx.request(method, f"http://127.0.0.1:{port}/subscribe", data={"email": ANA})
            assert (answer.status_code, "no newsletter at present" in answer.text) == (404, True)
            assert re.search(r'class="more" href="[^"]*en/"', answer.text)


def test_the_key_can_be_changed_while_links_are_out(post: Post) -> None:
    """What an older line of it has signed still works; what a line that is gone has signed does not."""
    post.subscribe(ANA)
    post.tick()
    (link,) = post.links(ANA)
    post.town.variables["COMMUNIQUE_KEY"] = "another\nkey"
    assert post.client.get(link).status_code == 200
    post.town.variables["COMMUNIQUE_KEY"] = "another"
    assert post.client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (tables.requests.c.kind, requests.Kind),
        (tables.requests.c.how, How),
        (tables.requests.c.frequency, Frequency),
        (tables.letters.c.kind, LetterKind),
        (tables.consents.c.how, How),
        (tables.subscriptions.c.frequency, Frequency),
        (tables.limits.c.scope, ("network", "address", "person", "total")),
    ],
)
def test_every_word_has_room_in_its_column(column: Any, words: Iterable[str]) -> None:
    """SQLite takes any length; PostgreSQL refuses what is too long."""
    assert max(map(len, words)) <= column.type.length
