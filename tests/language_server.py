"""A small client of yaml-language-server: what an editor would show for a file."""

import json
import subprocess
import threading
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.counterparts import node

_SERVER = "node_modules/yaml-language-server/bin/yaml-language-server"
_SETTINGS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}


class LanguageServer:
    """One conversation over stdio (LSP 3.17); lines and columns count from 1."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [*node.command(_SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._number = 0
        # A server that falls silent must not hold up the tests: its end is an EOFError.
        self._patience = threading.Timer(60, self._process.kill)
        self._patience.start()

    def __enter__(self) -> Self:
        with ExitStack() as unless_it_answers:
            unless_it_answers.callback(self._end)
            self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
            self._send({"method": "initialized", "params": {}})
            self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": {"yaml": _SETTINGS}}})
            unless_it_answers.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._patience.cancel()
        self._process.kill()
        self._process.communicate()

    def open(self, file: Path) -> list[tuple[int, str]]:
        """Open a file; line and message of each diagnostic."""
        text = file.read_text(encoding="utf-8")
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        found = self._wait(lambda message: message.get("method") == "textDocument/publishDiagnostics")
        return [(each["range"]["start"]["line"] + 1, each["message"]) for each in found["params"]["diagnostics"]]

    def at(self, what: str, file: Path, line: int, column: int) -> Any:
        """What there is at a place: `hover` or `completion`."""
        position = {"line": line - 1, "character": column - 1}
        return self.ask(f"textDocument/{what}", {"textDocument": {"uri": file.as_uri()}, "position": position})

    def ask(self, method: str, params: Any) -> Any:
        """The result of a request."""
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        answer = self._wait(lambda message: message.get("id") == number and "method" not in message)
        return answer["result"]

    def _wait(self, wanted: Any) -> Any:
        while not wanted(message := self._receive()):
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, message: Any) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [_SETTINGS if item.get("section") == "yaml" else {} for item in message["params"]["items"]]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        length = 0
        while header := self._process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self._process.stdout.read(length)
        if not body:
            raise EOFError("the language server has ended")
        return json.loads(body)
