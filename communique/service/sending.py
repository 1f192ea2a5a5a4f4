"""What a service does to send: its dispatcher, what was left behind, the feeds, and what is due."""

import logging
import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from communique.channel import ChannelError
from communique.letters.posting import Posting
from communique.letters.sign_in_links import SignInLinks
from communique.machine.limits import limit_reached
from communique.send import first_feeds, present_pages, products, recording
from communique.send.dispatch import Dispatcher
from communique.send.open_channels import OpenChannels
from communique.send.unsettled import Unsettled
from communique.service.canary import CanaryPost
from communique.service.service import Service
from communique.store.announcements import products as store_products
from communique.store.announcements import releases
from communique.store.database import Database, database_fault
from communique.store.session_lock import SignOfLife, without_sign_of_life
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass
class Sending(Service):
    """A service that sends."""

    _unsettled: Unsettled = field(default_factory=Unsettled)
    _sign: SignOfLife | None = None  #: of life, for others on the same database
    _silent: set[str] = field(default_factory=set)  #: others, when last looked
    _fed: OpenChannels | None = None  #: whose feeds have been written
    #: Whose pages have been written, in which hour, and the newest release and recording then.
    _shown: tuple[OpenChannels, datetime, datetime | None, datetime | None] | None = None

    def close(self) -> None:
        """Let go of everything; the sign of life first, because what it stood for is in order."""
        if self._sign is not None:
            self._sign.close()
        super().close()

    def _recover(self, dispatcher: Dispatcher, *, gone: Sequence[str] = (), but_for: Collection[str] = ()) -> None:
        """Put in order what those left behind that are no more."""
        silent: Sequence[str] = ()
        if dispatcher.database.is_shared:
            self._gives_sign(dispatcher.database)
            with dispatcher.database.reading() as connection:
                silent = without_sign_of_life(connection)
        for owner in set(silent) - self._silent:
            _log.warning("%s gives no sign of life: what it had taken up goes on here", owner, extra={"owner": owner})
        self._silent = set(silent)
        dispatcher.recover(gone, silent=silent, but_for=but_for, put_back=self._watch.was_put_back)
        self._watch.was_put_back = False

    def _gives_sign(self, database: Database) -> bool:
        """Asked before each batch, so that nobody takes anything up who is thought dead."""
        if not database.is_shared:
            return True
        if self._sign is None:
            self._sign = SignOfLife(database, self.owner)
        return self._sign.take()

    def _dispatcher(self, workspace: Workspace, opened: OpenChannels, database: Database) -> Dispatcher:
        reserve = self.installation.reserve(workspace, database)
        return Dispatcher(
            workspace=workspace,
            database=database,
            channels=opened.channels,
            mode=workspace.settings.mode,
            clock=self.clock,
            owner=self.owner,
            jitter=random.Random(),  # noqa: S311 - spreads retries, guards nothing
            stopping=self._must_stop,
            seen=self.installation.seen_epoch,
            answered=self.metrics.answered,
            may_begin=lambda: self._gives_sign(database) and not (reserve.objection() or database.absence()),
            unsettled=self._unsettled,
        )

    def _post_letters(self, workspace: Workspace, opened: OpenChannels, database: Database) -> None:
        """What people asked for on the pages; what goes wrong here is logged, and keeps no announcement."""
        channel = opened.channels.get(workspace.settings.subscribing.through)
        posting = Posting(workspace=workspace, database=database, channel=channel, key=self.installation.key)
        with keeping_on("letters"):
            posting.post(self.clock())

    def _post_sign_in_links(self, workspace: Workspace, opened: OpenChannels, database: Database) -> None:
        """To officers who asked for one; what goes wrong here is logged, and keeps no announcement."""
        channel = opened.channels.get(workspace.settings.desk.through)
        links = SignInLinks(workspace=workspace, database=database, channel=channel, key=self.installation.key)
        with keeping_on("links to sign in"):
            links.post(self.clock())

    def _post_canary(self, workspace: Workspace, opened: OpenChannels, database: Database) -> None:
        """If there is one, and it is time; no announcement waits for what goes wrong here."""
        if (canary := workspace.settings.canary) is not None:
            channel = opened.channels.get(canary.through)
            with keeping_on("the canary"):
                CanaryPost(workspace=workspace, database=database, channel=channel).send(canary, self.clock())

    def _write_feeds(self, workspace: Workspace, opened: OpenChannels, database: Database) -> None:
        """Once for open channels; what fails is tried at the next tick."""
        if self._fed is opened:
            return
        try:
            first_feeds.put_in_place(workspace, database, opened.channels, workspace.settings.mode, self.clock())
        except ChannelError as error:
            _log.error("the feeds are not in place yet: %s", error)
        else:
            self._fed = opened

    def _write_pages(self, workspace: Workspace, opened: OpenChannels, database: Database) -> None:
        """Once an hour, when an embargo ends, a recording is made, or a file has changed, which opens other channels.

        What fails is tried again.
        """
        now, mode = self.clock(), workspace.settings.mode
        offers = products.offering(workspace, opened.channels)
        with database.reading() as connection:
            newest = releases.newest_free(connection, mode, now, press=workspace.newsrooms)
            made = store_products.last_made_at(connection, mode, offers)
        shown = (opened, now.replace(minute=0, second=0, microsecond=0), newest, made)
        if self._shown == shown:
            return
        with keeping_on("the public record"):
            recording.bring_up_to_date(workspace, database, workspace.settings.mode, now)
        try:
            present_pages.put_in_place(workspace, database, opened.channels, mode, now)
        except (ChannelError, TemplateProblemError) as error:
            _log.error("the website is not as it should be yet: %s", error)
        else:
            self._shown = shown


@contextmanager
def keeping_on(what: str) -> Iterator[None]:
    """Whatever goes wrong is logged."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the announcements go on, and the next tick tries again
        why = database_fault(error) or limit_reached(error)
        _log.error("%s could not be dealt with: %s", what, why or "a mistake in the program", exc_info=not why)
