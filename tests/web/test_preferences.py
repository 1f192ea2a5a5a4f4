"""Choosing, changing an address, leaving: by the link of a mail, at once, and nobody for anybody else."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from communique.store.database import people as table
from communique.store.recipients import people, suppression_list
from communique.subscription import Choices, Frequency
from communique.texts import tokens
from tests.subscribing import KEY, Post, post_of
from tests.workspaces import Town

OLD, NEW = "ana@example.org", "nueva@example.org"


@pytest.fixture
def post(town: Town) -> Iterator[Post]:
    """Ana has subscribed."""
    with post_of(town) as made:
        made.join("ana")
        made.town.clock.turn(days=2)
        yield made


def announce(post: Post) -> None:
    """Something is said through the newsletter, in the campaign `news`."""
    post.town.campaign("through: [email]", "through: [newsletter]")
    post.town.campaign("    to: [friends]\n", "")
    post.town.campaign("start: 2026-12-01 10:00", f"start: {post.town.clock.now:%Y-%m-%d %H:%M}")
    post.town.say_to_nobody_in_particular()
    post.tick(minutes=61)


def ask_to_change(post: Post) -> tuple[str, str]:
    """The links that the old and the new address get."""
    page = f"{post.preferences('ana')}/address"
    assert "both addresses" in post.client.get(page).text
    assert "on its way to both" in post.client.post(page, data={"email": NEW}).text
    post.tick()
    return post.links(OLD)[-1], post.links(NEW)[-1]


def test_everything_can_be_chosen_anew(post: Post) -> None:
    """The page then speaks the language that was chosen."""
    page = post.preferences("ana")
    assert "ana@" not in post.client.get(page).text
    form = {"scope": "some", "topic": ["news", "evil"], "frequency": "daily", "choice_language": "es"}
    answer = post.client.post(page, data=form)
    assert "Hemos guardado" in answer.text
    assert post.choices("ana") == Choices(language="es", frequency=Frequency.DAILY, topics=("news",))
    post.client.post(page, data={"scope": "all"})
    assert post.choices("ana").topics == ()


def test_what_is_not_filled_in_stays_as_it_was(post: Post) -> None:
    """Whose topic is not offered any more, and who changes the language, does not get everything from then on."""
    page = post.preferences("ana")
    post.client.post(page, data={"scope": "some", "topic": ["works"], "frequency": "weekly"})
    post.town.settings("    works: {en: Works in the streets, es: Obras, fr: Travaux}\n", "")
    kept = Choices(language="es", frequency=Frequency.WEEKLY, topics=("works",))
    for scope in ({"scope": "some"}, {}):
        post.client.post(page, data={**scope, "choice_language": "es"})
        assert post.choices("ana") == kept


def test_the_newsletter_goes_to_those_who_chose_its_topic(post: Post) -> None:
    """And to those who chose all, or were never asked; it says where to choose."""
    post.join("ben", scope="some", topic="works")
    post.join("cleo", scope="some", topic="news")
    post.town.invite("dora", audience="subscribers")
    sent = len(post.mails())
    announce(post)
    got = {str(mail["To"]).split("<")[-1].strip(">") for mail in post.mails()[sent:]}
    assert got == {OLD, "cleo@example.org", "dora@example.org"}
    assert post.preferences("ana") in post.links(OLD)
    assert all(each.holds for each in post.town.balances().values())


def test_an_address_changes_when_both_have_confirmed(post: Post) -> None:
    """In either order; one alone changes nothing, and nobody else's changes."""
    post.town.invite("ben")
    person, other = post.person("ana"), post.person("ben")
    old, new = ask_to_change(post)
    assert "One more step" in post.client.post(new).text
    assert post.person("ana") == person
    assert "has been changed" in post.client.post(old).text
    assert post.person("ana") is None
    moved = post.person("nueva")
    assert person is not None
    assert moved is not None
    assert moved.id == person.id
    assert post.person("ben") == other


