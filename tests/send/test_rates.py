"""A channel's rate holds in every window of time, for all processes, over restarts; a warm-up grows day by day."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from communique.channel import Receipt, TemporaryError
from communique.commands.pacing import takes
from communique.delivery import Mode, State
from communique.pace import Pace, Rate, parse_rate
from communique.send.claims import Claims
from communique.store.deliveries import leases, takeover
from communique.store.deliveries.leases import Crossing, Lease
from tests.command_line import CommandLine, at
from tests.single_delivery import failing
from tests.workspaces import START, Town

MADRID = ZoneInfo("Europe/Madrid")
MINUTE = timedelta(minutes=1)


def claims(town: Town, owner: str, rate: Rate) -> Claims:
    """One process's."""
    pace = Pace(rate=rate, zone=MADRID)
    return Claims(
        database=town.database, mode=Mode.LIVE, owner=owner, clock=town.clock, paces={"email": pace, "x": pace}
    )


def fullest(moments: Sequence[datetime], window: timedelta) -> int:
    """The most of them in any window of that length."""
    return max(sum(begin <= each < begin + window for each in moments) for begin in moments)


@pytest.mark.ledger_by_hand
@pytest.mark.parametrize("seed", range(4))
def test_no_window_holds_more_than_the_rate(town: Town, seed: int) -> None:
    """Three processes take, dawdle, fail, die and come back at random; everybody gets their copy in the end."""
    chance = random.Random(seed)
    town.settings("late_window: 24 hours", "late_window: 9 days")
    town.invite(*(f"p{number}" for number in range(60)))
    town.freeze()
    rate = Rate(7, MINUTE)
    passed: list[datetime] = []
    under_way: list[Lease] = []
    sent: set[int] = set()
    for _ in range(4000):
        town.clock.turn(seconds=chance.choice((0, 0.5, 3, 11)))
        now = town.clock.now
        if chance.random() < 0.5:
            taken = claims(town, f"here/{chance.randrange(3)}", rate).take("email", chance.choice((1, 5, 500)))
            under_way += taken
        elif under_way and chance.random() < 0.05:  # a process dies: what it had not begun is owed as before
            with town.database.begin() as connection:
                gone = [f"here/{number}" for number in range(3)]
                takeover.release_unbegun(connection, Mode.LIVE, gone=gone, now=now)
            under_way.clear()
        elif under_way:
            lease = under_way.pop(chance.randrange(len(under_way)))
            with town.database.begin() as connection:
                if chance.random() < 0.3:
                    later = now + timedelta(seconds=1)
                    leases.record(connection, lease, State.SCHEDULED, reason="450", retry_at=later, now=now)
                    passed.append(now)
                elif leases.cross(connection, [Crossing(lease=lease, content_hash="")], now):
                    sent |= leases.record_sent(connection, [(lease, Receipt())], now)
                    passed.append(now)
        if len(sent) == 60:
            break
    assert town.account() == "60 planned = 60 sent"
    assert fullest(passed, rate.per) == rate.copies  # never above, and not below for long


def test_what_is_under_way_counts_until_it_is_put_back(town: Town) -> None:
    """A slow batch is not followed by another one when the minute is over."""
    town.invite(*(f"p{number}" for number in range(9)))
    town.freeze()
    mine = claims(town, "here/1", Rate(4, MINUTE))
    taken = mine.take("email", 500)
    assert len(taken) == 4
    town.clock.turn(minutes=2)
    assert mine.take("email", 500) == []
    mine.put_back(taken)
    assert len(claims(town, "here/2", Rate(4, MINUTE)).take("email", 500)) == 4


def test_a_rate_that_is_lowered_below_what_has_gone_lets_nothing_more_go(town: Town) -> None:
    """Who finds that a server complains sets it lower, while mails go out: nobody is let through by a count below 0."""
    town.invite(*(f"p{number}" for number in range(12)))
    town.freeze()
    assert len(claims(town, "here/1", Rate(5, MINUTE)).take("email", 500)) == 5
    assert claims(town, "here/2", Rate(2, MINUTE)).take("email", 500) == []


def test_the_daemon_keeps_to_the_rate_of_the_settings(town: Town) -> None:
    """Whoever waits goes as soon as the window lets them; failures count; a rehearsal would not wait."""
    town.settings("    kind: email\n", "    kind: email\n    rate: 2 per hour\n")
    town.invite(*(f"p{number}" for number in range(5)))
    town.email.before = failing(TemporaryError("450"), times=1)
    town.run()
    town.run()
    assert town.account() == "5 planned = 4 scheduled + 1 sent"
    sent = []
    for _ in range(3):
        town.clock.turn(hours=1)
        town.run()
        sent.append(len(town.email.taken))
    assert sent == [3, 5, 5]
    assert replace(town.dispatcher(), paced=False)._claims.paces == {}


def test_what_a_slow_server_takes_long_after_it_was_claimed_counts_from_then_on(town: Town) -> None:
    """A batch goes on for an hour, and then the server is quick again."""
    town.settings("    kind: email\n", "    kind: email\n    rate: 10 per hour\n")
    town.invite(*(f"p{number}" for number in range(30)))
    passed: list[datetime] = []
    town.email.before = lambda _message: town.clock.turn(minutes=6)
    town.email.after = lambda _message: passed.append(town.clock.now)
    town.run()
    assert len(passed) == 10
    town.email.before = lambda _message: None
    for _ in range(30):
        town.clock.turn(minutes=11)
        town.run()
    assert len(passed) == 30
    assert fullest(passed, timedelta(hours=1)) == 10


