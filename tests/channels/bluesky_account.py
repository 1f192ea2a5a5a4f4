"""An account on the official Bluesky server, which is started from `tests/counterparts`."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.counterparts import node
from tests.counterparts.presence import require

PASSWORD = "pw-narwhal"


@contextmanager
def running_server(**environment: str) -> Iterator[str]:
    """Start it, wait for its line, give its address, and stop it."""
    require(node.is_installed(), "The Bluesky server is not installed: run `make counterparts`.")
    process = subprocess.Popen(
        node.command("bluesky_server.cjs"),
        cwd=node.FOLDER,
        env={**os.environ, "LOG_ENABLED": "0", "NODE_ENV": "test", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process:
        try:
            yield json.loads(process.stdout.readline())["pds"]
        finally:
            process.terminate()


@dataclass(frozen=True)
class BlueskyAccount:
    """One account, and what the server really holds of it."""

    server: str
    handle: str
    did: str

    @classmethod
    def new(cls, server: str, handle: str) -> "BlueskyAccount":
        """Open an account."""
        wanted = {"handle": handle, "email": f"{handle.partition('.')[0]}@example.org", "password": PASSWORD}
        answer = httpx.post(f"{server}/xrpc/com.atproto.server.createAccount", json=wanted)
        return cls(server, handle, answer.raise_for_status().json()["did"])

    def posts(self) -> list[dict[str, Any]]:
        """All its posts, as the server gives them to anybody."""
        asked = {"repo": self.did, "collection": "app.bsky.feed.post"}
        answer = httpx.get(f"{self.server}/xrpc/com.atproto.repo.listRecords", params=asked)
        records: list[dict[str, Any]] = answer.raise_for_status().json()["records"]
        return records
