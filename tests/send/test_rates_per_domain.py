"""A rate for the recipients of each domain: it holds in every window of time, and a full one holds up no other."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from communique.channel import Message, Receipt, TemporaryError
from communique.delivery import Mode, State
from communique.pace import EVERY_DOMAIN, Pace, Rate
from communique.send import claims as claiming
from communique.send.claims import Claims
from communique.store.database import deliveries
from communique.store.deliveries import leases
from communique.store.deliveries.leases import Crossing, Lease
from communique.store.recipients import people
from tests.command_line import CommandLine
from tests.single_delivery import failing
from tests.workspaces import Town

MINUTE = timedelta(minutes=1)
RATE = 'rate_per_domain: {"*": 3 per hour, big.example: 2 per minute, free.example: 1000 per minute}'


def invite(town: Town, **domains: int) -> None:
    """So many people at each domain, those of the first one first: `big=9` are at big.example."""
    rows = [
        people.Row(address=f"p{number}@{name}.example", name="P", language="en", organisation="")
        for name, count in domains.items()
        for number in range(count)
    ]
    with town.database.begin() as connection:
        people.add(connection, rows, audience="friends", basis="test", source="test", now=town.clock.now)


def claims(town: Town, owner: str, rates: Mapping[str, Rate]) -> Claims:
    """One process's."""
    pace = Pace(per_domain=rates, zone=ZoneInfo("Europe/Madrid"))
    return Claims(database=town.database, mode=Mode.LIVE, owner=owner, clock=town.clock, paces={"email": pace})


def by_domain(taken: list[Lease]) -> Counter[str]:
    """How many of each were taken."""
    return Counter(lease.person.address.partition("@")[2].partition(".")[0] for lease in taken if lease.person)


def send(town: Town, taken: list[Lease]) -> None:
    """They are accepted now."""
    with town.database.begin() as connection:
        leases.cross(connection, [Crossing(lease=lease, content_hash="") for lease in taken], town.clock.now)
    with town.database.begin() as connection:
        leases.record_sent(connection, [(lease, Receipt()) for lease in taken], town.clock.now)


def test_a_domain_has_its_rate_and_the_others_go_on(town: Town) -> None:
    """Through the settings: named, every other, and one that is never full; in the end everybody has their mail."""
    town.settings("    kind: email\n", f"    kind: email\n    {RATE}\n")
    town.settings("late_window: 24 hours", "late_window: 9 days")
    invite(town, big=7, small=4, other=2, free=20)
    at: dict[str, list[datetime]] = {}

    def note(message: Message) -> None:
        assert message.recipient is not None
        at.setdefault(message.recipient.address.partition("@")[2], []).append(town.clock.now)

    town.email.before = note
    town.freeze()
    dispatcher = town.dispatcher()
    dispatcher.run()
    assert {name: len(moments) for name, moments in at.items()} == {
        "big.example": 2,
        "small.example": 3,
        "other.example": 2,
        "free.example": 20,
    }
    for seconds in (*[59] * 6, 55 * 60, 50):
        town.clock.turn(seconds=seconds)
        dispatcher.run()
    assert town.account() == "33 planned = 33 sent"
    for name, most, per in (("big.example", 2, MINUTE), ("small.example", 3, 60 * MINUTE)):
        assert max(sum(begin <= each < begin + per for each in at[name]) for begin in at[name]) == most


def test_it_is_counted_in_the_ledger_for_all_processes(town: Town) -> None:
    """What another worker has under way or has sent counts, also after a restart; what failed, too."""
    invite(town, big=9, small=9)
    town.freeze()
    rates = {"big.example": Rate(4, MINUTE)}
    first = claims(town, "here/1", rates).take("email", 6)
    assert by_domain(first) == {"big": 3, "small": 3}
    assert by_domain(claims(town, "here/2", rates).take("email", 500)) == {"big": 1, "small": 6}
    send(town, first)
    town.clock.turn(seconds=59)
    assert claims(town, "here/3", rates).take("email", 500) == []
    town.clock.turn(seconds=1)
    assert by_domain(claims(town, "here/3", rates).take("email", 500)) == {"big": 3}


