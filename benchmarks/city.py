"""A large city: the shipped campaigns, and news that went to all who subscribe, within a year; the last is being sent.

What has gone is written straight into the ledger, because sending it is not what is measured.

`python -m benchmarks.city FOLDER PEOPLE SENT PORT [DATABASE_URL]` makes one whose mail goes to a port of this machine.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, String, case, cast, insert, literal, null, select, text

from benchmarks.senders.workload import readers
from channels import KINDS
from communique.delivery import Mode, State
from communique.installation import Installation
from communique.new_workspace.creation import make_workspace
from communique.store.announcements import copies
from communique.store.database import (
    Database,
    attempts,
    deliveries,
    memberships,
    occurrences,
    people,
    publications,
    returns,
)
from communique.store.desk import approvals, officers
from communique.store.desk.officers import Duty
from communique.store.recipients.domains import domain_of
from communique.store.tables.subscriber import consents, subscriptions, wordings

_AT_ONCE = 10_000  #: rows written in one statement
_AUDIENCE = "subscribers"
_LANGUAGES = ("es", "en")
OFFICER = "Inés Vidal"


@dataclass
class City:
    """The workspace in a folder, with its ledger: a file, or the database that `database` names."""

    root: Path
    people: int
    sent: int  #: announcements that have gone to all of them
    database_url: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """Of the environment in which its commands run."""
        ledger = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return {"COMMUNIQUE_KEY": "bench", **ledger}

    @cached_property
    def installation(self) -> Installation:
        """As the commands see it."""
        return Installation(root=self.root, variables=self.variables, kinds=KINDS)

    def make(self, now: datetime, smtp_port: int) -> None:
        """Files, people, what has gone, and one announcement to all of them that has been approved and frozen now."""
        make_workspace(self.root, now)
        self._write(now, smtp_port)
        database = self.installation.database()
        try:
            with database.begin() as connection:
                officers.invite(connection, OFFICER, [*Duty], language="en", now=now)
                self._invite(connection, now)
            for number in range(1, self.sent + 1):
                with database.begin() as connection:
                    self._gone(connection, number, self._due(number, now))
            self._freeze(database, now)
        finally:
            database.close()

    def _due(self, number: int, now: datetime) -> datetime:
        """Of the first to the last that has gone, over a year, each at the full hour."""
        days = 360 * (self.sent + 1 - number) // (self.sent + 1)
        return (now - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)

    def _write(self, now: datetime, smtp_port: int) -> None:
        settings = self.root / "config" / "settings.yaml"
        words = settings.read_text(encoding="utf-8").replace("mode: trial ", "mode: live ")
        words = words.replace("host: localhost\n    port: 25\n", f"host: 127.0.0.1\n    port: {smtp_port}\n")
        settings.write_text(words, encoding="utf-8")
        lines = ["campaign: town-news", "title: News", "languages: [es, en]", "announcements:"]
        for number in range(1, self.sent + 2):
            due = self._due(number, now) if number <= self.sent else now
            lines += [
                f"  news-{number}:",
                f"    when: {due:%Y-%m-%d %H:%M}",
                "    through: [website, feed, newsletter]",
            ]
            for language in _LANGUAGES:
                folder = self.root / "templates" / "town-news" / f"news-{number}" / language
                folder.mkdir(parents=True)
                (folder / "article.md").write_text(_ARTICLES[language].format(number=number), encoding="utf-8")
        (self.root / "campaigns" / "town-news.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _invite(self, connection: Connection, now: datetime) -> None:
        since = now - timedelta(days=400)
        rows = enumerate(readers(self.people), start=1)
        while some := list(islice(rows, _AT_ONCE)):
            connection.execute(
                insert(people),
                [
                    {
                        "id": number,
                        "address": reader.address,
                        "address_key": reader.address,
                        "domain": domain_of(reader.address),
                        "name": reader.name,
                        "language": _LANGUAGES[number % 2],
                        "organisation": "",
                        "created_at": since,
                    }
                    for number, reader in some
                ],
            )
        connection.execute(insert(wordings), {"sha256": "w", "text": "Yes."})
        often = case(((people.c.id % 10).in_([0]), "weekly"), ((people.c.id % 10).in_([1, 2]), "daily"), else_="each")
        self._each(
            connection,
            memberships,
            audience=literal(_AUDIENCE),
            person_id=people.c.id,
            basis=literal("consent"),
            source=literal("bench"),
            added_at=literal(since, people.c.created_at.type),
        )
        self._each(
            connection,
            subscriptions,
            person_id=people.c.id,
            frequency=often,
            all_topics=people.c.id % 5 != 0,
            changed_at=literal(since, people.c.created_at.type),
        )
        topics = (
            "INSERT INTO subscription_topics (person_id, campaign) SELECT id, 'town-news' FROM people WHERE id % 5 = 0"
        )
        connection.execute(text(topics))
        self._each(
            connection,
            consents,
            person_id=people.c.id,
            how=literal("form"),
            language=people.c.language,
            wording=literal("w"),
            frequency=often,
            topics=literal([], consents.c.topics.type),
            asked_at=literal(since, people.c.created_at.type),
            confirmed_at=literal(since, people.c.created_at.type),
        )

    def _each(self, connection: Connection, table: Any, **values: Any) -> None:
        connection.execute(insert(table).from_select(list(values), select(*values.values()), include_defaults=False))

    def _gone(self, connection: Connection, number: int, due: datetime) -> None:
        """Of a hundred copies two have failed, and of those sent one has come back."""
        at = literal(due, people.c.created_at.type)
        row = {
            "mode": Mode.LIVE,
            "campaign": "town-news",
            "announcement": f"news-{number}",
            "occurrence": "once",
            "due_at": due,
            "expires_at": due + timedelta(days=1),
            "frozen_at": due,
            "late": False,
            "planned": self.people + 4,
            "hash": f"{number}",
            "milestones": {},
        }
        own = connection.execute(insert(occurrences).values(**row).returning(occurrences.c.id)).scalar_one()
        failed = (people.c.id % 100).in_([0, 1])
        name = f"r{number}x"
        self._each(
            connection,
            deliveries,
            occurrence_id=literal(own),
            channel=literal("newsletter"),
            person_id=people.c.id,
            language=people.c.language,
            role=literal("subscribers"),
            domain=people.c.domain,
            state=case((failed, literal(str(State.FAILED))), else_=literal(str(State.SENT))),
            reason=case((failed, literal("550 5.1.1 no such user")), else_=literal("")),
            reference=literal(name).concat(cast(people.c.id, String)),
            attempts=literal(1),
            resends=literal(0),
            next_attempt_at=at,
            finished_at=at,
        )
        for channel in ("website", "feed"):
            for language in _LANGUAGES:
                public = {
                    "occurrence_id": own,
                    "channel": channel,
                    "person_id": 0,
                    "language": language,
                    "state": State.SENT,
                    "reference": f"{name}{channel}{language}",
                    "attempts": 1,
                    "next_attempt_at": due,
                    "finished_at": due,
                }
                connection.execute(insert(deliveries).values(**public))
        mine = deliveries.c.occurrence_id == own
        values = {
            "delivery_id": deliveries.c.id,
            "number": literal(1),
            "started_at": at,
            "irrevocable_at": at,
            "finished_at": at,
            "outcome": deliveries.c.state,
            "reference": literal(""),
            "url": literal(""),
            "detail": case(
                (deliveries.c.state == State.FAILED, deliveries.c.reason),
                else_=literal("250 2.0.0 Ok: queued as ").concat(deliveries.c.reference),
            ),
            "content_hash": literal("0" * 64),
            "content": null(),
        }
        chosen = select(*values.values()).where(mine)
        connection.execute(insert(attempts).from_select(list(values), chosen, include_defaults=False))
        back = {
            "digest": deliveries.c.reference,
            "delivery_id": deliveries.c.id,
            "kind": literal("report"),
            "verdict": literal("permanent"),
            "status": literal("5.1.1"),
            "words": literal("550 5.1.1 no such user"),
            "subject": literal("Undelivered"),
            "place": literal(""),
            "at": at,
            "domain": deliveries.c.domain,
            "system": literal("mx.example.org"),
            "doubted": literal(""),
        }
        came = select(*back.values()).where(
            mine, deliveries.c.state == State.SENT, (deliveries.c.person_id % 100).in_([50])
        )
        connection.execute(insert(returns).from_select(list(back), came, include_defaults=False))
        for language in _LANGUAGES:
            page = {
                "campaign": "town-news",
                "announcement": f"news-{number}",
                "occurrence": "once",
                "language": language,
                "mode": Mode.LIVE,
                "audience": "public",
                "headline": f"News {number}",
                "summary": "What we did.",
                "html": "<p>What we did.</p>",
                "text": "What we did.",
                "path": f"{language}/town-news/news-{number}/",
                "on_website": True,
                "in_feed": True,
                "published_at": due,
                "updated_at": due,
                "picture": {},
            }
            connection.execute(insert(publications).values(**page))

    def _freeze(self, database: Database, now: datetime) -> None:
        """The last one of the news: approved, and written down for each."""
        installation = self.installation
        workspace = installation.workspace()
        opened = installation.channels(workspace)
        planner = installation.planner(workspace, database, opened)
        with database.begin() as connection:
            for standing in planner.standings(connection, now, of="town-news"):
                if standing.occasion is not None and standing.preflight is not None:
                    digest = standing.preflight.digest
                    approvals.approve(connection, standing.occasion, digest, by=OFFICER, note="", now=now)
            copies.keep(connection, copies.approved("town-news"), workspace.sources, "town-news", now)
        frozen = planner.freeze_due(now)
        opened.close()
        if len(frozen) != 1:
            raise SystemExit(f"expected one announcement to be frozen, found {frozen}")


_ARTICLES = {
    "es": "---\nheadline: Novedades {number}\nsummary: Lo que hicimos.\n---\nLe contamos lo que hicimos este mes.\n",
    "en": "---\nheadline: News {number}\nsummary: What we did.\n---\nHere is what we did this month in the town.\n",
}

if __name__ == "__main__":
    folder, number, sent, port, *url = sys.argv[1:]
    City(Path(folder), int(number), int(sent), *url).make(datetime.now(UTC).replace(microsecond=0), int(port))
