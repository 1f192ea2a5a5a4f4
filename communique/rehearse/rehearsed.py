"""What became of each announcement in a rehearsal, read from the rehearsal's own ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from communique.campaign import Announcement, Campaign
from communique.delivery import Mode, State
from communique.publication import Publication
from communique.rehearse.rehearsal import Rehearsal
from communique.store.announcements import publications
from communique.store.database import attempts, people
from communique.store.deliveries import accounts
from communique.store.deliveries.accounts import Balance, Copy
from communique.timeline import ONCE

#: Campaign, announcement, occurrence.
Identity = tuple[str, str, str]
_OUT = frozenset({State.SENT, State.IN_DOUBT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The copies of an announcement through one channel in one language."""

    channel: str
    language: str
    planned: int
    by_state: Mapping[State, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsed:
    """One occurrence of an announcement and everything that came of it."""

    balance: Balance
    campaign: Campaign
    copies: Sequence[Copy]  #: in the order they were planned
    posts: Mapping[int, Mapping[str, Any]]  #: by delivery: a public post as the ledger keeps it
    infographics: Mapping[int, Mapping[str, Any]]  #: by delivery: the same of what is drawn
    videos: Mapping[int, Mapping[str, Any]]  #: by delivery: the same of what is watched
    scripts: Mapping[int, Mapping[str, Any]]  #: by delivery: the same of what is read aloud
    on_website: Sequence[Publication]
    in_feed: Sequence[Publication]

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return self.balance.campaign, self.balance.announcement, self.balance.occurrence

    @property
    def announcement(self) -> Announcement:
        """As the officer wrote it."""
        return self.campaign.announcements[self.balance.announcement]

    @property
    def repeat(self) -> str:
        """Which time of a recurring announcement it is; empty for all others."""
        return "" if self.balance.occurrence == ONCE else self.balance.occurrence

    @property
    def page(self) -> str:
        """Its page below the rehearsal's folder."""
        number = f"-{self.repeat}" if self.repeat else ""
        return f"announcements/{self.balance.campaign}.{self.balance.announcement}{number}.html"

    @property
    def channels(self) -> list[str]:
        """Those that carry copies, in the officer's order."""
        carried = {copy.delivery.channel for copy in self.copies}
        return [name for name in self.announcement.through if name in carried]

    @property
    def languages(self) -> list[str]:
        """Those that copies are in, in the officer's order."""
        spoken = {copy.delivery.language for copy in self.copies}
        return [each for each in self.campaign.languages_of(self.balance.announcement) if each in spoken]

    @property
    def tallies(self) -> list[Tally]:
        """One for each channel and language, in the officer's order."""
        return [
            _tally(channel, language, found)
            for channel in self.channels
            for language in self.languages
            if (found := [copy for copy in self.copies if _way(copy) == (channel, language)])
        ]

    def first_sent(self) -> list[Copy]:
        """One copy that went out for each channel and language, in the officer's order.

        A post that waits for a person's word counts: its text is written.
        """
        sent: dict[tuple[str, str], Copy] = {}
        for copy in self.copies:
            if copy.delivery.state in _OUT:
                sent.setdefault(_way(copy), copy)
        ways = [(each.channel, each.language) for each in self.tallies]
        return [sent[way] for way in ways if way in sent]


def everything_rehearsed(rehearsal: Rehearsal) -> list[Rehearsed]:
    """Every occurrence that fell due, in the order of their times."""
    with rehearsal.database.reading() as connection:
        copies = _grouped(reversed(accounts.copies(connection, Mode.LIVE)))
        said = _said(connection)
        pages = _grouped_publications(publications.on_website(connection, Mode.LIVE))
        entries = _grouped_publications(publications.in_feed(connection, Mode.LIVE))
    found = []
    for balance in rehearsal.balances():
        identity = (balance.campaign, balance.announcement, balance.occurrence)
        campaign = rehearsal.workspace.campaigns[balance.campaign]
        spoken = campaign.languages_of(balance.announcement)
        found.append(
            Rehearsed(
                balance=balance,
                campaign=campaign,
                copies=copies.get(identity, []),
                posts={number: each for number, each in said.items() if "link" in each},
                scripts={number: each for number, each in said.items() if "spots" in each},
                infographics={number: each for number, each in said.items() if "image" in each and "link" not in each},
                videos={number: each for number, each in said.items() if "video" in each},
                on_website=_in_order(pages.get(identity, []), spoken),
                in_feed=_in_order(entries.get(identity, []), spoken),
            )
        )
    return found


def number_of_people(connection: Connection) -> int:
    """How many invented people took part."""
    return connection.execute(select(func.count()).select_from(people)).scalar_one()


def _way(copy: Copy) -> tuple[str, str]:
    return copy.delivery.channel, copy.delivery.language


def _tally(channel: str, language: str, copies: Sequence[Copy]) -> Tally:
    counted = Counter(copy.delivery.state for copy in copies)
    return Tally(channel=channel, language=language, planned=len(copies), by_state=counted)


def _grouped(copies: Iterable[Copy]) -> dict[Identity, list[Copy]]:
    found: dict[Identity, list[Copy]] = {}
    for copy in copies:
        delivery = copy.delivery
        found.setdefault((delivery.campaign, delivery.announcement, delivery.occurrence), []).append(copy)
    return found


def _grouped_publications(published: Iterable[Publication]) -> dict[Identity, list[Publication]]:
    found: dict[Identity, list[Publication]] = {}
    for each in published:
        found.setdefault((each.campaign, each.announcement, each.occurrence), []).append(each)
    return found


def _in_order(published: Iterable[Publication], languages: Sequence[str]) -> list[Publication]:
    return sorted(published, key=lambda each: languages.index(each.language))


def _said(connection: Connection) -> dict[int, Mapping[str, Any]]:
    """By delivery: what its last attempt said in public."""
    rows = connection.execute(select(attempts.c.delivery_id, attempts.c.content).order_by(attempts.c.id))
    return {row.delivery_id: row.content for row in rows if row.content}
