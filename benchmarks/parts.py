"""What is measured, part by part, and how much of it in a quick, a usual and a full run."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from benchmarks.growth import growth
from benchmarks.kills import killed_once
from benchmarks.measuring import MeasureError, run
from benchmarks.peers import LIMIT, OURS, SENDERS, SIGNING
from benchmarks.profiling import profile
from benchmarks.rounds import Contestant, Extent, interleaved
from benchmarks.signatures import rsa_signatures
from benchmarks.starts import starts
from tests.counterparts import postgresql

ROUND_TRIP_MS = 20
CONNECTIONS = 50
_CAPACITY_CONNECTIONS, _CAPACITY_MESSAGES = 500, 20_000
_KILL_CONNECTIONS = 10
ON_POSTGRESQL = "Communiqué, PostgreSQL"


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured."""

    sending: Extent
    signing: Extent
    databases: Extent
    delayed: Extent
    people: Sequence[int]
    city: int  #: people who subscribe in a large one
    budget: float  #: seconds that one size of audience may take
    kills: int
    kill_people: int
    feeds: Extent
    starts: int  #: of each command; looks at each page of the desk
    profiled: int  #: mails
    openssl_seconds: int


SIZES: Mapping[str, Size] = {
    "quick": Size(
        sending=Extent(rounds=1, seconds=0.5, most=1_000),
        signing=Extent(rounds=1, seconds=0.5, most=1_000),
        databases=Extent(rounds=1, seconds=0.5, most=1_000),
        delayed=Extent(rounds=1, seconds=0.5, most=1_000),
        people=(1_000,),
        city=1_000,
        budget=60,
        kills=1,
        kill_people=300,
        feeds=Extent(rounds=1, seconds=1, most=0),
        starts=1,
        profiled=1_000,
        openssl_seconds=1,
    ),
    "usual": Size(
        sending=Extent(rounds=5, seconds=3, most=20_000),
        signing=Extent(rounds=3, seconds=4, most=20_000),
        databases=Extent(rounds=3, seconds=4, most=20_000),
        delayed=Extent(rounds=3, seconds=12, most=20_000),
        people=(1_000, 10_000, 100_000, 1_000_000),
        city=100_000,
        budget=900,
        kills=10,
        kill_people=5_000,
        feeds=Extent(rounds=5, seconds=4, most=0),
        starts=5,
        profiled=20_000,
        openssl_seconds=2,
    ),
    "full": Size(
        sending=Extent(rounds=5, seconds=inf, most=20_000),
        signing=Extent(rounds=5, seconds=inf, most=20_000),
        databases=Extent(rounds=5, seconds=inf, most=20_000),
        delayed=Extent(rounds=5, seconds=60, most=20_000),
        people=(1_000, 10_000, 100_000, 1_000_000),
        city=100_000,
        budget=1_800,
        kills=50,
        kill_people=5_000,
        feeds=Extent(rounds=9, seconds=10, most=0),
        starts=10,
        profiled=20_000,
        openssl_seconds=10,
    ),
}


@dataclass
class Watch:
    """Who is told how it goes, and what was not counted."""

    say: Callable[[str], None]
    failures: list[str] = field(default_factory=list)


def _sending(size: Size, watch: Watch) -> dict[str, Any]:
    contestants = [Contestant(each, connections) for each in SENDERS for connections in each.connections]
    return {"senders": interleaved(contestants, size.sending, watch.say, watch.failures)}


def _signing(size: Size, watch: Watch) -> dict[str, Any]:
    contestants = [
        Contestant(each, CONNECTIONS if CONNECTIONS in each.connections else each.connections[0]) for each in SIGNING
    ]
    signed: list[float] = []

    def measure_openssl() -> None:
        signed.append(rsa_signatures(size.openssl_seconds))
        watch.say(f"openssl: {signed[-1]:,.0f} RSA-2048 signatures a second on all cores")

    return {
        "senders": interleaved(contestants, size.signing, watch.say, watch.failures, measure_openssl),
        "openssl": signed,
    }


