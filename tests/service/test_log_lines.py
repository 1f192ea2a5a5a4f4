"""The lines of the log: for programs and for people, and for nobody's address."""

import io
import json
import logging
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from communique import log_lines
from communique.channel import Secret
from communique.log_lines import begin, masked
from tests.command_line import CommandLine
from tests.workspaces import START, Town

_log = logging.getLogger("communique.test")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """A test's log ends with it."""
    root = logging.getLogger()
    before, level, raises = list(root.handlers), root.level, logging.raiseExceptions
    yield
    root.handlers, logging.raiseExceptions = before, raises
    root.setLevel(level)
    logging.getLogger("communique").setLevel(logging.NOTSET)


def lines(*, as_json: bool = True) -> io.StringIO:
    """A log that begins now."""
    stream = io.StringIO()
    begin(stream, as_json=as_json)
    return stream


def event(stream: io.StringIO) -> Any:
    """Its one event."""
    (line,) = stream.getvalue().splitlines()
    return json.loads(line)


def _lose(who: str) -> None:
    raise ValueError(f"no mailbox for {who}")


def test_an_event_is_one_json_object_a_line() -> None:
    """With its time in UTC and what the call added; numbers stay numbers."""
    stream = lines()
    _log.warning("%s copies", 3, extra={"channel": "email", "copies": 3, "why": "line one\nline two"})
    said = event(stream)
    assert said.pop("at").endswith("Z")
    assert said == {
        "level": "warning",
        "logger": "communique.test",
        "message": "3 copies",
        "channel": "email",
        "copies": 3,
        "why": "line one\nline two",
    }


def test_as_text_an_event_cannot_begin_a_line_of_its_own() -> None:
    """Nor steer the terminal; what the call added stands behind."""
    stream = lines(as_json=False)
    _log.warning("said\n2026-12-01 CRITICAL \x1b[31mforged", extra={"why": "two\nlines"})
    (line,) = stream.getvalue().splitlines()
    assert line.endswith('WARNING communique.test: said 2026-12-01 CRITICAL [31mforged why="two\\nlines"')


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exception_says_what_kind_and_where_and_nothing_else(as_json: bool) -> None:  # noqa: FBT001
    """Its words may be anything; so may those of the one behind it."""
    stream = lines(as_json=as_json)
    try:
        try:
            _lose("Zacarías Quintanilla")
        except ValueError as error:
            raise RuntimeError("Zacarías again") from error
    except RuntimeError:
        _log.exception("unexpected failure")
    assert "Zacar" not in stream.getvalue()
    for told in ("RuntimeError", "ValueError", "test_log_lines.py", "_lose"):
        assert told in stream.getvalue()


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 <ana.gil@example.org>: unknown",
        "recipient=ana.gil@example.org",
        "mailto:ana.gil%40example.org",
        "Key (address_key)=(ana.gil@example.org) already exists",
        '"ana.gil"@example.org refused',
        "ana.gil@exämple.org",
        "ana.gil+list@[192.0.2.1]",
    ],
)
def test_an_address_is_masked_wherever_it_stands(words: str) -> None:
    """As servers, databases and web addresses write it."""
    assert "ana.gil" not in masked(words)
    assert "(address)" in masked(words)


def test_secrets_and_tokens_are_masked() -> None:
    """Every secret that was read, on whatever line of it; ways out of a list; what authorises a request."""
    Secret("first-line-of-a-key\nsecond-line-of-a-key")
    assert masked("POST /leave/7.c2lnbmF0dXJl failed, second-line-of-a-key") == "POST /leave/*** failed, ***"
    assert masked("Authorization: Bearer abc.DEF-123, eyJhbGciOi.eyJzdWI.sig") == "Authorization: Bearer ***, ***"


def test_what_has_no_address_stays_as_it_is() -> None:
    """Deliveries are named by their keys."""
    words = "campaigns/news.yaml:3:1: error[bad-date] 10:00 (news/hello/once/email/7/en), found 10 @ 5"
    assert masked(words) == words


def test_nobody_who_reads_the_log_can_hold_up_what_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that is full: events are lost, and counted once there is room."""
    monkeypatch.setattr(log_lines, "_PATIENCE", 0.0)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    with os.fdopen(reading, encoding="utf-8") as reader, os.fdopen(writing, "w", encoding="utf-8") as stream:
        begin(stream, as_json=True)

        def say() -> None:
            for _ in range(3):
                _log.warning("nobody reads")

        thread = threading.Thread(target=say, daemon=True)
        thread.start()
        thread.join(60)
        held_up = thread.is_alive()
        while select.select([reader], [], [], 0)[0]:
            os.read(reading, 4096)
        thread.join(60)
        assert not held_up
        _log.warning("somebody reads")
        said = [json.loads(reader.readline())["message"] for _ in range(2)]
    assert said == ["3 events are lost", "somebody reads"]


def test_a_line_is_not_longer_than_a_pipe_takes_at_once() -> None:
    """Whatever a server says."""
    stream = lines()
    _log.warning("x" * 100_000)
    assert len(stream.getvalue()) < 4096


def test_a_log_that_begins_again_writes_each_event_once() -> None:
    """The last one has it."""
    first, second = lines(), lines()
    _log.warning("once")
    assert first.getvalue() == ""
    assert event(second)["message"] == "once"


def test_what_nobody_caught_is_in_the_log_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """In any thread."""
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    stream = io.StringIO()
    log_lines.begin_unattended(stream, as_json=True)
    logging.captureWarnings(capture=False)
    thread = threading.Thread(target=_lose, args=("Zacarías",))
    thread.start()
    thread.join()
    assert event(stream)["exception"][0] == "ValueError"
    try:
        _lose("Zacarías")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert "Zacar" not in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 2


@pytest.mark.parametrize(("options", "as_json"), [((), True), (("--log-format", "text"), False)])
def test_run_writes_json_where_nobody_watches(
    town: Town, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], *, as_json: bool
) -> None:
    """And text where it is asked for."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    said = CommandLine(town.root, monkeypatch)("run", "--once", *options, now=START)
    first, *_ = said.errors.splitlines()
    words = json.loads(first)["message"] if as_json else first.partition(" INFO communique.service.daemon: ")[2]
    assert words.startswith("this daemon sends from now on")
