"""The officers' desk beside a service: opened as soon as it can be, and what sends goes on without it."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field

from communique.log_lines import masked
from communique.problems import ProblemsError
from communique.store.database import database_fault
from communique.store.engine import DatabaseError

_log = logging.getLogger(__name__)


@dataclass
class ServedDesk:
    """`begin` serves it, and gives its port."""

    begin: Callable[[], AbstractContextManager[int]]
    _served: ExitStack = field(default_factory=ExitStack)
    _is_served: bool = False
    _why_not: str = ""  #: as it was told

    def open(self) -> None:
        """Unless it is: its port may have become free, or its files been mended. Told when it changes."""
        if self._is_served:
            return
        try:
            port = self._served.enter_context(self.begin())
        except Exception as error:
            if not (why := _in_words(error)):
                raise
            if why != self._why_not:
                _log.warning("the desk is not served, and is tried again until it can be: %s", why)
                self._why_not = why
        else:
            self._is_served = True
            _log.info("the desk is at port %s", port)

    def close(self) -> None:
        """Whoever looks at it is sent away."""
        self._served.close()


def _in_words(error: Exception) -> str:
    """Why it cannot be served now; empty for a mistake in the program."""
    if isinstance(error, ProblemsError):
        return "the settings cannot be used: `communique check` says why"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) if isinstance(error, OSError | DatabaseError) else masked(database_fault(error))
