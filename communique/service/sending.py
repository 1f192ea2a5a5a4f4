"""What a service does to send: its dispatcher, what was left behind, the feeds, and what is due."""

import logging
import random
from dataclasses import dataclass, field

from communique.channel import ChannelError
from communique.send import first_feeds
from communique.send.dispatch import Dispatcher
from communique.send.open_channels import OpenChannels
from communique.send.unsettled import Unsettled
from communique.service.service import Service
from communique.store.database import Database
from communique.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass
class Sending(Service):
    """A service that sends."""

    _unsettled: Unsettled = field(default_factory=Unsettled)
    _fed: OpenChannels | None = None  #: whose feeds have been written

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
            may_begin=lambda: not reserve.objection(),
            unsettled=self._unsettled,
        )

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
