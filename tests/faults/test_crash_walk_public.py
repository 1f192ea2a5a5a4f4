"""The public's side, killed at every moment: who asked to leave has left, and no file of a website or feed is half."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from communique.store import people, subscribers
from communique.subscription import Choices
from communique.texts import tokens
from tests.crash_walk import Walker, walking
from tests.publishing_walk import walk_publishing
from tests.subscribing import KEY, with_newsletter
from tests.workspaces import Town, build

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
                left = people.suppression(connection, "ana@example.org") is not None
                ana = people.by_address(connection, "ana@example.org")
                assert ana
                now = subscribers.choices_of(connection, ana)
                assert people.suppression(connection, "ben@example.org") is None
            town.database.close()
            shutil.rmtree(root)
            done = left if page == tokens.LEAVE else now == new
            assert done or not heard, moment
            assert now in (old, new), moment
            if lived:
                break
        assert moment > 3  # else it was killed at hardly any


def test_no_file_of_a_feed_or_website_is_ever_half(tmp_path: Path, walker: Walker) -> None:
    """Wherever publishing ends, each file is an old one or a new one; the next tick brings the rest.

    It leaves nothing behind either: a daemon that dies again and again fills no disk.
    """
    walked = walk_publishing(walker, tmp_path, _STEP)
    assert walked.broken == []
    assert walked.between > 2
