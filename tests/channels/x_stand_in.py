"""A stand-in for X: keeps posts, refuses what X refuses, and fails on demand.

Checked against X's own description (OpenAPI 2.167, xdevplatform/xdk): paths, fields and `Problem`, of pictures too;
docs.x.com, "Response codes and errors"; and real answers of 2026 where the description is silent: 403 for a duplicate,
402 `CreditsDepleted`, 403 `SpendCapReached` with `reset_date`, 429 `UsageCapExceeded` without a reset header.
"""

import base64
import json
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from channels.x_length import extract_urls, parse_tweet

OWN_ID = "1700000000000000001"
_OURS = {"written", "media", "answers"}  #: of a post, what X does not show
REPLY_TO_NOTHING = "You attempted to reply to a Tweet that is deleted or not visible to you."
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."


@dataclass
class XStandIn:
    """The account's posts, and the next fault: a word, used up by the next post that is made.

    `rate-limit`, `rate-limit-silent`, `usage-cap`, `forbidden`, `not-permitted`, `revoked`,
    `read-only`, `no-credit`, `spending-cap`, `unavailable-before`,
    `unavailable-after`, `silence` (stores it and says nothing), `reset-after`, `garbage-after`, `moved`.
    """

    posts: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    timeline_fault: int = 0  #: HTTP status that reading answers with
    timeline_refusal: str = ""  #: one of the words above, for reading
    pictures: dict[str, dict[str, Any]] = field(default_factory=dict)  #: by number: type, bytes, alternative text
    picture_fault: str = ""  #: as `fault`, for the next picture that is uploaded; or `garbage`
    requests: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    page_size: int = 100
    access: str = "read-write"  #: what the keys may do

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"account": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def store(self, text: str) -> dict[str, Any]:
        """Keep a post as X does: addresses become t.co, the expanded ones stand in the entities."""
        urls = extract_urls(text)
        shortened = text
        for number, url in enumerate(urls):
            shortened = shortened.replace(url, f"https://t.co/{number:010}")
        post = {
            "id": str(1_800_000_000_000_000_000 + len(self.posts)),
            "text": shortened,
            "edit_history_tweet_ids": [],
            "entities": {"urls": [{"expanded_url": url} for url in urls]},
            "written": text,
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        self.posts.insert(0, post)
        return post


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    account: XStandIn

    def log_message(self, *_: object) -> None:
        """The tests look at what was stored, not at a log."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.account.requests.append(f"GET {address.path}")
        if self.account.timeline_refusal:
            self._answer(*_REFUSALS[self.account.timeline_refusal])
            return
        if not self.headers.get("Authorization", "").startswith("OAuth "):
            self._answer(401, {"title": "Unauthorized", "status": 401, "detail": "Unauthorized", "type": "about:blank"})
        elif self.account.timeline_fault:
            self._answer(self.account.timeline_fault, {"title": "Trouble", "detail": "Trouble"})
        elif address.path == "/2/users/me":
            own = {"id": OWN_ID, "name": "Puerto Claro", "username": "puertoclaro"}
            self._answer(200, {"data": own}, {"x-access-level": self.account.access})
        elif address.path == f"/2/users/{OWN_ID}/tweets":
            self._timeline({name: values[0] for name, values in parse_qs(address.query).items()})
        else:
            self._answer(404, {"title": "Not Found", "detail": "Not Found"})

    def do_DELETE(self) -> None:
        self.account.requests.append(f"DELETE {self.path}")
        number = self.path.rpartition("/")[2]
        fault, self.account.fault = self.account.fault, ""
        kept = [post for post in self.account.posts if post["id"] != number]
        if fault in _REFUSALS:
            self._answer(*_REFUSALS[fault])
        elif len(kept) == len(self.account.posts):
            self._answer(404, {"title": "Not Found Error", "detail": "Could not find tweet", "status": 404})
        else:
            self.account.posts[:] = kept
            self._answer(200, {"data": {"deleted": True}})

    def do_POST(self) -> None:
        self.account.requests.append(f"POST {self.path}")
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/2/media/upload":
            self._picture(asked)
        elif self.path == "/2/media/metadata":
            self._words_of_picture(asked)
        else:
            answered = asked.get("reply", {}).get("in_reply_to_tweet_id", "")
            self._post(asked["text"], asked.get("media", {}).get("media_ids", []), answered)

    def _picture(self, asked: dict[str, Any]) -> None:
        fault, self.account.picture_fault = self.account.picture_fault, ""
        if fault in _REFUSALS:
            self._answer(*_REFUSALS[fault])
        elif fault == "garbage":
            self._answer(200, {"data": {}})
        elif asked["media_category"] != "tweet_image" or asked["media_type"] not in {"image/png", "image/jpeg"}:
            self._answer(400, {"errors": [{"title": "Invalid Request", "detail": "media_category or media_type"}]})
        else:
            number = str(1_900_000_000_000_000_000 + len(self.account.pictures))
            data = base64.b64decode(asked["media"], validate=True)
            self.account.pictures[number] = {"type": asked["media_type"], "data": data, "alt": ""}
            media = {"id": number, "media_key": f"3_{number}", "size": len(data), "expires_after_secs": 86_400}
            self._answer(200, {"data": media})

    def _words_of_picture(self, asked: dict[str, Any]) -> None:
        text = asked["metadata"]["alt_text"]["text"]
        if asked["id"] not in self.account.pictures or not 0 < len(text) <= 1000:
            self._answer(400, {"errors": [{"title": "Invalid Request", "detail": "id or alt_text"}]})
            return
        self.account.pictures[asked["id"]]["alt"] = text
        self._answer(200, {"data": {"id": asked["id"], "associated_metadata": asked["metadata"]}})

    def _post(self, text: str, media: list[str], answered: str) -> None:
        fault, self.account.fault = self.account.fault, ""
        if fault in _REFUSALS:
            self._answer(*_REFUSALS[fault])
        elif parse_tweet(text).weightedLength > 280:
            self._answer(400, {"errors": [{"title": "Invalid Request", "detail": "Your Tweet text is too long."}]})
        elif not set(media) <= set(self.account.pictures):
            self._answer(400, {"errors": [{"title": "Invalid Request", "detail": "Your media IDs are invalid."}]})
        elif any(_normal(post["written"]) == _normal(text) for post in self.account.posts):
            self._answer(403, {"detail": DUPLICATE, "title": "Forbidden", "status": 403, "type": "about:blank"})
        elif answered and answered not in {post["id"] for post in self.account.posts}:
            self._answer(403, {"detail": REPLY_TO_NOTHING, "title": "Forbidden", "status": 403, "type": "about:blank"})
        else:
            post = self.account.store(text)
            post |= {"media": media, "answers": answered}
            self._created(post, fault)

    def _timeline(self, asked: dict[str, str]) -> None:
        posts = [post for post in self.account.posts if post["created_at"] >= asked.get("start_time", "")]
        start = int(asked.get("pagination_token", "0"))
        end = start + self.account.page_size
        meta = {"result_count": len(posts[start:end])} | ({"next_token": str(end)} if posts[end:] else {})
        data = [
            {key: value for key, value in post.items() if key not in {"written", "media", "answers"}}
            for post in posts[start:end]
        ]
        self._answer(200, {"meta": meta} | ({"data": data} if data else {}))

    def _created(self, post: dict[str, Any], fault: str) -> None:
        if fault == "silence":
            self.account.released.wait(30)
            self.close_connection = True
        elif fault == "reset-after":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif fault == "garbage-after":
            self._answer(201, {"data": {}})
        elif fault == "unavailable-after":
            self._answer(503, {"title": "Service Unavailable", "detail": "Service Unavailable"})
        else:
            self._answer(201, {"data": {"id": post["id"], "text": post["text"], "edit_history_tweet_ids": []}})

    def _answer(self, status: int, content: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        given = {"Content-Type": "application/json", "Content-Length": str(len(body))} | (headers or {})
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """A fixed clock, so that a wait counted from it is exact."""
        return super().date_time_string(1_796_115_600 if timestamp is None else timestamp)


_PROBLEMS = "https://api.twitter.com/2/problems"
_NO_CREDIT = "Your enrolled account does not have any credits to fulfill this request."
_CAPPED = "Your enrolled account has reached its billing cycle spend cap."
_USED_UP = "Usage cap exceeded: Monthly product cap"
_READ_ONLY = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
_TOO_MANY = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
_REFUSALS: dict[str, tuple[int, object, dict[str, str]]] = {
    "rate-limit": (429, _TOO_MANY, {"x-rate-limit-reset": str(1_796_115_600 + 840), "x-rate-limit-remaining": "0"}),
    "rate-limit-silent": (429, _TOO_MANY, {}),
    "not-permitted": (403, {"title": "Forbidden", "detail": "You are not permitted to perform this action."}, {}),
    "revoked": (401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, {}),
    "read-only": (403, {"detail": _READ_ONLY, "type": f"{_PROBLEMS}/oauth1-permissions", "status": 403}, {}),
    "forbidden": (403, {"errors": [{"title": "Forbidden", "detail": "This account is suspended."}]}, {}),
    "no-credit": (402, {"title": "CreditsDepleted", "detail": _NO_CREDIT, "type": f"{_PROBLEMS}/credits"}, {}),
    "spending-cap": (403, {"title": "SpendCapReached", "detail": _CAPPED, "reset_date": "2026-12-12"}, {}),
    "usage-cap": (429, {"title": "UsageCapExceeded", "detail": _USED_UP, "type": f"{_PROBLEMS}/usage-capped"}, {}),
    "unavailable-before": (503, {"title": "Service Unavailable", "detail": "Service Unavailable"}, {}),
    "broken": (500, {"title": "Internal Server Error", "detail": "Internal Server Error"}, {}),
    "moved": (308, {}, {"Location": "/3/tweets"}),
}


def _normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
