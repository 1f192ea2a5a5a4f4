"""Who has a page open hears that a file has changed: watched by the system, told over streams that cost no thread.

A stream is server-sent events (HTML, 9.2). It ends after some minutes, with its session, and when its browser opens
more than a few: browsers open another by themselves, and are told at once what they have missed.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path

from watchfiles import watch

from communique.read.sources import FOLDERS

MOST = 200  #: streams
MOST_OF_ONE = 5  #: of a session: browsers open six connections to a host, and one is for the pages
_BEAT = 25.0  #: seconds, after which a silent connection is tried
_BEATS = 24  #: ten minutes
_GROUPED_MS, _STEP_MS = 200, 50  #: changes that come together are told together
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Listener:
    session: str
    loop: asyncio.AbstractEventLoop
    heard: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)  #: None: it ends

    def tell(self, event: bytes | None) -> None:
        """From any thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.heard.put_nowait, event)


@dataclass
class FileWatch:
    """Of one workspace. `number` grows with each change, from 0 at every start."""

    root: Path
    number: int = 0
    _listeners: list[_Listener] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_full(self) -> bool:
        """Whether nobody more can listen at the moment."""
        return len(self._listeners) >= MOST

    async def stream(self, session: str, is_signed_in: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        """The events of one page, the first at once: how many changes there have been."""
        listener = _Listener(session, asyncio.get_running_loop())
        self._begin(listener)
        try:
            yield self._event([])
            for _ in range(_BEATS):
                try:
                    event = await asyncio.wait_for(listener.heard.get(), _BEAT)
                except TimeoutError:
                    event = b": still here\n\n"
                if event is None or not await is_signed_in():
                    return
                yield event
        finally:
            with self._lock:
                self._listeners.remove(listener)

    def _begin(self, listener: _Listener) -> None:
        with self._lock:
            same = [each for each in self._listeners if each.session == listener.session]
            self._listeners.append(listener)
        if len(same) >= MOST_OF_ONE:
            same[0].tell(None)
        if self._ended.is_set():
            listener.tell(None)

    def _event(self, paths: Sequence[str]) -> bytes:
        return f"event: files\ndata: {dumps({'number': self.number, 'paths': paths})}\n\n".encode()

    @contextmanager
    def running(self, changed: Callable[[], None]) -> Iterator[None]:
        """Watch until the block ends; `changed` is called after each change, when those who listen have been told."""
        thread = threading.Thread(target=self._run, args=[changed], daemon=True, name="file watch")
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            with self._lock:
                listeners = list(self._listeners)
            for each in listeners:
                each.tell(None)
            thread.join(timeout=10)

    def _run(self, changed: Callable[[], None]) -> None:
        root = self.root.resolve()
        folders = [root / folder for folder in FOLDERS if (root / folder).is_dir()]
        try:
            for changes in watch(*folders, stop_event=self._ended, debounce=_GROUPED_MS, step=_STEP_MS):
                paths = sorted({Path(path).relative_to(root).as_posix() for _, path in changes})
                self.tell([path for path in paths if "/." not in path])
                changed()
        except (OSError, RuntimeError) as error:
            _log.error("Files are not watched (%s): pages show changes when they are loaded again", error)

    def tell(self, paths: Sequence[str]) -> None:
        """Files have changed."""
        if not paths:
            return
        self.number += 1
        event = self._event(paths)
        with self._lock:
            listeners = list(self._listeners)
        for each in listeners:
            each.tell(event)
