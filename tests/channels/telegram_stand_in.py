"""A stand-in for Telegram's Bot API: keeps messages, refuses what Telegram refuses, and fails on demand.

Checked against core.telegram.org/bots/api: "Making requests", "sendMessage", "sendPhoto", "ResponseParameters". The one
server that there is to be had for tests takes no pictures and texts of any length, so it would prove less.
"""

import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

TOKEN = "110201543:quetzal-ocelot-tapir-jaguar"
CHAT = {"id": -1001234567890, "type": "channel", "title": "Puerto Claro", "username": "puertoclaro"}
BOT = {"id": 110201543, "is_bot": True, "first_name": "Puerto Claro", "username": "puertoclaro_bot"}

_REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "flood": (429, {"description": "Too Many Requests: retry after 35", "parameters": {"retry_after": 35}}),
    "flood-silent": (429, {"description": "Too Many Requests"}),
    "forbidden": (403, {"description": "Forbidden: bot is not a member of the channel chat"}),
    "no-rights": (400, {"description": "Bad Request: not enough rights to send text messages to the chat"}),
    "no-chat": (400, {"description": "Bad Request: chat not found"}),
    "upgraded": (
        400,
        {
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": -1009876543210},
        },
    ),
    "bad-text": (400, {"description": "Bad Request: can't parse entities"}),
    "revoked": (401, {"description": "Unauthorized"}),
    "down": (502, {"description": "Bad Gateway"}),
}


@dataclass
class TelegramStandIn:
    """The channel's messages, and the next fault: a word, used up by the next call that posts (or asks, `asking`).

    The words of `_REFUSALS`, and `moved`; after the message is kept: `reset-after`, `down-after`, `garbage-after`,
    `numberless-after`. Who asks may get `garbage`, too.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    asking: str = ""
    calls: list[str] = field(default_factory=list)
    hangs_up: bool = False  #: after each answer
    member: dict[str, Any] = field(default_factory=lambda: {"status": "administrator", "can_post_messages": True})

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"bot": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bot: TelegramStandIn

    def log_message(self, *_: object) -> None:
        """The tests look at what was kept, not at a log."""

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        _, token, method = self.path.split("/")
        self.bot.calls.append(method)
        if token != f"bot{TOKEN}":
            self._answer(401, {"description": "Unauthorized"})
        elif method in {"sendMessage", "sendPhoto"}:
            self._post(method, self._fields(data))
        elif method == "deleteMessage":
            self._delete(self._fields(data))
        else:
            fault, self.bot.asking = self.bot.asking, ""
            known = {"getMe": BOT, "getChat": CHAT, "getChatMember": self.bot.member}
            if fault == "moved":
                self._moved()
            elif fault == "garbage":
                self._send(200, b"<html>")
            else:
                self._answer(*_REFUSALS.get(fault, (200, {"result": known[method]})))

    def _fields(self, data: bytes) -> dict[str, Any]:
        kind = self.headers["Content-Type"]
        if not kind.startswith("multipart/"):
            return {name: values[0] for name, values in parse_qs(data.decode()).items()}
        parsed = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + data)
        found: dict[str, Any] = {}
        for part in parsed.iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found[str(name)] = content if part.get_filename() else content.decode()
        return found

    def _post(self, method: str, fields: dict[str, Any]) -> None:
        fault, self.bot.fault = self.bot.fault, ""
        text = fields.get("caption" if method == "sendPhoto" else "text", "")
        limit = 1024 if method == "sendPhoto" else 4096
        if fault in _REFUSALS:
            self._answer(*_REFUSALS[fault])
        elif fault == "moved":
            self._moved()
        elif not text or len(text.encode("utf-16-le")) // 2 > limit:
            self._answer(400, {"description": "Bad Request: message is too long"})
        else:
            self.bot.messages.append({"text": text, **fields})
            self._kept(fault, {"message_id": 40 + len(self.bot.messages), "chat": CHAT, "date": 1_800_000_000})

    def _delete(self, fields: dict[str, Any]) -> None:
        fault, self.bot.fault = self.bot.fault, ""
        number = int(fields["message_id"]) - 41
        if fault in _REFUSALS:
            self._answer(*_REFUSALS[fault])
        elif not 0 <= number < len(self.bot.messages):
            self._answer(400, {"description": "Bad Request: message to delete not found"})
        else:
            del self.bot.messages[number]
            self._answer(200, {"result": True})

    def _kept(self, fault: str, message: dict[str, Any]) -> None:
        if fault == "reset-after":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif fault == "down-after":
            self._answer(502, {"description": "Bad Gateway"})
        elif fault == "garbage-after":
            self._send(200, b"<html>")
        elif fault == "numberless-after":
            self._answer(200, {"result": {"chat": CHAT}})
        else:
            self._answer(200, {"result": message})

    def _moved(self) -> None:
        self._send(302, b"", {"Location": "https://elsewhere.example/"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        ok = {"ok": "result" in body} | ({} if "result" in body else {"error_code": status})
        self._send(status, json.dumps(ok | body).encode())

    def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        if self.bot.hangs_up:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
