"""How often the form of subscribing may be posted: by an address, a network, and everybody together."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from communique.read.sources import Folder
from communique.store import subscriber_tables as tables
from communique.store.subscriber_tables import letters, limits
from tests.subscribing import Post, post_of
from tests.workspaces import Town

ANA = "ana@example.org"


@pytest.fixture
def post(town: Town) -> Iterator[Post]:
    """A town with a newsletter."""
    with post_of(town) as made:
        yield made


def test_ten_thousand_posts_lead_to_one_mail(post: Post) -> None:
    """Whatever else is in the form, and from wherever it comes: each after the first changes nothing that counts."""

    def owed() -> list[Any]:
        counted = select(limits).where(limits.c.scope == "address")
        with post.town.database.reading() as connection:
            return [connection.execute(each).all() for each in (counted, select(tables.requests), select(letters))]

    post.subscribe(ANA)
    once = owed()
    for number in range(12):
        spelling = ANA.upper() if number % 2 else ANA
        headers = {"X-Forwarded-For": f"198.51.{number}.7"}
        post.client.post("/subscribe", data={"email": spelling, "choice_language": "es"}, headers=headers)
        assert owed() == once
    post.tick()
    assert len(post.mails()) == 1
    post.town.clock.turn(hours=23)
    post.subscribe(ANA)
    post.tick()
    assert len(post.mails()) == 1
    post.town.clock.turn(hours=2)
    post.subscribe(ANA)
    post.tick()
    assert len(post.mails()) == 2


def test_a_network_that_asks_too_often_has_to_wait(post: Post) -> None:
    """It is told so; others are not held up."""
    post.town.settings("subscribing:\n", "subscribing:\n  per_network: 3 per hour\n")
    near = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(4)]
    answers = [
        post.client.post("/subscribe", data={"email": f"p{n}@example.org"}, headers=each) for n, each in enumerate(near)
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert answers[-1].headers["retry-after"] == "3600"
    far = post.client.post("/subscribe", data={"email": "far@example.org"}, headers={"X-Forwarded-For": "2001:db8::1"})
    assert far.status_code == 303
    post.town.clock.turn(hours=1)
    assert post.client.post("/subscribe", data={"email": "z@example.org"}, headers=near[0]).status_code == 303


def test_a_header_of_the_visitor_does_not_make_another_network(post: Post) -> None:
    """What stands before the address that our proxy added was written by the visitor."""
    post.town.settings("subscribing:\n", "subscribing:\n  per_network: 1 per hour\n")
    codes = [
        post.client.post(
            "/subscribe",
            data={"email": f"p{number}@example.org"},
            headers={"X-Forwarded-For": f"192.0.{number}.1, 203.0.113.9"},
        ).status_code
        for number in range(2)
    ]
    assert codes == [303, 429]


def test_a_proxy_that_is_not_ours_is_not_believed(post: Post) -> None:
    """Without a proxy in the settings, whoever connects is the network."""
    post.town.settings("subscribing:\n", "subscribing:\n  per_network: 1 per hour\n  proxies: []\n")
    codes = [
        post.client.post(
            "/subscribe", data={"email": f"p{n}@example.org"}, headers={"X-Forwarded-For": f"192.0.{n}.1"}
        ).status_code
        for n in range(2)
    ]
    assert codes == [303, 429]


def test_there_is_a_limit_on_all_together(post: Post) -> None:
    """So many mails an hour, and not one more."""
    post.town.settings("subscribing:\n", "subscribing:\n  in_total: 2 per hour\n")
    codes = [post.subscribe(f"p{number}@example.org").status_code for number in range(4)]
    assert codes == [303, 303, 429, 429]
    post.tick()
    assert len(post.mails()) == 2


def test_networks_and_addresses_are_counted_by_what_nobody_can_read(post: Post) -> None:
    """The table of limits names neither, and is empty when the spans are over."""
    post.client.post("/subscribe", data={"email": ANA}, headers={"X-Forwarded-For": "203.0.113.7"})
    with post.town.database.reading() as connection:
        kept = str(connection.execute(select(limits)).all())
    assert "203.0" not in kept
    assert "ana" not in kept
    post.tick(minutes=25 * 60)
    with post.town.database.reading() as connection:
        assert connection.execute(select(limits)).all() == []


def test_the_span_of_a_limit_ends_when_the_clock_was_put_back(post: Post) -> None:
    """Nobody waits longer than a span."""
    post.town.clock.turn(days=30)
    post.subscribe(ANA)
    post.town.clock.now -= timedelta(days=30)
    post.subscribe(ANA)
    with post.town.database.reading() as connection:
        assert len(connection.execute(select(letters)).all()) == 2


def test_the_files_are_looked_at_once_for_a_post(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a flood costs is mostly that; and a page is made from one state of them."""
    looks, look = list[str](), Folder.stamps

    def counted(folder: Folder) -> dict[str, tuple[int, int]]:
        looks.append(str(folder.root))
        return look(folder)

    monkeypatch.setattr(Folder, "stamps", counted)
    for address in (ANA, "not an address"):
        looks.clear()
        post.client.post("/subscribe", data={"email": address})
        assert len(looks) == 1
