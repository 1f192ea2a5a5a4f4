"""A provider says for an hour that nobody there exists: nobody loses their place, and the officers are told."""

from collections.abc import Sequence
from datetime import timedelta

from communique.alerts.causes import Cause, in_ledger
from communique.bounces.consequences import Effect, follow
from communique.bounces.reading import read_report
from communique.channel import PermanentError
from communique.delivery import Delivery, Mode, State
from communique.store import journal, people
from tests.returned_reports import KEY, about
from tests.single_delivery import failing
from tests.workspaces import START, Town

NAMES = [f"p{number:02}" for number in range(12)]


def announce(town: Town) -> Sequence[Delivery]:
    """Another announcement, two days after the first; its copies."""
    town.add("  more:\n    when: start + 48 hours\n    to: [friends]\n    through: [email]\n")
    known = set(sent(town))
    town.clock.now = START + timedelta(hours=48)
    town.run()
    return [each for each in sent(town) if each not in known]


def sent(town: Town) -> Sequence[Delivery]:
    """Copies that went out, in order."""
    found = [each.delivery for each in town.copies() if each.delivery.state is State.SENT]
    return sorted(found, key=lambda each: each.id)


def refuse(town: Town, copies: Sequence[Delivery]) -> list[Effect]:
    """A report about each that nobody has its address, one every six minutes."""
    effects = []
    for each in copies:
        town.clock.turn(minutes=6)
        rules = town.workspace.settings.bounces
        with town.database.begin() as connection:
            report = read_report(about("postfix-unknown-user", each))
            effects.append(follow(connection, report, KEY, rules, place="", now=town.clock.now).effect)
    return effects


def given_up(town: Town) -> list[str]:
    """Who is not written to any more."""
    with town.database.reading() as connection:
        return [name for name in NAMES if people.suppression(connection, f"{name}@example.org")]


def doubts(town: Town) -> list[tuple[str, str]]:
    """What the officers are told of it."""
    with town.database.reading() as connection:
        found = in_ledger(connection, town.workspace, Mode.LIVE, town.clock.now)
        return [(each.subject, each.detail) for each in found if each.cause is Cause.DOUBTED]


def test_an_hour_in_which_a_provider_knows_nobody_costs_nobody_their_place(town: Town) -> None:
    """The first few are given up, and given back at the fifth; who is refused again days later is gone indeed."""
    town.invite(*NAMES)
    town.run()
    copies = sent(town)
    assert refuse(town, copies[:4]) == [Effect.SUPPRESSED] * 4
    assert (given_up(town), doubts(town)) == (NAMES[:4], [])
    assert refuse(town, copies[4:10]) == [Effect.TOLD] * 6
    assert given_up(town) == []
    ((domain, detail),) = doubts(town)
    assert domain == "example.org"
    assert detail.startswith("10: 550 5.1.1")
    assert "@" not in detail
    with town.database.reading() as connection:
        (line,) = journal.latest(connection, 1)
    assert line.what.startswith("let 4 addresses of example.org back in")
    assert town.account() == "12 planned = 12 sent; 10 came back"
    later = announce(town)
    assert len(later) == len(NAMES)
    assert refuse(town, later[:1]) == [Effect.SUPPRESSED]
    assert given_up(town) == NAMES[:1]


def test_addresses_that_are_gone_are_no_mistake_of_a_provider(town: Town) -> None:
    """Some of many; and many, where as many of each hundred were gone before: a domain that dies out."""
    town.settings("mode: live", "mode: live\nbounces: {brake: {percent: 50}}")
    town.invite(*NAMES)
    town.run()
    assert refuse(town, sent(town)[:5]) == [Effect.SUPPRESSED] * 5
    assert refuse(town, announce(town)) == [Effect.SUPPRESSED] * 7
    assert (given_up(town), doubts(town)) == (NAMES, [])


def test_refused_at_once_the_same_holds(town: Town) -> None:
    """By the mail server we talk to, and where nothing was written to that domain before."""
    town.invite(*NAMES[:6])
    error = PermanentError("refused")
    error.reply, error.about_recipient = "550 5.1.1 user unknown", True
    town.email.before = failing(error)
    town.run()
    assert (town.account(), given_up(town)) == ("6 planned = 6 failed", [])
    assert [domain for domain, _ in doubts(town)] == ["example.org"]
