"""How many readers ask a feed again and hear that nothing is new (304), of our own server and of nginx's static files.

The same feed of 120 entries, on loopback; wrk asks over 50 connections with the feed's ETag, and has a core of its own.
`python -m benchmarks.feed_requests FOLDER` is our server, in the folder of a town, until its input ends.
"""

import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.measuring import MeasureError
from benchmarks.process_cost import cpu_seconds, running
from benchmarks.sink import INSTALLED, ROOT, free_port
from channels import KINDS
from channels.feed import FeedChannel
from communique.channel import Entry, Feed, Message
from communique.installation import Installation
from communique.monitoring.health import Health
from communique.new_workspace.creation import make_workspace
from communique.web.server import serving
from tests.counterparts.nginx import served_by_nginx

OUR_SERVER, NGINX = "Communiqué", "nginx, static files"
_WRK = INSTALLED / "wrk" / "usr"
_CONNECTIONS = 50
_ENTRIES = 120
_FEED = "/feeds/public/en/rss.xml"
_FIRST = datetime(2027, 1, 19, 9, tzinfo=UTC)


def feed_requests(rounds: int, seconds: int) -> list[dict[str, Any]]:
    """For each round and server: answers a second, and the server's microseconds of processor time for each.

    Raises:
        MeasureError: wrk or nginx is not installed, or an answer is another one.
    """
    if not (_WRK / "bin" / "wrk").exists():
        raise MeasureError("wrk is missing: run benchmarks/install")
    with tempfile.TemporaryDirectory() as folder:
        root, port = _town(Path(folder)), free_port()
        nginx_folder = Path(folder) / "nginx"
        nginx_folder.mkdir()
        try:
            with (
                running(
                    [sys.executable, "-m", "benchmarks.feed_requests", str(root)],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                ) as ours,
                served_by_nginx(nginx_folder, root / "var" / "public", f"127.0.0.1:{port}") as nginx,
            ):
                assert ours.stdout is not None  # noqa: S101 - it was asked for
                servers = {
                    OUR_SERVER: (int(ours.stdout.readline()), ours.pid),
                    NGINX: (port, _worker(nginx)),
                }
                return [
                    {"server": name, **_asked(port, process, seconds)}
                    for _ in range(rounds)
                    for name, (port, process) in servers.items()
                ]
        except FileNotFoundError as error:
            raise MeasureError(f"nginx is missing: run make counterparts ({error})") from error


def _town(folder: Path) -> Path:
    """A workspace with one feed that has been written."""
    root = folder / "city"
    make_workspace(root, _FIRST)
    settings = root / "config" / "settings.yaml"
    settings.write_text(
        re.sub("(?m)^mode: trial", "mode: live", settings.read_text(encoding="utf-8")), encoding="utf-8"
    )
    entries = tuple(_entry(number) for number in reversed(range(_ENTRIES)))
    feed = Feed(
        audience="public",
        language="en",
        title="Open government",
        description="All that we announce",
        home="https://open.example.org/en/",
        base="https://open.example.org/",
        author_name="City of Littleton",
        author_email="open@littleton.example.org",
        entries=entries,
    )
    message = Message(key="feed", reference="feed", created_at=_FIRST, language="en", content=feed)
    FeedChannel(directory=root / "var" / "public").send(message, lambda: None)
    return root


def _entry(number: int) -> Entry:
    return Entry(
        id=f"tag:open.example.org,2027:en/{number}",
        title=f"Announcement {number}",
        summary=f"What announcement {number} is about, in a sentence of some length.",
        html=f"<p>Announcement {number}. {'The text goes on for a while. ' * 20}</p>",
        link=f"https://open.example.org/en/{number}/",
        published_at=_FIRST + timedelta(days=number),
        updated_at=_FIRST + timedelta(days=number),
    )


def _worker(nginx: int) -> int:
    return int(Path(f"/proc/{nginx}/task/{nginx}/children").read_text(encoding="ascii").split()[0])


def _asked(port: int, process: int, seconds: int) -> dict[str, float]:
    url = f"http://127.0.0.1:{port}{_FEED}"
    tag = httpx.get(url, headers={"Host": "open.example.org"}).raise_for_status().headers["etag"]
    condition = {"If-None-Match": tag, "Host": "open.example.org"}
    again = httpx.get(url, headers=condition)
    if again.status_code != httpx.codes.NOT_MODIFIED:
        raise MeasureError(f"{url}: expected 304, found {again.status_code}")
    command = [str(_WRK / "bin" / "wrk"), "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}"]
    command += [part for name, value in condition.items() for part in ("-H", f"{name}: {value}")]
    before = cpu_seconds(process)
    libraries = {"LD_LIBRARY_PATH": ":".join(map(str, (_WRK / "lib").iterdir()))}
    done = subprocess.run([*command, url], check=True, capture_output=True, text=True, env=libraries)
    used = cpu_seconds(process) - before
    found = re.search(r"(\d+) requests in", done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None or rate is None or "Non-2xx" in done.stdout:
        raise MeasureError(f"wrk: {done.stdout[-500:]}")
    return {"rate": float(rate[1]), "us_each": used / int(found[1]) * 1e6}


def _serve(root: Path) -> None:
    """Print the port, and serve until the input ends."""
    installation = Installation(root=root, variables={"COMMUNIQUE_KEY": "bench"}, kinds=KINDS)
    with serving(Health(), installation, lambda: datetime.now(UTC), 0) as port:
        print(port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
