"""What the log says, an event a line: JSON for programs, text for people; no address, no secret, no stranger's words.

The calls that log name deliveries by their keys, which carry no address. What stands here is the last line of defence:
for words that others put in (a server's answer, a database's), and for exceptions, whose words may be anything.
"""

import json
import logging
import re
import select
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from communique.channel import known_secrets
from communique.language.escaping import in_line

_log = logging.getLogger(__name__)

_PATIENCE = 1.0  #: seconds that a line waits for a reader who is slow; none while lines are being lost
_LONGEST, _FRAMES = 2000, 20  #: characters of one text, places of an exception
_SHORTEST = 6  #: a secret that is shorter is a word of the language, too
#: What may stand before the @. A word is tried from its beginning alone, lest a long one cost the square of its length.
_LOCAL = r"""[^\s<>"'“”«»(),:;\[\]{}=|]"""
_MASKS = (
    (re.compile(rf"""(?:"[^"]*"|(?<!{_LOCAL}){_LOCAL}+)(?:@|%40)\[?[^\s<>"'“”«»(),:;\[\]{{}}|]+"""), "(address)"),
    # The token in it lets anybody act for its person.
    (re.compile(r"/(leave|preferences|confirm|confirm-old)/[^\s\"'?]+"), r"/\1/***"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "***"),  # a token of Bluesky or OAuth (RFC 7519)
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 ***"),  # RFC 9110 11.6.2
)
_STANDARD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


def masked(words: str) -> str:
    """Without addresses, tokens, and every secret that this process has read."""
    for secret in known_secrets():
        for line in secret.splitlines():
            if len(line) >= _SHORTEST:
                words = words.replace(line, "***")
    for pattern, shown in _MASKS:
        words = pattern.sub(shown, words)
    return words


def _event(record: logging.LogRecord) -> dict[str, Any]:
    """`at` (UTC), `level`, `logger`, `message`, what the call added, and of an exception its kinds and places."""
    added = {
        name: masked(value)[:_LONGEST] if isinstance(value, str) else value
        for name, value in record.__dict__.items()
        if name not in _STANDARD and not name.startswith("_") and isinstance(value, str | int | float | bool | None)
    }
    event: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": masked(record.getMessage())[:_LONGEST],
        **added,
    }
    if record.exc_info and record.exc_info[1]:
        event["exception"] = _places(record.exc_info[1])
    return event


def _places(error: BaseException | None) -> list[str]:
    """An exception and those behind it: the kind of each, and where, the innermost first. Not what it says."""
    told: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)
        told.append(f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."))
        told += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames)]
        behind = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or behind
    return told[:_FRAMES]


class JsonLines(logging.Formatter):
    """One object a line (docs/json.md)."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(_event(record), ensure_ascii=False)


class TextLines(logging.Formatter):
    """One line for a person to read; of an exception, some more, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines."""
        event = _event(record)
        at, level, logger, message = (event.pop(name) for name in ("at", "level", "logger", "message"))
        places = event.pop("exception", [])
        added = "".join(f" {name}={in_line(json.dumps(value, ensure_ascii=False))}" for name, value in event.items())
        # Whatever stands in it cannot begin a line of its own, nor steer a terminal.
        first = f"{at} {level.upper()} {logger}: {in_line(str(message))}{added}"
        return "\n".join([first, *(f"    {place}" for place in places)])


class _Lines(logging.StreamHandler[TextIO]):
    """Ours among the handlers. Nobody who reads the log holds up sending: what is not taken is lost, and counted."""

    _lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, unless nobody takes it."""
        if not self._is_taken():
            self._lost += 1
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            super().emit(_log.makeRecord(__name__, logging.WARNING, "", 0, "%s events are lost", (lost,), None))
        super().emit(record)

    def _is_taken(self) -> bool:
        try:
            # A pipe that can be written to takes this many bytes at once (PIPE_BUF); most lines are shorter.
            return bool(select.select([], [self.stream.fileno()], [], 0 if self._lost else _PATIENCE)[1])
        except (OSError, ValueError):
            return True  # no file of the machine's


def begin(stream: TextIO, *, as_json: bool) -> None:
    """Write the log there from now on, and nowhere else that this was called with before."""
    logging.raiseExceptions = False  # what could not be written would be shown with its arguments
    handler = _Lines(stream)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    root = logging.getLogger()
    for each in [each for each in root.handlers if isinstance(each, _Lines)]:
        root.removeHandler(each)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for ours in ("communique", "scheduler"):
        logging.getLogger(ours).setLevel(logging.INFO)


def begin_unattended(stream: TextIO, *, as_json: bool) -> None:
    """As `begin`; and what else would be printed, with whatever it says, goes to the log, too."""
    begin(stream, as_json=as_json)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("ended by a mistake in the program", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        _log_uncaught(ended.exc_type, ended.exc_value, ended.exc_traceback)
