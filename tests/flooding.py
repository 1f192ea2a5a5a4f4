"""Somebody floods the form: real posts to a daemon that runs by itself, and a mail server that counts."""

import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import httpx

from tests.channels.recording_smtp import RecordingSmtp
from tests.daemon_process import DaemonProcess, wait_until
from tests.subscribing import with_newsletter
from tests.workspaces import Town

_AT_ONCE = 8  #: connections
_WARM = 500  #: posts
_ALL_POSTED = 600.0  #: seconds: twenty mails a tick


@dataclass
class Flood:
    """What came of it."""

    answers: Counter[int] = field(default_factory=Counter)  #: by status
    asked: set[str] = field(default_factory=set)  #: addresses whose form was taken at least once
    waits: Counter[str] = field(default_factory=Counter)  #: by Retry-After, of forms that were not
    mails: Counter[str] = field(default_factory=Counter)  #: by recipient
    seconds: float = 0  #: for all posts
    before: int = 0  #: what the daemon had at once before the first post, MB
    warm: int = 0  #: the same after the first few hundred: each thread that answers has its connection by then
    memory: int = 0  #: the same after all of them
    database: int = 0  #: afterwards, with what has not been written back yet, kB

    def take(self, address: str, answer: httpx.Response) -> None:
        """Count an answer to a post."""
        self.answers[answer.status_code] += 1
        if answer.status_code == httpx.codes.SEE_OTHER:
            self.asked.add(address)
        else:
            self.waits[answer.headers.get("retry-after", "none")] += 1


def flood(town: Town, posts: int, addresses: int, networks: int = 62_500) -> Flood:
    """Post the form again and again, for so many addresses in turn, from so many networks in turn."""
    found = Flood()
    with RecordingSmtp() as server:
        with_newsletter(town, server.port)
        port = _free_port()
        daemon = DaemonProcess(town.root, anew=True, port=port)
        daemon.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                wait_until(lambda: _answers(client), "the pages")
                began = perf_counter()
                found.before = _most_memory(daemon)
                for some in (range(min(_WARM, posts)), range(_WARM, posts)):
                    with ThreadPoolExecutor(_AT_ONCE) as posting:
                        for number, answer in zip(
                            some,
                            posting.map(lambda one: _post(client, one % addresses, one % networks), some),
                            strict=True,
                        ):
                            found.take(_address(number % addresses), answer)
                    found.warm = found.warm or _most_memory(daemon)
                found.seconds = perf_counter() - began
            wait_until(lambda: len(_recipients(server)) == len(found.asked), "a mail to each address", _ALL_POSTED)
            found.memory = _most_memory(daemon)
        finally:
            daemon.terminate()
        found.mails = _recipients(server)
    found.database = sum(each.stat().st_size for each in (town.root / "var").glob("communique.sqlite*")) // 1024
    return found


def _post(client: httpx.Client, address: int, network: int) -> httpx.Response:
    headers = {"X-Forwarded-For": f"198.{network % 250}.{network // 250 % 250}.7"}
    return client.post("/subscribe", data={"email": _address(address)}, headers=headers)


def _address(number: int) -> str:
    return f"p{number}@example.org"


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/subscribe").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _recipients(server: RecordingSmtp) -> Counter[str]:
    return Counter(recipient for mail in server.accepted for recipient in mail.recipients)


def _most_memory(daemon: DaemonProcess) -> int:
    assert daemon.process is not None
    lines = Path(f"/proc/{daemon.process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        return int(made.getsockname()[1])
