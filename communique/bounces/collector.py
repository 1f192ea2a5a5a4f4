"""Reads returned mail now and then, in a thread of its own: neither sending nor a tick waits for a mailbox."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from communique.bounces.consequences import Effect, follow
from communique.bounces.sources import Found, Maildir, Source
from communique.channel import Secret
from communique.log_lines import masked
from communique.settings.mailboxes import ANSWERS, BounceListener, Bounces
from communique.store.database import Database, database_fault

if TYPE_CHECKING:
    from communique.bounces.listener import Listener

HANDED_OVER = "returned"  #: the maildir of what the listener takes
AT_ONCE = 500  #: messages of a source that one look puts on record; the rest is for the next

_log = logging.getLogger(__name__)


@dataclass
class Collector:
    """Reads the sources of the settings.

    `begin` starts a look where it is time and none is under way; `wait` waits for its end. What went wrong with a
    source stands in `faults` until it goes well.
    """

    folder: Path  #: what the listener takes lies in a maildir below it
    find_secret: Callable[[str], Secret | None]
    clock: Callable[[], datetime]
    faults: Sequence[str] = ()
    _thread: threading.Thread | None = None
    _looked_at: datetime | None = None
    _closing: bool = False
    _listener: "Listener | None" = None
    _listens: BounceListener | None = None  #: as it was started

    def begin(self, settings: Bounces, database: Database, key: Secret) -> None:
        """Look, unless somebody is looking or has looked just now."""
        fault = self._listen(settings.listen)
        now = self.clock()
        early = self._looked_at is not None and abs(now - self._looked_at) < settings.every
        is_read = settings.are_read or settings.answers is not None
        if not is_read:
            self.faults = ()
        if not is_read or early or (self._thread is not None and self._thread.is_alive()):
            return
        self._looked_at = now
        sources = self._sources(settings)

        def look() -> None:
            found = [self._look(source, settings, database, key, is_to_answers=to) for source, to in sources]
            self.faults = [each for each in (fault, *found) if each]

        self._thread = threading.Thread(target=look, name="bounces-read", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the look that is under way is over; a mailbox that does not answer is given up after half a minute."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Stop listening, and wait until the message that is being read is on record."""
        self._closing = True
        self._listen(None)
        self.wait()

    def _listen(self, wanted: BounceListener | None) -> str:
        """Why it does not listen where the settings want it to; empty when it does."""
        if wanted == self._listens and (wanted is None or self._listener is not None):
            return ""
        if self._listener is not None:
            self._listener.stop()
        self._listener, self._listens = None, wanted
        if wanted is None:
            return ""
        from communique.bounces.listener import Listener  # with its server, by those who listen

        listener = Listener(self._handed_over, wanted.port, wanted.protocol)
        try:
            listener.start()
        except OSError as error:
            return str(error)
        self._listener = listener
        return ""

    @property
    def _handed_over(self) -> Path:
        return self.folder / HANDED_OVER

    def _sources(self, settings: Bounces) -> list[tuple[Source, bool]]:
        """Each with whether what comes there is an answer to a meeting."""
        found: list[tuple[Source, bool]] = []
        if settings.listen and (self._handed_over / "new").is_dir():
            found.append((Maildir(self._handed_over), False))
        found += [(Maildir(self.folder.parent / each), to) for each, to in settings.maildirs.items()]
        if settings.imaps:
            from communique.bounces.imap import Imap

            found += [
                (Imap(each, self.find_secret(each.password)), place == ANSWERS)
                for place, each in settings.imaps.items()
            ]
        return found

    def _look(self, source: Source, settings: Bounces, database: Database, key: Secret, *, is_to_answers: bool) -> str:
        """Read a source; why that failed, or nothing."""
        effects: Counter[Effect] = Counter()
        not_put_aside = ""
        try:
            for found in source.unread():
                # What breaks the reader stays where it is, and counts for nothing: else it would hide the rest.
                if self._closing or effects.total() >= AT_ONCE:
                    break
                effect = self._take(found, settings, database, key, is_to_answers=is_to_answers)
                if effect is None:
                    continue
                effects[effect] += 1
                try:
                    source.done(found)
                except OSError as error:  # it is on record, and known when it is read again: the others need not wait
                    not_put_aside = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look tries again, and mails go on
            why = database_fault(error) or (str(error) if isinstance(error, OSError) else "")
            _log.error(
                "returned mail could not be read: %s", masked(why or "a mistake in the program"), exc_info=not why
            )
            return masked(why or "a mistake in the program")
        finally:
            source.close()
            if effects:
                told = ", ".join(f"{count} {effect}" for effect, count in sorted(effects.items()))
                _log.info("returned mail was read: %s", told)
        if not_put_aside:
            _log.error("returned mail could not be put aside: %s", masked(not_put_aside))
        return masked(not_put_aside)

    def _take(
        self, found: Found, settings: Bounces, database: Database, key: Secret, *, is_to_answers: bool
    ) -> Effect | None:
        """What a message has changed; None when it is to be read again."""
        from communique.bounces.reading import read_report  # when there is something to read

        try:
            report = read_report(found.data)
        except Exception:  # noqa: BLE001 - one message that breaks the reader must not keep the others unread
            _log.exception("a message in the mailbox for returned mail breaks the reader; it is left where it is")
            return None
        with database.begin() as connection:
            return follow(
                connection,
                report,
                key,
                settings,
                place=found.place,
                now=self.clock(),
                is_to_answers=is_to_answers,
            ).effect
