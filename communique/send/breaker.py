"""A channel whose server is away rests: one message tries now and then, the others wait and lose no attempt.

It is kept in the ledger, so that neither a restart nor a second machine begins to knock anew.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from communique.channel import ChannelError, TemporaryError
from communique.send.outcomes import LONGEST_WAIT
from communique.store.database import Database
from communique.store.deliveries import rests

_ENOUGH = 3  #: failures in a row until it rests
_FIRST_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(minutes=30)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Breaker:
    """Hears how each run through a channel ended."""

    database: Database
    clock: Callable[[], datetime]
    jitter: random.Random

    def answered(self, channel: str) -> None:
        """The channel can be used, whatever it said of the message."""
        with self.database.reading() as connection:
            if not rests.is_doubtful(connection, channel):
                return
        with self.database.begin() as connection:
            ended = rests.worked(connection, channel)
        if ended is not None:
            since = ended.since.isoformat(timespec="seconds")
            _log.warning("%s works again: it could not be used since %s", channel, since, extra={"channel": channel})

    def unavailable(self, channel: str, error: ChannelError, *, worked_before: bool) -> None:
        """The channel could not be used, for any message."""
        asked = (
            min(error.retry_after or timedelta(), LONGEST_WAIT) if isinstance(error, TemporaryError) else timedelta()
        )
        why = str(error)

        def pause(failures: int) -> timedelta | None:
            return max(asked, self._pause(failures) or timedelta()) or None

        with self.database.begin() as connection:
            begun = rests.failed(connection, channel, why, pause=pause, worked_before=worked_before, now=self.clock())
        if begun is not None:
            until = begun.until.isoformat(timespec="seconds")
            _log.error(
                "%s rests until %s, then one message tries: %s; `communique doctor` examines it",
                *(channel, until, why.rstrip(".")),
                extra={"channel": channel, "until": until},
            )

    def _pause(self, failures: int) -> timedelta | None:
        """Doubling, with jitter so that many machines do not knock together."""
        if failures < _ENOUGH:
            return None
        rest = min(_FIRST_REST * (1 << min(failures - _ENOUGH, 10)), _LONGEST_REST)
        return rest * (0.5 + self.jitter.random() / 2)
