"""Who is written to, and who must not be."""

import pytest
from sqlalchemy import func, select

from communique.store.database import memberships
from communique.store.database import people as people_table
from communique.store.recipients import people, subscribers, suppression_list
from communique.store.recipients.people import AddressError, Row, address_key
from communique.subscription import Choices
from tests.workspaces import Town


def add(town: Town, *rows: Row, audience: str = "friends") -> int:
    """Put people into an audience."""
    with town.database.begin() as connection:
        return people.add(connection, rows, audience=audience, basis="test", source="test", now=town.clock.now)


def row(address: str, name: str = "Ana", language: str = "en") -> Row:
    """A person as imported."""
    return Row(address=address, name=name, language=language, organisation="")


def members(town: Town, *audiences: str) -> list[tuple[str, str, str]]:
    """Name, language and audience of everybody in these."""
    with town.database.reading() as connection:
        found = list(people.members(connection, audiences))
    return [(each.person.name, each.person.language, each.audience) for each in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@example.org", "ana@EXAMPLE.ORG"),
        ("ana@example.org", "ANA@example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("jos\u00e9@example.org", "jose\u0301@example.org"),
    ],
)
def test_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    """Case, domain script and Unicode form make no second person."""
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "@example.org", "ana@example", "a b@example.org", "ana@ex..org"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """With the reason."""
    with pytest.raises(AddressError, match=r"\w"):
        address_key(address)


def test_a_person_is_added_once(town: Town) -> None:
    """Imported again, nobody is new; what changed is brought up to date."""
    assert add(town, row("ana@example.org"), row("ben@example.org", "Ben")) == 2
    assert add(town, row("Ana@Example.org", "Ana María", "es")) == 0
    assert members(town, "friends") == [("Ana María", "es", "friends"), ("Ben", "en", "friends")]


def test_twice_in_one_list_is_one_person(town: Town) -> None:
    """The last line counts."""
    assert add(town, row("ana@example.org"), row("ANA@example.org", "Ana María")) == 1
    assert members(town, "friends") == [("Ana María", "en", "friends")]


def test_a_list_brings_up_to_date_but_what_people_have_chosen_themselves(town: Town) -> None:
    """The language of a list is mostly that of whoever made it; others of the same list have the one it says."""
    add(town, row("ana@example.org"), row("ben@example.org"))
    with town.database.begin() as connection:
        ana = people.by_address(connection, "ana@example.org")
        assert ana is not None
        subscribers.choose(connection, ana.id, Choices(language="es"), town.clock.now)
    for _ in range(2):
        add(town, *(row(f"{name}@example.org", f"{name} Gil", "fr") for name in ("ana", "ben", "cleo")))
        found = [("ana Gil", "es", "friends"), ("ben Gil", "fr", "friends"), ("cleo Gil", "fr", "friends")]
        assert members(town, "friends") == found


def test_a_person_in_two_audiences_is_written_to_once(town: Town) -> None:
    """As a member of the first audience named."""
    add(town, row("ana@example.org"), audience="friends")
    add(town, row("ana@example.org"), row("ben@example.org", "Ben"), audience="subscribers")
    assert members(town, "subscribers", "friends") == [("Ana", "en", "subscribers"), ("Ben", "en", "subscribers")]
    assert members(town, "friends", "subscribers") == [("Ana", "en", "friends"), ("Ben", "en", "subscribers")]


def test_nobody_of_another_audience_is_written_to(town: Town) -> None:
    """Whoever is in none of those that are named, in one or in several; of each person their own are told."""
    for audience, name in (("friends", "Ana"), ("subscribers", "Ben"), ("media", "Cleo")):
        add(town, row(f"{name}@example.org", name), audience=audience)
    assert members(town, "friends") == [("Ana", "en", "friends")]
    assert members(town, "friends", "subscribers") == [("Ana", "en", "friends"), ("Ben", "en", "subscribers")]
    assert members(town, "nobody") == members(town, "nobody", "else") == []
    with town.database.reading() as connection:
        found = [people.by_address(connection, f"{name}@example.org") for name in ("ana", "ben", "cleo")]
        theirs = [people.audiences_of(connection, each.id) for each in found if each]
    assert theirs == [["friends"], ["subscribers"], ["media"]]


def test_the_first_reason_stays_but_for_a_dead_address_whose_owner_wants_nothing(town: Town) -> None:
    """That nobody has it is no word of its owner; and once they have said something, it is theirs that counts."""
    now = town.clock.now

    with town.database.begin() as connection:
        suppression_list.suppress(connection, "ben@example.org", reason="unknown", now=now, is_dead=True)

    def after(*words: tuple[str, bool]) -> str | None:
        with town.database.begin() as connection:
            suppression_list.allow(connection, "ana@example.org")
            for reason, is_dead in words:
                suppression_list.suppress(connection, "ana@example.org", reason=reason, now=now, is_dead=is_dead)
            return suppression_list.suppression(connection, "ana@example.org")

    assert after(("nobody has it", True), ("unknown", True)) == "nobody has it"
    assert after(("nobody has it", True), ("left", False)) == "left"
    assert after(("left", False), ("nobody has it", True)) == "left"
    assert after(("left", False), ("complained", False)) == "left"
    with town.database.reading() as connection:
        assert suppression_list.suppression(connection, "ben@example.org") == "unknown", "nobody else's changes"