def _databases(size: Size, watch: Watch) -> dict[str, Any]:
    if not postgresql.is_installed():
        raise MeasureError("PostgreSQL's programs are missing: run make setup")
    with postgresql.Server(durable=True) as server:
        server.do("CREATE DATABASE ledger_bench")
        contestants = [
            Contestant(OURS, CONNECTIONS),
            Contestant(OURS, CONNECTIONS, database=server.address("ledger_bench"), label=ON_POSTGRESQL),
        ]
        return {"senders": interleaved(contestants, size.databases, watch.say, watch.failures)}


def _delayed(size: Size, watch: Watch) -> dict[str, Any]:
    contestants = [
        Contestant(each, connections, round_trip_ms=ROUND_TRIP_MS) for each in SENDERS for connections in each.delayed
    ]
    capacity = run(LIMIT, _CAPACITY_MESSAGES, _CAPACITY_CONNECTIONS, round_trip_ms=ROUND_TRIP_MS)
    return {
        "round_trip_ms": ROUND_TRIP_MS,
        # What the wire itself carries, so that nobody is measured who is limited by it.
        "capacity": {"connections": _CAPACITY_CONNECTIONS, "rate": capacity.rate},
        "senders": interleaved(contestants, size.delayed, watch.say, watch.failures),
    }


def _growth(size: Size, watch: Watch) -> dict[str, Any]:
    return {"connections": CONNECTIONS, "sizes": list(growth(size.people, CONNECTIONS, size.budget, watch.say))}


def _kills(size: Size, watch: Watch) -> dict[str, Any]:
    chance = random.Random(1)  # noqa: S311 - the same moments every time
    found = []
    for number in range(1, size.kills + 1):
        found.append(killed_once(size.kill_people, _KILL_CONNECTIONS, chance))
        watch.say(f"kill {number} of {size.kills}: {found[-1]['balance']}")
    return {"people": size.kill_people, "connections": _KILL_CONNECTIONS, "each": found}


def _starts(size: Size, watch: Watch) -> dict[str, Any]:
    found = []
    for each in starts(size.starts):
        watch.say(f"{each['command']}: {each['seconds']:.2f} s")
        found.append(each)
    return {"commands": found}


def _desk(size: Size, watch: Watch) -> dict[str, Any]:
    from benchmarks.desk_pages import desk_pages  # loads the desk and what drives a browser

    pages, saved = desk_pages(size.starts)
    for each in pages:
        watch.say(f"{each['page']}: {each['bytes'] / 1000:.0f} kB, {each['seconds']:.2f} s")
    watch.say(f"a saved file is seen after {', '.join(f'{each:.2f} s' for each in saved)}")
    return {"pages": pages, "saved": saved}


def _public(size: Size, watch: Watch) -> dict[str, Any]:
    from benchmarks.public_pages import public_pages  # loads what rehearses, and what drives a browser

    pages = public_pages(size.starts)
    for each in pages:
        watch.say(f"{each['page']}: {each['bytes'] / 1000:.0f} kB, {each['seconds']:.2f} s")
    return {"pages": pages}


def _city(size: Size, watch: Watch) -> dict[str, Any]:
    from benchmarks.city_pages import SENT, city_pages  # loads the desk

    found = []
    for each in city_pages(size.city, size.starts):
        watch.say(f"{each['page']}: {each['first']:.2f} s, then {each['again']:.2f} s")
        found.append(each)
    return {"people": size.city, "sent": SENT, "pages": found}


def _feeds(size: Size, watch: Watch) -> dict[str, Any]:
    from benchmarks.feed_requests import feed_requests  # loads what serves pages

    asked = feed_requests(size.feeds.rounds, int(size.feeds.seconds))
    for each in asked:
        watch.say(f"{each['server']}: {each['rate']:,.0f} answers a second, {each['us_each']:.0f} µs each")
    return {"asked": asked}


def _profile(size: Size, watch: Watch) -> dict[str, Any]:
    rooms = profile(size.profiled, CONNECTIONS)
    watch.say(", ".join(f"{each['room']} {each['share']:.0%}" for each in rooms))
    return {"people": size.profiled, "connections": CONNECTIONS, "rooms": rooms}


PARTS: Mapping[str, Callable[[Size, Watch], dict[str, Any]]] = {
    "sending": _sending,
    "signing": _signing,
    "databases": _databases,
    "delayed": _delayed,
    "growth": _growth,
    "kills": _kills,
    "starts": _starts,
    "desk": _desk,
    "public": _public,
    "city": _city,
    "feeds": _feeds,
    "profile": _profile,
}
