"""Work that follows when whoever asked has been answered: one piece after another, in a thread that ends with it."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)


@dataclass
class Following:
    """Of one office. `is_ended`: whoever works should stop."""

    _waiting: dict[str, Callable[[], None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    is_ended: bool = False

    def begin(self, key: str, work: Callable[[], None]) -> None:
        """Do it later; in place of what waits under the same key."""
        with self._lock:
            if self.is_ended:
                return
            self._waiting[key] = work
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="following work")
                self._thread.start()

    def end(self) -> None:
        """Leave what waits, and wait for what is being done."""
        with self._lock:
            self.is_ended = True
            self._waiting.clear()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=30)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                work = self._waiting.pop(next(iter(self._waiting)))
            try:
                work()
            except Exception:  # noqa: BLE001 - whatever it was, pages only wait for it
                _log.exception("What should have followed did not; pages show it when they are loaded again")
