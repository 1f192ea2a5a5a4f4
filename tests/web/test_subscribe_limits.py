"""How often the form of subscribing may be posted: by an address, a network, and everybody together."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from communique.read.sources import Folder
from communique.store.tables import subscriber as tables
from communique.store.tables.subscriber import letters, limits
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


def posted(post: Post, number: int, address: int, network: int, **headers: str) -> httpx.Response:
    """So many addresses in turn, and so many networks."""
    near = f"198.51.{number % network}.{number % 250}"
    form = {"email": f"p{number % address}@example.org"}
    return post.client.post("/subscribe", data=form, headers={"X-Forwarded-For": near, **headers})


@pytest.mark.parametrize(
    ("address", "network", "taken", "mails", "wait"),
    [
        pytest.param(1, 250, 14, 1, None, id="one address from many networks"),
        pytest.param(250, 1, 3, 3, 20, id="many addresses from one network"),
        pytest.param(1, 1, 3, 1, 20, id="one address from one network"),
        pytest.param(250, 250, 5, 5, 12, id="many of both"),
    ],
)
def test_each_limit_holds_by_itself(
    post: Post, address: int, network: int, taken: int, mails: int, wait: int | None
) -> None:
    """The address's, the network's and that of all: so many forms are taken, and so many mails go."""
    post.town.settings("subscribing:\n", "subscribing:\n  per_network: 3 per hour\n  in_total: 5 per hour\n")
    answers = [posted(post, number, address, network) for number in range(14)]
    codes = [answer.status_code for answer in answers]
    assert codes == [303] * taken + [429] * (14 - taken)
    assert {answer.headers["retry-after"] for answer in answers[taken:]} == ({str(wait * 60)} if wait else set())
    post.tick()
    assert len(post.mails()) == mails


def test_who_comes_in_a_flood_sees_a_page_in_their_language(post: Post) -> None:
    """With how long to wait, and where to read meanwhile; whoever is known sees what a stranger sees."""
    post.town.settings("subscribing:\n", "subscribing:\n  per_network: 1 per day\n")
    post.join("ana")
    post.town.invite("ben")
    post.town.suppress("cleo")
    post.town.clock.turn(days=2)
    post.subscribe("first@example.org")
    pages = set()
    for name in ("ana", "ben", "cleo", "dora"):
        answer = post.client.post(
            "/subscribe", data={"email": f"{name}@example.org"}, headers={"Accept-Language": "es-MX, en;q=0.5"}
        )
        assert answer.status_code == 429
        assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("86400", "no-store")
        pages.add(answer.text)
    (page,) = pages
    assert '<html lang="es"' in page
    assert "Inténtelo más tarde" in page
    assert "Tiempo de espera: <strong><bdi>1 d</bdi></strong>" in page
    assert 'href="https://open.littleton.example.org/es/"' in page
    framed = post.subscribe("ana@example.org", path="/subscribe/embedded?language=fr")
    assert framed.status_code == 429
    assert "Réessayez plus tard" in framed.text
    assert "href" not in framed.text.partition("<main")[2]  # the frame shows this form, and no other page


@pytest.mark.parametrize(
    ("flooded", "honest"),
    [
        pytest.param("203.0.113.9", "203.0.113.9", id="a school behind one address"),
        pytest.param("203.0.113.9", "203.0.113.200", id="a mobile operator"),
        pytest.param("2001:db8:1:2::9", "2001:db8:1:2:ffff::1", id="a home with IPv6"),
        pytest.param("203.0.113.9", "::ffff:203.0.113.9", id="the same, written as IPv6"),
    ],
)
def test_a_neighbour_of_a_flood_gets_in_minutes_after_it(post: Post, flooded: str, honest: str) -> None:
    """Not when its hour is over, however long it has lasted: what was refused was not counted."""
    form = {"email": "honest@example.org"}
    for number in range(21):
        post.client.post("/subscribe", data={"email": f"p{number}@example.org"}, headers={"X-Forwarded-For": flooded})
    busy = post.client.post("/subscribe", data=form, headers={"X-Forwarded-For": honest})
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "180")
    post.town.clock.turn(minutes=3)
    assert post.client.post("/subscribe", data=form, headers={"X-Forwarded-For": honest}).status_code == 303
    far = post.client.post("/subscribe", data=form, headers={"X-Forwarded-For": "2001:db8:1:3::1"})
    assert far.status_code == 303


def test_a_flood_of_hours_leads_to_as_many_mails_as_the_rate_says(post: Post) -> None:
    """Those at once, and then one at a time: `3 per hour` are eight in these two hours."""
    post.town.settings("subscribing:\n", "subscribing:\n  per_network: 3 per hour\n")
    codes = []
    for number in range(0, 120, 4):  # minutes
        codes.append(posted(post, number, 250, 1).status_code)
        post.town.clock.turn(minutes=4)
    assert codes.count(303) == 3 + 5


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
    post.town.clock.turn(minutes=30)
    assert [post.subscribe(f"p{number}@example.org").status_code for number in (8, 9)] == [303, 429]


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