def test_a_new_address_is_written_to_as_its_owner_has_confirmed(post: Post) -> None:
    """Also one that had asked to be left alone; and the rate of its own mail provider is the one that counts."""
    page = f"{post.preferences('ana')}/address"
    with post.town.database.begin() as connection:
        suppression_list.suppress(connection, "ana@other.example", reason="left alone", now=post.town.clock.now)
    post.client.post(page, data={"email": "Ana@Other.example"})
    post.tick()
    links = [post.links(OLD)[-1], post.links("Ana@other.example")[-1]]
    post.client.post(links[0])
    with post.town.database.reading() as connection:
        assert suppression_list.suppression(connection, "ana@other.example") is not None, (
            "one word alone changes nothing"
        )
    post.client.post(links[1])
    with post.town.database.reading() as connection:
        assert suppression_list.suppression(connection, "ana@other.example") is None
        named = select(table.c.address, table.c.address_key, table.c.domain)
        assert ("Ana@Other.example", "ana@other.example", "other.example") in [*map(tuple, connection.execute(named))]


def test_neither_address_can_confirm_for_the_other(post: Post) -> None:
    """The link of one is refused for the other."""
    old, new = ask_to_change(post)
    swapped = new.replace("/confirm/", "/confirm-old/"), old.replace("/confirm-old/", "/confirm/")
    assert [post.client.post(each).status_code for each in swapped] == [404, 404]
    post.client.post(old)
    post.client.post(old)
    assert post.person("nueva") is None


def test_each_address_sees_what_it_has_confirmed_itself(post: Post) -> None:
    """The other one's word is no reason to be shown no button."""
    old, new = ask_to_change(post)
    post.client.post(new)
    assert "<form" in post.client.get(old).text
    assert "<form" not in post.client.get(new).text


def test_the_link_of_a_former_address_is_for_changes_only(post: Post) -> None:
    """Who subscribes has none: one made from the other's reference opens nothing, and confirms nobody."""
    post.subscribe("cleo@example.org")
    post.tick()
    reference = tokens.verify(tokens.CONFIRM, post.links("cleo@example.org")[-1].rpartition("/")[2], KEY)
    assert reference is not None
    forged = f"/confirm-old/{tokens.sign(tokens.CONFIRM_OLD, reference, KEY)}"
    assert [post.client.get(forged).status_code, post.client.post(forged).status_code] == [404, 404]
    assert post.person("cleo") is None


def test_an_address_that_somebody_has_already_is_subscribed_and_nobody_is_merged(post: Post) -> None:
    """Whose names are whose stays as it was."""
    post.town.invite("nueva")
    for link in ask_to_change(post):
        post.client.post(link)
    assert post.audiences("nueva") == ["friends", "subscribers"]
    assert post.audiences("ana") == []


def test_who_has_not_subscribed_makes_nobody_a_subscriber(post: Post) -> None:
    """Somebody of another list, who moves to an address that we know, beside others who have subscribed."""
    post.town.invite("cleo", "nueva")
    page = f"{post.preferences('cleo')}/address"
    post.client.post(page, data={"email": NEW})
    post.tick()
    for link in (post.links("cleo@example.org")[-1], post.links(NEW)[-1]):
        assert post.client.post(link).status_code == 200
    assert post.audiences("nueva") == ["friends"]
    assert post.audiences("ana") == ["subscribers"]


def test_a_change_can_be_asked_for_once_a_day(post: Post) -> None:
    """Whoever has the link cannot write to the world with it."""
    page = f"{post.preferences('ana')}/address"
    for number in range(5):
        post.client.post(page, data={"email": f"p{number}@example.org"})
    post.tick()
    assert len([mail for mail in post.mails() if "address" in mail["Subject"]]) == 2


