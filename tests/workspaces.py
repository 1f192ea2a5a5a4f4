"""A tiny town with one campaign: a workspace small enough to be varied by a test."""

import atexit
import os
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path

from channels import KINDS
from communique.channel import Channel
from communique.delivery import Mode
from communique.installation import Installation
from communique.occasion import Occasion
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.postal_address import PostalAddress
from communique.read.sources import FOLDERS
from communique.read.zone_rules import zone_stamp
from communique.send.dispatch import Dispatcher
from communique.send.open_channels import OpenChannels
from communique.send.seen_clock import MachineClock
from communique.store.database import Database, open_database, sqlite_url
from communique.store.deliveries import accounts
from communique.store.deliveries.accounts import Balance, Copy
from communique.store.desk import approvals
from communique.store.recipients import erasure, people, suppression_list
from communique.workspace import Workspace
from tests.recording_channel import RecordingChannel

LAYOUTS, CARDS = Path(__file__).parents[1] / "templates" / "layouts", "cards"
#: The milestone `start` of the tiny campaign: Tuesday, 10:00 in Madrid.
START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
LANGUAGES = ("en", "es", "fr")

SETTINGS = """\
government:
  name: City of Littleton
  place: Littleton
  address: Main Square 1
  website: https://www.littleton.example.org
  contact: {name: Ana Gil, role: Point of contact, email: open@littleton.example.org}
languages: [en, es, fr]
timezone: Europe/Madrid
holidays: {country: ES}
late_window: 24 hours
mode: live
public_address: https://open.littleton.example.org
approvals: {required: 0}
audiences:
  friends: {title: Friends, role: invited}
channels:
  email:
    kind: email
    host: localhost
    port: 25
    tls: none
    sender: Open government <open@littleton.example.org>
  website: {kind: website, directory: var/public}
  feed: {kind: feed, directory: var/public}
  x:
    kind: x
    consumer_key: X_CONSUMER_KEY
    consumer_secret: X_CONSUMER_SECRET
    access_token: X_ACCESS_TOKEN
    access_token_secret: X_ACCESS_TOKEN_SECRET
    languages: [en]
  handoff: {kind: handoff, directory: var/handoff, limit: 3000, languages: [en]}
"""

GLOSSARY = """\
partnership:
  name: Open Government Partnership
  short: OGP
  local: OGP Local
  website: https://www.opengovpartnership.org
"""

CAMPAIGN = """\
campaign: news
title: News
languages: [en]
milestones:
  start: 2026-12-01 10:00
  later: unknown
facts:
  colour: blue
announcements:
  hello:
    when: start
    to: [friends]
    through: [email]
"""

FOLLOWING = """\
  goodbye:
    when: start + 1 hours
    after: hello
    to: [friends]
    through: [email]
"""

_ARTICLES = {
    "en": "---\nheadline: Hello\nsummary: It is {{ facts.colour }}.\n---\nDear {{ recipient.name }}, hello.\n",
    "es": "---\nheadline: Hola\nsummary: Es {{ facts.colour }}.\n---\nHola, {{ recipient.name }}.\n",
    "fr": "---\nheadline: Bonjour\nsummary: Il est {{ facts.colour }}.\n---\nBonjour, {{ recipient.name }}.\n",
}
#: The same, said to nobody in particular.
PUBLIC = "---\nheadline: Hello\nsummary: It is {{ facts.colour }}.\n---\nHello, everybody.\n"
_POST = "Hello, it is {{ facts.colour }}. {{ link }}\n"


