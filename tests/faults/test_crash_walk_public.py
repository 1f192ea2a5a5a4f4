"""The public, killed at every moment: who left or confirmed is heard, and no file of a website or feed is half."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from communique.store.recipients import people, requests, subscribers, suppression_list
from communique.store.recipients.letters import LetterKind
from communique.store.recipients.requests import Kind, Request
from communique.subscription import Choices, How
from communique.texts import tokens
from tests.crash_walk import Walker, walking
from tests.publishing_walk import walk_publishing
from tests.subscribing import KEY, with_newsletter
from tests.workspaces import START, Town, build

_MOST = 500  #: a request or a tick that passes more moments than this never ends
_STEP = 11  #: every so many moments of a tick that publishes


@pytest.fixture(scope="module")
def walker() -> Iterator[Walker]:
    """Processes that may be killed."""
    with walking() as made:
        yield made


def asked_at(moment: int, walker: Walker, root: Path, path: str, form: dict[str, str]) -> tuple[bool, bool]:
    """Ask for something on a page whose process is killed at a moment: whether 200 was heard, and whether it lived."""
    port = walker.serve(root, moment)
    try:
        answer = httpx.post(f"http://127.0.0.1:{port}{path}", data=form, headers={"Connection": "close"}, timeout=60)
        heard = answer.status_code == 200
    except httpx.TransportError:
        heard = False
    return heard, walker.end() != "killed"


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A town with two subscribers."""
    root = tmp_path / "ready"
    root.mkdir()
    town = build(root)
    with_newsletter(town, 25)
    town.invite("ana", "ben", audience="subscribers")
    town.database.close()
    return root


def test_who_heard_that_they_have_left_have_left(ready: Path, walker: Walker, tmp_path: Path) -> None:
    """Leaving and choosing anew: done when 200 is heard, and done or not when nothing is, but never by halves."""
    new = Choices(language="es", topics=("works",))
    for page, form in (
        (tokens.LEAVE, {"List-Unsubscribe": "One-Click"}),
        (tokens.PREFERENCES, {"scope": "some", "topic": "works", "frequency": "each", "choice_language": "es"}),
    ):
        for moment in range(1, _MOST):
            root = tmp_path / f"{page}-{moment}"
            shutil.copytree(ready, root)
            town = Town(root=root)
            with town.database.reading() as connection:
                ana = people.by_address(connection, "ana@example.org")
                assert ana
                old = subscribers.choices_of(connection, ana)
            path = f"/{page}/{tokens.sign(page, str(ana.id), KEY)}"
            heard, lived = asked_at(moment, walker, root, path, form)
            with town.database.reading() as connection:
                left = suppression_list.suppression(connection, "ana@example.org") is not None
                ana = people.by_address(connection, "ana@example.org")
                assert ana
                now = subscribers.choices_of(connection, ana)
                assert suppression_list.suppression(connection, "ben@example.org") is None
            town.database.close()
            shutil.rmtree(root)
            done = left if page == tokens.LEAVE else now == new
            assert done or not heard, moment
            assert now in (old, new), moment
            if lived:
                break
        assert moment > 3  # else it was killed at hardly any


def test_who_heard_that_they_subscribe_do(ready: Path, walker: Walker, tmp_path: Path) -> None:
    """By the link of a mail: all of it or nothing, and the link does the rest when it is asked again."""
    town = Town(root=ready)
    cleo = "cleo@example.org"
    asked = Request(
        reference="asked",
        kind=Kind.SUBSCRIBE,
        address=cleo,
        address_key=cleo,
        person=None,
        how=How.FORM,
        choices=Choices(language="es", topics=("works",)),
        wording=requests.digest_of("shown"),
        asked_at=START,
        expires_at=START + requests.VALID,
        confirmed_at=None,
        old_confirmed_at=None,
        done_at=None,
    )
    with town.database.begin() as connection:
        requests.ask(connection, asked, {LetterKind.CONFIRM: cleo}, "shown")
    town.database.close()
    path = f"/confirm/{tokens.sign(tokens.CONFIRM, asked.reference, KEY)}"
    for moment in range(1, _MOST):
        root = tmp_path / f"confirm-{moment}"
        shutil.copytree(ready, root)
        heard, lived = asked_at(moment, walker, root, path, {})
        done = subscribes(root, asked)
        assert done or not heard, moment
        if not done:
            assert asked_at(0, walker, root, path, {}) == (True, True)
            assert subscribes(root, asked), moment
        shutil.rmtree(root)
        if lived:
            break
    assert moment > 3  # else it was killed at hardly any


def subscribes(root: Path, asked: Request) -> bool:
    """Whether what was asked for has been done; it is not by halves."""
    town = Town(root=root)
    with town.database.reading() as connection:
        person = people.by_address(connection, asked.address)
        request = requests.find(connection, asked.reference, START)
        choices = subscribers.choices_of(connection, person) if person else None
    town.database.close()
    assert request
    assert (choices == asked.choices) is (person is not None) is (request.done_at is not None)
    return person is not None


def test_no_file_of_a_feed_or_website_is_ever_half(tmp_path: Path, walker: Walker) -> None:
    """Wherever publishing ends, each file is an old one or a new one; the next tick brings the rest.

    It leaves nothing behind either: a daemon that dies again and again fills no disk.
    """
    walked = walk_publishing(walker, tmp_path, _STEP)
    assert walked.broken == []
    assert walked.between > 2