def test_who_asked_to_be_left_alone_stays_so_when_imported_again(town: Town) -> None:
    """Suppression is of the address: no list brings it back, and the first reason stays."""
    add(town, row("ana@example.org"))
    town.suppress("ana", "left on 1 December")
    town.suppress("ana", "another reason")
    add(town, row("ana@example.org"), audience="others")
    with town.database.reading() as connection:
        assert suppression_list.suppression(connection, "ana@example.org") == "left on 1 December"


def test_only_an_owner_takes_an_address_off_the_list(town: Town) -> None:
    """Allowed again, it is written to again."""
    town.invite("ana")
    town.suppress("ana")
    with town.database.begin() as connection:
        suppression_list.allow(connection, "ana@example.org")
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_who_has_left_since_they_were_found_is_not_let_in_with_the_others(town: Town) -> None:
    """Their reason is another one by then."""
    now = town.clock.now
    with town.database.begin() as connection:
        for name in ("ana", "ben"):
            suppression_list.suppress(connection, f"{name}@example.org", reason="given up: x", now=now, is_dead=True)
        found = suppression_list.suppressed_between(connection, ("given up",), now, now)
        suppression_list.suppress(connection, "ben@example.org", reason="left", now=now)
        suppression_list.allow_all(connection, found)
        left = suppression_list.suppressed_among(connection, ["ana@example.org", "ben@example.org"])
    assert (len(found), left) == (2, {"ben@example.org": "left"})


def test_who_leaves_after_the_count_is_written_to_no_more(town: Town) -> None:
    """Between freeze and claim: excluded, with the reason, and the balance holds."""
    town.invite("ana", "ben")
    town.freeze()
    town.suppress("ben", "asked to be left alone")
    town.run()
    assert town.email.addresses == ["ana@example.org"]
    assert town.account() == "2 planned = 1 sent + 1 excluded"


def test_who_leaves_while_others_are_written_to_is_written_to_no_more(town: Town) -> None:
    """Even when the claim has been made: it is looked at again right before each mail."""
    town.invite("ana", "ben")
    town.email.after = lambda _message: town.suppress("ben")
    town.run()
    assert town.email.addresses == ["ana@example.org"]
    assert town.account() == "2 planned = 1 sent + 1 excluded"


def test_who_leaves_right_before_the_point_of_no_return_is_written_to_no_more(town: Town) -> None:
    """What is already with the channel: letting it pass is one statement with whether they may be written to."""
    town.invite("ana", "ben")
    town.email.before = lambda _message: town.suppress("ana")
    town.run()
    assert town.email.addresses == ["ben@example.org"]
    assert town.account() == "2 planned = 1 sent + 1 excluded"


def test_who_is_erased_after_the_count_is_written_to_no_more(town: Town) -> None:
    """The account keeps the copy, without a name."""
    town.invite("ana", "ben")
    town.freeze()
    with town.database.begin() as connection:
        connection.execute(memberships.delete().where(memberships.c.person_id == 2))
        connection.execute(people_table.delete().where(people_table.c.id == 2))
    town.run()
    assert town.account() == "2 planned = 1 sent + 1 excluded"
    assert town.copies()[1].name == "a person since erased"


def test_who_is_erased_while_their_mail_is_with_the_channel_does_not_get_it(town: Town) -> None:
    """Whoever is forgotten is on no list of those who have left: being known is asked for, too."""
    town.invite("ana", "ben")
    town.email.before = lambda _message: town.erase("ana")
    town.run()
    assert town.email.addresses == ["ben@example.org"]
    assert town.account() == "2 planned = 1 sent + 1 excluded"
    assert town.copies()[0].delivery.reason == "the person has been erased"


def test_a_person_is_found_by_any_spelling(town: Town) -> None:
    """None for somebody unknown."""
    add(town, row("ana@example.org"))
    with town.database.reading() as connection:
        found = people.by_address(connection, "ANA@Example.Org")
        assert found is not None
        assert people.by_id(connection, found.id) == found
        assert people.by_address(connection, "zoe@example.org") is None
        assert people.audiences_of(connection, found.id) == ["friends"]
        assert people.size(connection, "friends") == 1


def test_a_long_list_is_imported_whole_and_once(town: Town) -> None:
    """Nobody is lost, and nobody is new the second time."""
    rows = [row(f"person{number}@example.org", f"Person {number}") for number in range(3_000)]
    assert add(town, *rows) == 3_000
    assert add(town, *rows) == 0
    with town.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(people_table)).scalar_one() == 3_000


@pytest.mark.parametrize(
    ("name", "kinds"), [("Ben", [1]), ("", [1, 2]), ("  \u200f", [1, 2]), ("\u3000\u2028", [1, 2]), (" Ben", [1])]
)
def test_a_kind_of_people_is_whose_mails_differ_in_values_alone(town: Town, name: str, kinds: list[int]) -> None:
    """Who has no name, or one that nobody can see, is of another; the first of each stands for it."""
    add(town, row("ana@example.org"), row("ben@example.org", name), row("eva@example.org", "Eva"))
    with town.database.reading() as connection:
        assert [each.example for each in people.kinds(connection, ["friends"])] == kinds
        assert people.kinds(connection, ["friends"], []) == []
        assert [each.example for each in people.kinds(connection, ["friends"], ["eva@example.org"])] == [3]