def test_channels_do_not_wait_for_each_other(town: Town) -> None:
    """What one has used up is not the other's."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    town.settings("    kind: email\n", "    kind: email\n    rate: 1 per day\n")
    town.invite("ana", "ben")
    town.run()
    assert town.account() == "3 planned = 1 scheduled + 2 sent"


@pytest.mark.parametrize(("days", "copies"), [(-3, 50), (0, 50), (1, 100), (4, 800), (9000, None)])
def test_a_warm_up_grows_day_by_day(days: int, copies: int | None) -> None:
    """By the government's days; at last there is no limit any more."""
    pace = Pace(warm_up_begins=date(2026, 12, 1), first_day=50, growth=2, zone=MADRID)
    midnight = datetime(2026, 12, 1, tzinfo=MADRID)
    assert list(pace.limits(midnight + timedelta(days=days))) == ([Rate(copies, timedelta(days=1))] if copies else [])


def test_rate_and_warm_up_hold_together(town: Town) -> None:
    """The smaller one decides."""
    town.settings(
        "    kind: email\n",
        "    kind: email\n    rate: 4 per hour\n    warm_up: {begins: 2026-12-01, first_day: 5, growth: 1.5}\n",
    )
    town.invite(*(f"p{number}" for number in range(20)))
    sent = []
    for _ in range(3):
        town.run()
        sent.append(len(town.email.taken))
        town.clock.turn(hours=1)
    assert sent == [4, 5, 5]
    town.clock.now = START + timedelta(hours=15)  # 01:00 in Madrid: 7 in any 24 hours
    town.run()
    assert len(town.email.taken) == 7


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("rate: 100 a minute", "expected a rate such as `100 per minute`"),
        ("rate: 0 per minute", "expected a rate such as `100 per minute`"),
        ("rate: 100 per second", "expected a rate such as `100 per minute`"),
        ("rate: 100", "expected a text such as `100 per minute`"),
        ("warm_up: {begins: tomorrow}", "begins"),
        ("warm_up: {begins: 2026-12-01, growth: 1}", "growth"),
        ("warm_up: {first_day: 50}", "begins"),
    ],
)
def test_a_slip_is_told_at_its_place(town: Town, monkeypatch: pytest.MonkeyPatch, written: str, told: str) -> None:
    """As every other setting's."""
    town.settings("    kind: email\n", f"    kind: email\n    {written}\n")
    said = CommandLine(town.root, monkeypatch)("check")
    assert said.code == 1
    assert told in said.text
    assert "config/settings.yaml:" in said.text


@pytest.mark.parametrize(
    ("pace", "copies", "told"),
    [
        (Pace(rate=Rate(300, MINUTE), zone=MADRID), 12_400, "12,400 copies at 300 a minute: about 42 minutes"),
        (
            Pace(rate=Rate(300, MINUTE), per_domain={"gmail.com": Rate(100, MINUTE)}, zone=MADRID),
            900,
            "900 copies at 300 a minute and 100 a minute to gmail.com: at least about 3 minutes",
        ),
        (Pace(rate=Rate(300, MINUTE), zone=MADRID), 301, "301 copies at 300 a minute: about 2 minutes"),
        (Pace(rate=Rate(10, 60 * MINUTE), zone=MADRID), 1, "1 copy at 10 an hour: all at once"),
        (Pace(rate=Rate(10, 60 * MINUTE), zone=MADRID), 45, "45 copies at 10 an hour: about 5 hours"),
        (Pace(rate=Rate(200, timedelta(days=1)), zone=MADRID), 500, "500 copies at 200 a day: about 3 days"),
        (
            Pace(rate=Rate(1, MINUTE), warm_up_begins=date(2026, 12, 1), first_day=50, growth=2, zone=MADRID),
            160,  # 50, 100, and ten of the third day
            "160 copies at 1 a minute and 50 a day (warm-up, today): about 3 days",
        ),
        (
            Pace(warm_up_begins=date(2020, 12, 1), first_day=50, growth=2, zone=MADRID),
            10**6,
            "1,000,000 copies at no limit of a warm-up any more: all at once",
        ),
        (
            Pace(per_domain={"*": Rate(300, MINUTE), "gmail.com": Rate(100, MINUTE)}, zone=MADRID),
            9,
            (
                "9 copies at 300 a minute to each other domain and 100 a minute to gmail.com: "
                "as long as the fullest domain takes"
            ),
        ),
    ],
)
def test_how_long_it_takes_is_said(pace: Pace, copies: int, told: str) -> None:
    """By the rate, and by the warm-up as it grows."""
    assert takes(pace, copies, START) == told


def test_plan_and_status_say_how_long_it_takes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before, for what is planned; and while it goes out, for what is left."""
    town.settings("    kind: email\n", "    kind: email\n    rate: 2 per hour\n")
    town.invite(*(f"p{number}" for number in range(9)))
    before = at(town.root, monkeypatch, START - MINUTE)
    assert "email: 9 copies at 2 an hour: about 5 hours" in before("plan").text
    told = {"channel": "email", "limits": ["2 an hour"], "copies": 9, "seconds": 16200}
    assert before("plan", "--json").json["paces"] == [told]
    town.run()
    now = at(town.root, monkeypatch, START)
    assert "The channel email: 7 copies at 2 an hour: about 4 hours." in now("status").text
    assert now("status", "--json").json["paces"] == [{**told, "copies": 7, "seconds": 12600}]


def test_rates_as_they_are_written() -> None:
    """Minutes, hours, days."""
    assert parse_rate("100 per minute") == Rate(100, MINUTE)
    assert parse_rate(" 2000 per day ") == Rate(2000, timedelta(days=1))
