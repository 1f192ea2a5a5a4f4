"""The way out of a list: showing it changes nothing, asking for it works at once, and nobody learns anything by it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from communique.channel import Secret
from communique.monitoring.health import Health
from communique.store.recipients import people, suppression_list
from communique.texts import tokens
from communique.web.server import serving
from tests.workspaces import Town, build

KEY = Secret("key")  # of the tiny town
FORGED = [
    tokens.sign(tokens.LEAVE, "everybody", KEY),
    tokens.sign(tokens.LEAVE, "-1", KEY),
    tokens.sign(tokens.LEAVE, "²", KEY),
    tokens.sign(tokens.LEAVE, "9" * 40, KEY),
    tokens.sign(tokens.LEAVE, "1", Secret("another")),
    tokens.sign("confirm", "1", KEY),
    "x",
    "%00",
    "a" * 5000,
]


@pytest.fixture(scope="module")
def littleton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with two people."""
    made = build(tmp_path_factory.mktemp("town"))
    made.invite("ana", "ben", "cleo")
    made.invite("aziz", language="fr")
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(littleton: Town) -> Iterator[httpx.Client]:
    """Speaks to the pages over a real socket."""
    with (
        serving(Health(), littleton.installation, littleton.clock, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as speaking,
    ):
        yield speaking


def link(town: Town, name: str) -> str:
    """The link in somebody's mails."""
    with town.database.reading() as connection:
        person = people.by_address(connection, f"{name}@example.org")
    assert person is not None
    return f"/leave/{tokens.sign(tokens.LEAVE, str(person.id), KEY)}"


def reason(town: Town, name: str) -> str | None:
    """Why somebody must not be written to."""
    with town.database.reading() as connection:
        return suppression_list.suppression(connection, f"{name}@example.org")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(littleton: Town, client: httpx.Client, method: str) -> None:
    """A scanner that opens every link in a mail takes nobody off."""
    answer = client.request(method, link(littleton, "ana"))

    assert answer.status_code == 200
    assert reason(littleton, "ana") is None
    assert ("<button" in answer.text) == (method == "GET")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(littleton: Town, client: httpx.Client, method: str) -> None:
    """And change nothing."""
    assert client.request(method, link(littleton, "ana")).status_code == 405
    assert reason(littleton, "ana") is None


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
        {"content": b"\x00\xff" * 5000, "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"json": {"anything": ["at", "all"]}},
    ],
)
def test_asking_works_at_once_whatever_the_form(tmp_path: Path, body: dict[str, object]) -> None:
    """Both forms of RFC 8058, the button, and junk: all the same, at once, and as often as it is asked."""
    town = build(tmp_path)
    town.invite("ana")
    with (
        serving(Health(), town.installation, town.clock, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        first = client.post(link(town, "ana"), **body)
        assert reason(town, "ana") == "left by the link in a mail"
        again = client.post(link(town, "ana"), **body)
    town.database.close()

    assert first.status_code == again.status_code == 200
    assert first.text == again.text
    assert not first.is_redirect
    assert "set-cookie" not in first.headers


def test_a_forged_link_is_answered_like_a_good_one(littleton: Town, client: httpx.Client) -> None:
    """Nobody learns from an answer who is on a list; nobody else is taken off."""
    good = link(littleton, "ben")
    shown, done = client.get(good), client.post(good)
    for forged in FORGED:
        for answer, same in ((client.get(f"/leave/{forged}"), shown), (client.post(f"/leave/{forged}"), done)):
            assert (answer.status_code, answer.text) == (200, same.text)
            assert dict(answer.headers) | {"date": ""} == dict(same.headers) | {"date": ""}
    assert reason(littleton, "ana") is None
    assert reason(littleton, "cleo") is None


def test_the_page_speaks_the_language_of_the_person(littleton: Town, client: httpx.Client) -> None:
    """A link in a French mail leads to a French page."""
    page = client.get(link(littleton, "aziz")).text

    assert '<html lang="fr" dir="ltr">' in page


def test_a_language_the_site_does_not_speak_any_more(littleton: Town, client: httpx.Client) -> None:
    """The page is there all the same, in the site's first language, and the way out works."""
    littleton.invite("yuna", language="ko")
    answer = client.post(link(littleton, "yuna"))

    assert (answer.status_code, '<html lang="en"' in answer.text) == (200, True)
    assert reason(littleton, "yuna") == "left by the link in a mail"


def test_the_page_runs_and_loads_nothing(littleton: Town, client: httpx.Client) -> None:
    """No script, no frame, no cache, no referrer, not in search engines."""
    for answer in (client.get(link(littleton, "ana")), client.post("/leave/x")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in answer.headers
        assert "<script" not in answer.text
        assert "example.org/leave" not in answer.text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("config/settings.yaml", "government: {"),
        ("config/glossary.yaml", "partnership: 1"),
        ("templates/layouts/pages/leave.html", "{{ nothing }}"),
        ("templates/layouts/words/en.yaml", "leave: {"),
        ("campaigns/news.yaml", "campaign: {"),
    ],
)
def test_a_file_half_way_edited_keeps_nobody_in(tmp_path: Path, path: str, text: str) -> None:
    """The request is fulfilled and answered with the page as it was before the edit."""
    town = build(tmp_path)
    town.invite("ana")
    with (
        serving(Health(), town.installation, town.clock, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        shown = client.get(link(town, "ana"))
        town.write(path, text)
        assert client.get(link(town, "ana")).text == shown.text
        assert client.post(link(town, "ana")).status_code == 200
    assert reason(town, "ana") == "left by the link in a mail"
    town.database.close()


def test_what_is_no_page_is_not_found(client: httpx.Client) -> None:
    """No folder, no documentation of an interface, no file."""
    for path in ("/", "/leave", "/leave/", "/leave/a/b", "/docs", "/openapi.json", "/../etc/passwd"):
        assert client.get(path, follow_redirects=False).status_code == 404


def test_a_ledger_that_does_not_answer_is_said_in_the_visitors_language(tmp_path: Path) -> None:
    """A person waits for a page; the mail program that posts may try again, for nothing was done."""
    town = build(tmp_path)
    broken = tmp_path / "no-ledger.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    installation = replace(town.installation, variables={**town.variables, "DATABASE_URL": f"sqlite:///{broken}"})
    with (
        serving(Health(), installation, town.clock, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Accept-Language": "fr"}) as visitor,
    ):
        path = f"/preferences/{tokens.sign(tokens.PREFERENCES, '1', KEY)}"
        answers = [visitor.get(path), visitor.post(path, data={"frequency": "daily"})]
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "120")
        assert "Cela ne fonctionne pas en ce moment" in answer.text
        assert "no-ledger" not in answer.text
    town.database.close()