def test_a_rate_that_is_lowered_below_what_has_gone_lets_nothing_more_go(town: Town) -> None:
    """To that domain; the others go on."""
    invite(town, big=9, small=5)
    town.freeze()
    assert by_domain(claims(town, "here/1", {"big.example": Rate(4, MINUTE)}).take("email", 6)) == {
        "big": 3,
        "small": 3,
    }
    left = claims(town, "here/2", {"big.example": Rate(1, MINUTE)}).take("email", 500)
    assert by_domain(left) == {"small": 2}


def test_what_was_put_off_counts(town: Town) -> None:
    """The server of a domain has heard of it."""
    town.settings("    kind: email\n", "    kind: email\n    rate_per_domain: {big.example: 2 per hour}\n")
    invite(town, big=3)
    town.email.before = failing(TemporaryError("450"), times=2)
    town.run()
    town.clock.turn(minutes=5)
    town.run()
    assert town.email.taken == []


def test_many_of_a_full_domain_stand_before_the_others(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are sorted some at a time, until somebody is found who may go; a later claim looks at none of them again."""
    monkeypatch.setattr(claiming, "_SORTED_AT_ONCE", 10)
    invite(town, big=95, small=2)
    town.freeze()
    mine = claims(town, "here/1", {"big.example": Rate(1, 60 * MINUTE)})
    taken = [mine.take("email", 500) for _ in range(3)]
    assert [by_domain(each) for each in taken] == [{"big": 1}, {"small": 2}, {}]


def test_domains_take_turns(town: Town) -> None:
    """More domains than a claim takes; none of them waits for ever, and nobody is left over."""
    invite(town, **{f"d{number}": 2 for number in range(7)})
    town.freeze()
    mine = claims(town, "here/1", {EVERY_DOMAIN: Rate(100, MINUTE)})
    taken = [by_domain(mine.take("email", 3)) for _ in range(6)]
    assert [sum(each.values()) for each in taken] == [3, 3, 3, 3, 2, 0]
    assert len(taken[0] + taken[1] + taken[2]) == 7


def test_who_is_not_due_takes_nobody_s_turn(town: Town) -> None:
    """Domains that wait for another attempt leave a claim to those that are due."""
    invite(town, **{f"d{number}": 1 for number in range(6)}, big=4)
    town.freeze()
    mine = claims(town, "here/1", {EVERY_DOMAIN: Rate(100, MINUTE)})
    later = [lease for lease in mine.take("email", 10) if "big" not in by_domain([lease])]
    with town.database.begin() as connection:
        for lease in later:
            at = town.clock.now + 60 * MINUTE
            leases.record(connection, lease, State.SCHEDULED, reason="450", retry_at=at, now=town.clock.now)
    town.clock.turn(minutes=21)
    town.dispatcher({}).recover()
    assert by_domain(mine.take("email", 2)) == {"big": 2}
    assert by_domain(mine.take("email", 9)) == {"big": 2}


def test_the_setting_comes_and_goes_while_mails_wait(town: Town) -> None:
    """What was frozen before it is sorted, and what was sorted goes on without it."""
    invite(town, big=5)
    town.freeze()
    assert len(claims(town, "here/1", {"big.example": Rate(2, MINUTE)}).take("email", 500)) == 2
    with town.database.reading() as connection:
        assert set(connection.execute(select(deliveries.c.domain)).scalars()) == {"big.example"}
    without = Claims(database=town.database, mode=Mode.LIVE, owner="here/2", clock=town.clock)
    assert len(without.take("email", 500)) == 3
    assert without.take("email", 500) == []


@pytest.mark.parametrize(
    ("channel", "written", "told"),
    [
        ("kind: email", "rate_per_domain: {gmail.com: 100}", "expected a text such as `100 per minute`"),
        ("kind: email", "rate_per_domain: {Gmail: 100 per minute}", "Gmail"),
        ("kind: email", "rate_per_domain: 100 per minute", "rate_per_domain"),
        ("kind: email", "most_per_connection: 0", "`most_per_connection` is 0; expected a number from 1"),
        ("kind: x", "rate_per_domain: {a.example: 1 per day}", "expected `rate_per_domain` at a channel of mails"),
    ],
)
def test_a_slip_is_told_at_its_place(
    town: Town, monkeypatch: pytest.MonkeyPatch, channel: str, written: str, told: str
) -> None:
    """As every other setting's."""
    town.settings(f"    {channel}\n", f"    {channel}\n    {written}\n")
    said = CommandLine(town.root, monkeypatch)("check")
    assert said.code == 1
    assert told in said.text
    assert "config/settings.yaml" in said.text