def test_one_change_of_address_voids_every_other(post: Post) -> None:
    """The mailbox that gave way, which somebody else may read by now, takes nothing away from the new one."""
    post.client.post(f"{post.preferences('ana')}/address", data={"email": "stranger@example.org"})
    post.tick()
    voided = post.links(OLD)[-1], post.links("stranger@example.org")[-1]
    post.town.clock.turn(days=1, hours=1)
    post.client.post(voided[1])
    for link in ask_to_change(post):
        post.client.post(link)
    assert [post.client.post(link).status_code for link in voided] == [404, 404]
    assert post.person("nueva") is not None
    assert post.person("stranger") is None


@pytest.mark.parametrize("asks_first", [True, False])
def test_who_has_left_does_not_come_back_by_another_address(post: Post, *, asks_first: bool) -> None:
    """Whether the change was asked for before or after: only a confirmed subscription brings anybody back."""
    links = ask_to_change(post) if asks_first else ()
    page = post.preferences("ana")
    person = post.person("ana")
    assert person is not None
    post.client.post(f"/leave/{tokens.sign(tokens.LEAVE, str(person.id), KEY)}")
    sent = len(post.mails())
    if asks_first:
        assert [post.client.post(link).status_code for link in links] == [404, 404]
    else:
        assert "do not write to this address any more" in post.client.get(f"{page}/address").text
        answer = post.client.post(f"{page}/address", data={"email": NEW})
        assert "do not write to this address any more" in answer.text
    announce(post)
    assert len(post.mails()) == sent
    assert post.person("nueva") is None


def test_a_change_that_is_done_is_shown_to_who_has_left_since(post: Post) -> None:
    """Nothing is left to be done, and what has been done is no secret to who did it."""
    old, _ = links = ask_to_change(post)
    for link in links:
        post.client.post(link)
    person = post.person("nueva")
    assert person is not None
    post.client.post(f"/leave/{tokens.sign(tokens.LEAVE, str(person.id), KEY)}")
    assert "has been changed" in post.client.get(old).text


@pytest.mark.parametrize("typed", ["", "nobody", "a b@example.org"])
def test_what_is_no_address_is_said_and_uses_up_no_day(post: Post, typed: str) -> None:
    """Nobody is written to for it, and the right one can be typed at once."""
    page = f"{post.preferences('ana')}/address"
    answer = post.client.post(page, data={"email": typed})
    assert answer.status_code == 422
    assert "on its way to both" not in answer.text
    assert "on its way to both" in post.client.post(page, data={"email": NEW}).text
    post.tick()
    assert len([mail for mail in post.mails() if "address" in mail["Subject"]]) == 2


def test_leaving_works_before_the_next_mail(post: Post) -> None:
    """One POST, in either form of RFC 8058; who has left cannot be brought back by the page of preferences."""
    person = post.person("ana")
    assert person is not None
    link = f"/leave/{tokens.sign(tokens.LEAVE, str(person.id), KEY)}"
    answer = post.client.post(link, files={"List-Unsubscribe": (None, "One-Click")})
    assert (answer.status_code, answer.history) == (200, [])
    sent = len(post.mails())
    post.client.post(post.preferences("ana"), data={"scope": "all"})
    announce(post)
    assert len(post.mails()) == sent
    assert "do not write to this address any more" in post.client.get(post.preferences("ana")).text


def test_the_link_of_somebody_erased_opens_nothing(post: Post) -> None:
    """Nor does it open the page of whoever came next."""
    page = post.preferences("ana")
    person = post.person("ana")
    assert person is not None
    from communique.store.recipients import erasure

    with post.town.database.begin() as connection:
        erasure.erase(connection, person.address_key, "0" * 64, str, post.town.clock.now)
    post.town.invite("ben")
    assert post.client.get(page).status_code == 404
    for path, form in ((page, {"scope": "all"}), (f"{page}/address", {"email": NEW})):
        assert post.client.post(path, data=form).status_code == 404
    with post.town.database.reading() as connection:
        assert people.by_id(connection, person.id) is None
