"""A hub is told that a feed has changed (WebSub): in a thread of its own, so that nothing ever waits for a hub.

What was told stands in a file beside the ledger, by address. Should it be lost, the hub is told once more, which harms
nobody: it fetches the feed and sees that nothing is new.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from communique.send.open_channels import PublicFolder
from communique.texts import addresses

_FEEDS = "feeds/*/*/{}"
_NAMES = ("rss.xml", "atom.xml", "feed.json")
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_PATIENCE = 10  #: seconds, for a hub that says nothing
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Changed:
    hub: str
    topic: str  #: the feed's own address
    state: str  #: of its file


@dataclass
class HubPings:
    """`begin` tells what has changed since it was told, unless somebody is just doing so; `wait` waits for that."""

    record: Path
    clock: Callable[[], datetime]
    fault: str = ""  #: why the hub could not be told; empty when it could
    _told: dict[str, str] = field(default_factory=dict)  #: state of each feed, as its hub knows it
    _read: bool = False
    _failures: int = 0  #: in a row
    _again_at: datetime | None = None
    _thread: threading.Thread | None = None
    _closing: bool = False

    def begin(self, folders: Sequence[PublicFolder], public_address: str) -> None:
        """Look at the feeds of folders that have a hub, and tell it in the background what is new."""
        if (self._thread is not None and self._thread.is_alive()) or self._rests():
            return
        changed = [each for each in _present(folders, public_address) if self._told_of().get(each.topic) != each.state]
        if changed:
            self._thread = threading.Thread(target=self._tell, args=(changed,), name="hub-pings", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Until what is being told is told, or the hub is given up for now."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Tell no more."""
        self._closing = True
        self.wait()

    def _rests(self) -> bool:
        """After a failure; but not for long when the clock is put back."""
        return self._again_at is not None and self.clock() < self._again_at <= self.clock() + _LONGEST

    def _told_of(self) -> Mapping[str, str]:
        if not self._read:
            self._read = True
            try:
                self._told = {str(key): str(value) for key, value in json.loads(self.record.read_text()).items()}
            except (OSError, ValueError, AttributeError):
                self._told = {}
        return self._told

    def _tell(self, changed: Sequence[_Changed]) -> None:
        import httpx  # by those who have a hub, when a feed has changed: a daemon that starts after a kill is to send

        try:
            for each in changed:
                if self._closing:
                    return
                _ping(each)
                self._told[each.topic] = each.state
                self._keep()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            self._failed(str(error) or type(error).__name__)
        else:
            if self.fault:
                _log.info("the hub answers again")
            self.fault, self._failures, self._again_at = "", 0, None

    def _keep(self) -> None:
        self.record.parent.mkdir(parents=True, exist_ok=True)
        beside = self.record.with_suffix(".part")
        beside.write_text(json.dumps(self._told, indent=1) + "\n")
        beside.replace(self.record)

    def _failed(self, why: str) -> None:
        if not self.fault:
            _log.warning("the hub cannot be told of changed feeds, and will be told later: %s", why)
        pause = min(_FIRST * 2 ** min(self._failures, 10), _LONGEST)
        self.fault, self._failures, self._again_at = why, self._failures + 1, self.clock() + pause


def _present(folders: Sequence[PublicFolder], public_address: str) -> Iterator[_Changed]:
    for folder in folders:
        for name in _NAMES if folder.hub else ():
            for file in sorted(folder.directory.glob(_FEEDS.format(name))):
                info = file.stat()
                topic = addresses.page(public_address, file.relative_to(folder.directory).as_posix())
                yield _Changed(folder.hub, topic, f"{info.st_ino:x}-{info.st_mtime_ns:x}-{info.st_size:x}")


def _ping(changed: _Changed) -> None:
    """WebSub leaves open how a hub is told; hubs look for the address under either name (PubSubHubbub 0.4, section 7).

    Raises:
        httpx.HTTPError: it was not, or not with a 2xx.
    """
    import httpx

    form = {"hub.mode": "publish", "hub.topic": changed.topic, "hub.url": changed.topic}
    with (
        httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", changed.hub, data=form) as answer,  # what it says besides may have no end
    ):
        if not answer.is_success:
            raise httpx.HTTPError(f"{changed.hub} answered {answer.status_code}")