@dataclass
class Clock:
    """A clock that a test turns."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def turn(self, **by: float) -> None:
        """So much later: `turn(hours=1)`."""
        self.now += timedelta(**by)


@dataclass
class Town:
    """A workspace in a folder of its own, with its ledger; `email` stands in for the mail channel."""

    root: Path
    clock: Clock = field(default_factory=Clock)
    email: RecordingChannel = field(default_factory=RecordingChannel)
    variables: dict[str, str] = field(default_factory=lambda: {"COMMUNIQUE_KEY": "key"})
    owner: str = "here/1"
    gone: list[str] = field(default_factory=list)  #: owners that are known to be dead
    machine_clock: MachineClock | None = None

    def write(self, path: str, text: str) -> None:
        """Make or replace a file of the workspace."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_nlink > 1:  # another town's as well
            file.unlink()
        file.write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace words in a file that has them."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def settings(self, old: str, new: str) -> None:
        """Edit the settings."""
        self.edit("config/settings.yaml", old, new)

    def campaign(self, old: str, new: str) -> None:
        """Edit the campaign file."""
        self.edit("campaigns/news.yaml", old, new)

    def add(self, announcement: str = FOLLOWING) -> None:
        """Add an announcement, with texts."""
        self.write(
            "campaigns/news.yaml", (self.root / "campaigns/news.yaml").read_text(encoding="utf-8") + announcement
        )
        self.say(announcement.strip().partition(":")[0])

    def say(self, announcement: str, texts: Mapping[str, str] = _ARTICLES) -> None:
        """Write the texts of an announcement."""
        for language, text in texts.items():
            folder = f"templates/news/{announcement}/{language}"
            self.write(f"{folder}/article.md", text)
            self.write(f"{folder}/social.txt", _POST)

    def draw_cards(self) -> None:
        """From now on texts without a picture get one: most tests do not look at it."""
        shutil.copytree(LAYOUTS / CARDS, self.root / "templates" / "layouts" / CARDS)

    def say_to_nobody_in_particular(self) -> None:
        """Make the article one that can stand on a page."""
        self.write("templates/news/hello/en/article.md", PUBLIC)

    def invite(self, *names: str, language: str = "en", audience: str = "friends") -> None:
        """Put people into an audience: `ana` has the address ana@example.org."""
        rows = [
            people.Row(address=f"{name}@example.org", name=name.title(), language=language, organisation="")
            for name in names
        ]
        with self.database.begin() as connection:
            people.add(connection, rows, audience=audience, basis="test", source="test", now=self.clock.now)

    def invite_by_post(self, *names: str, language: str = "en", audience: str = "friends") -> None:
        """Put people into an audience who have a postal address and no other."""
        home = PostalAddress(street="1 Quay Street", city="Harbourton", postcode="41999", country="ES")
        rows = [
            people.Row(address="", name=name.title(), language=language, organisation="", postal=home) for name in names
        ]
        with self.database.begin() as connection:
            people.add(connection, rows, audience=audience, basis="test", source="test", now=self.clock.now)

    def suppress(self, name: str, reason: str = "asked to be left alone") -> None:
        """Somebody must not be written to from now on."""
        with self.database.begin() as connection:
            suppression_list.suppress(connection, f"{name}@example.org", reason=reason, now=self.clock.now)

    def erase(self, name: str) -> None:
        """Nothing is held about somebody any more."""
        with self.database.begin() as connection:
            erasure.erase(connection, f"{name}@example.org", f"digest of {name}", str, self.clock.now)

    @property
    def installation(self) -> Installation:
        """As the commands see it."""
        return Installation(root=self.root, variables=self.variables, kinds=KINDS, machine_clock=self.machine_clock)

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is on disk now; it is read anew when a file or a variable has changed."""
        now = (dict(self.variables), zone_stamp(), *self._stamps())
        known, workspace = self.__dict__.get("_read", ((), None))
        if workspace is None or known != now:
            workspace = self.installation.workspace()
            self.__dict__["_read"] = now, workspace
        return workspace

    def _stamps(self) -> Iterator[tuple[str, int, int, int]]:
        for kept in FOLDERS:
            for folder, _, names in os.walk(self.root / kept):
                for name in names:
                    status = Path(folder, name).stat()
                    yield f"{folder}/{name}", status.st_ino, status.st_mtime_ns, status.st_size

    @cached_property
    def database(self) -> Database:
        """The ledger: `DATABASE_URL` among the variables says where, as for the commands."""
        file = self.root / "var" / "communique.sqlite"
        if "DATABASE_URL" not in self.variables and not file.exists():
            file.parent.mkdir(exist_ok=True)
            shutil.copyfile(_for_all() / "empty.sqlite", file)
        return self.installation.database()

    @property
    def opened(self) -> OpenChannels:
        """The channels of the settings."""
        return self.installation.channels(self.workspace)

    def occasion(self, *, has_page: bool = False) -> Occasion:
        """Its one announcement, at its time."""
        campaign = self.workspace.campaigns["news"]
        return Occasion(
            campaign=campaign,
            announcement="hello",
            occurrence="once",
            due_at=START,
            milestones=campaign.milestones,
            has_page=has_page,
        )

    @property
    def planner(self) -> Planner:
        """Planning with the files as they are now."""
        return self.installation.planner(self.workspace, self.database, self.opened)

    def dispatcher(self, channels: Mapping[str, Channel] | None = None) -> Dispatcher:
        """Dispatch with the files as they are now; mail goes to `email`."""
        workspace = self.workspace
        return Dispatcher(
            workspace=workspace,
            database=self.database,
            channels={**self.opened.channels, "email": self.email} if channels is None else channels,
            mode=workspace.settings.mode,
            clock=self.clock,
            owner=self.owner,
            jitter=random.Random(0),
        )

    def freeze(self) -> list[Standing]:
        """Freeze what is due now."""
        return self.planner.freeze_due(self.clock.now)

    def run(self) -> None:
        """What the daemon does at each tick."""
        dispatcher = self.dispatcher()
        dispatcher.recover(self.gone)
        self.freeze()
        dispatcher.run()
        dispatcher.housekeeping()

    def standing(self, announcement: str = "hello") -> Standing:
        """Where an announcement stands now."""
        with self.database.reading() as connection:
            standings = self.planner.standings(connection, self.clock.now)
        return next(each for each in standings if each.occurrence.announcement == announcement)

    def approve(self, by: str, announcement: str = "hello") -> None:
        """Approve an announcement as it is now."""
        standing = self.standing(announcement)
        assert standing.occasion is not None
        assert standing.preflight is not None
        with self.database.begin() as connection:
            digest = standing.preflight.digest
            approvals.approve(connection, standing.occasion, digest, by=by, note="", now=self.clock.now)

    def balances(self) -> dict[str, Balance]:
        """The account of every announcement; each must hold."""
        with self.database.reading() as connection:
            found = accounts.balances(connection, self.workspace.settings.mode)
        assert all(each.holds for each in found)
        return {each.announcement: each for each in found}

    def copies(self, mode: Mode = Mode.LIVE) -> list[Copy]:
        """Every delivery, the oldest first."""
        with self.database.reading() as connection:
            return accounts.copies(connection, mode)[::-1]

    def account(self, announcement: str = "hello") -> str:
        """The account of one announcement in words: `2 planned = 2 sent`."""
        return str(self.balances()[announcement])


@cache
def _for_all() -> Path:
    """What is made once a process: an empty ledger, whose copy is there ten times as fast, and layouts to link."""
    folder = Path(tempfile.mkdtemp(prefix="communique-towns-"))
    atexit.register(_remove, folder, os.getpid())
    empty = open_database(sqlite_url(folder / "empty.sqlite"))
    with empty.begin() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_file")  # its copies are no copies of a ledger that was used
    empty.close()
    shutil.copytree(LAYOUTS, folder / "layouts", ignore=shutil.ignore_patterns(CARDS))
    return folder


def _remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:  # not in a fork, while the others go on
        shutil.rmtree(folder, ignore_errors=True)


def assert_nobody_wrote_through_a_link() -> None:
    """The layouts that all towns have together are as they were."""
    for file in (_for_all() / "layouts").rglob("*.*"):
        assert file.read_bytes() == (LAYOUTS / file.relative_to(_for_all() / "layouts")).read_bytes(), file


def build(root: Path) -> Town:
    """A town with one announcement by mail, nobody in the audience, live mode and no approvals."""
    town = Town(root=root)
    town.write("config/settings.yaml", SETTINGS)
    town.write("config/glossary.yaml", GLOSSARY)
    town.write("config/process.yaml", "stages:\n  - {name: The start, from: news/start}\n")
    town.write("campaigns/news.yaml", CAMPAIGN)
    shutil.copytree(_for_all() / "layouts", root / "templates" / "layouts", copy_function=os.link)
    town.say("hello")
    return town
