"""A provider says for an hour that nobody there exists: nobody loses their place, and the officers are told."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from communique.alerts.causes import Cause, in_ledger
from communique.bounces.consequences import Effect, follow
from communique.bounces.reading import read_report
from communique.channel import PermanentError
from communique.delivery import Delivery, Mode, State
from communique.store.desk import journal
from communique.store.recipients import people, suppression_list
from tests.returned_reports import KEY, about, sent_back
from tests.single_delivery import failing
from tests.workspaces import START, Town

NAMES = [f"p{number:02}" for number in range(12)]
ADDRESSES = [f"{name}@example.org" for name in NAMES]
HOST = "town{}-example.mail.protection.outlook.example"


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


def refuse(town: Town, copies: Sequence[Delivery], host: str = "mail.example.org") -> list[Effect]:
    """A report about each that nobody has its address, one every six minutes; `host` has said so."""
    effects = []
    for each in copies:
        town.clock.turn(minutes=6)
        rules = town.workspace.settings.bounces
        with town.database.begin() as connection:
            report = read_report(about("postfix-unknown-user", each).replace(b"mail.example.org", host.encode()))
            effects.append(follow(connection, report, KEY, rules, place="", now=town.clock.now).effect)
    return effects


def given_up(town: Town, addresses: Sequence[str] = ADDRESSES) -> list[str]:
    """Who is not written to any more, by what stands before the @."""
    with town.database.reading() as connection:
        return [each.partition("@")[0] for each in addresses if suppression_list.suppression(connection, each)]


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


def invite(town: Town, *addresses: str) -> list[Delivery]:
    """Write to them; their copies in this order."""
    rows = [people.Row(address=each, name="", language="en", organisation="") for each in addresses]
    with town.database.begin() as connection:
        people.add(connection, rows, audience="friends", basis="asked", source="list", now=START)
    town.run()
    return list(sent(town))


def test_a_system_that_serves_many_domains_is_one(town: Town) -> None:
    """Of each domain too few were refused to be doubted, and all of them by hosts of one organisation."""
    addresses = [f"p{each}@small{each}.example" for each in range(8)]
    others = [f"q{each}@elsewhere{each}.example" for each in range(20)]
    copies = invite(town, *addresses, *others)
    for number, copy in enumerate(copies[:4]):
        assert refuse(town, [copy], HOST.format(number)) == [Effect.SUPPRESSED]
    assert len(given_up(town, addresses)) == 4
    assert refuse(town, copies[4:5], HOST.format("-x")) == [Effect.SUPPRESSED]  # 5 of 28 is less than a fifth
    town.settings("mode: live", "mode: live\nbounces: {brake: {people: 3}}")
    assert refuse(town, copies[5:7], HOST.format(5)) == [Effect.TOLD] * 2
    assert given_up(town, addresses) == []
    ((system, detail),) = doubts(town)
    assert (system, detail[:3]) == ("*.outlook.example", "7: ")
    # Who is refused by somebody else is gone.
    assert refuse(town, copies[8:9], "mx.elsewhere.example") == [Effect.SUPPRESSED]


def test_a_system_is_doubted_by_all_whom_it_refuses_at_domains_of_several(town: Town) -> None:
    """However much is written elsewhere: it knows none of those at its domains, but for one that says nothing."""
    addresses = [f"p{each}@small{each % 5}.example" for each in range(10)]
    copies = invite(town, *addresses, *(f"q{each}@elsewhere.example" for each in range(90)))
    effects = [refuse(town, [copy], HOST.format(number))[0] for number, copy in enumerate(copies[:10])]
    assert effects[-1] is Effect.TOLD
    assert given_up(town, addresses) == []


def test_what_no_brake_sees_the_officers_are_told(town: Town) -> None:
    """One person at each of many domains, which one system serves: that it errs, a person has to say."""
    addresses = [f"p{each}@small{each}.example" for each in range(6)]
    copies = invite(town, *addresses, *(f"q{each}@elsewhere{each}.example" for each in range(94)))
    for number, copy in enumerate(copies[:4]):
        assert refuse(town, [copy], HOST.format(number)) == [Effect.SUPPRESSED]
    assert many_refused(town) == []
    for number, copy in enumerate(copies[4:6]):
        assert refuse(town, [copy], HOST.format(number + 4)) == [Effect.SUPPRESSED]
    assert (given_up(town, addresses), doubts(town)) == ([f"p{each}" for each in range(6)], [])
    assert many_refused(town) == [("news/hello (email)", "6/100")]


def many_refused(town: Town) -> list[tuple[str, str]]:
    """What the officers are told of refused copies."""
    with town.database.reading() as connection:
        found = in_ledger(connection, town.workspace, Mode.LIVE, town.clock.now)
        return [(each.subject, each.detail) for each in found if each.cause is Cause.FAILED]


def test_a_few_who_are_gone_at_domains_of_one_system_are_believed(town: Town) -> None:
    """A host of thousands of small domains loses some of its people at every announcement."""
    addresses = [f"p{each}@small{each % 10}.example" for each in range(60)]
    copies = invite(town, *addresses)
    for number, copy in enumerate(copies[:10]):
        assert refuse(town, [copy], HOST.format(number)) == [Effect.SUPPRESSED]
    assert (len(given_up(town, addresses)), doubts(town)) == (10, [])


@pytest.mark.parametrize(
    ("fields", "system"),
    [
        (
            "Remote-MTA: dns; aspmx.l.google.example. (142.250.0.27, the server for the domain x.example.)",
            "google.example",
        ),
        ("Remote-MTA: DNS;mx.town.gov.uk", "town.gov.uk"),
        ("Remote-MTA: dns; correo.ayto.gob.es", "ayto.gob.es"),
        ("Remote-MTA: dns; 192.0.2.7", "example.net"),
        ("Remote-MTA: x-local; mx.example.com", "example.net"),
        ("Remote-MTA: dns; mx.b\u00fccher.example", "example.net"),
        ("Remote-MTA: dns;", "example.net"),
        ("Remote-MTA: dns; " + "a." * 300 + "example", "example.net"),
    ],
)
def test_the_system_that_refused_is_named_by_its_organisation(fields: str, system: str) -> None:
    """By the next host, else by the one that reports; what is no name of a host names nobody."""
    mail = sent_back("postfix-unknown-user", tag="TAG", reference="REFERENCE")
    told = mail.replace(b"Remote-MTA: dns; mail.example.org", fields.encode())
    assert told != mail
    assert read_report(told).system == system
