"""A process that works for another one, which is killed in the middle: it ends, and the log has no word of it."""

import json
import subprocess
import sys

import pytest

#: Says back what it is told, and begins when it is told so: by then whoever asked may be gone.
_PROCESS = """
import sys
from communique.machine.own_process import serve

sys.stdin.buffer.raw.read(1)
serve(lambda order, parts: (order, parts))
"""
_LINE = json.dumps({"told": "letter", "sizes": [4]}).encode() + b"\n"


def ended(asked: bytes, *, is_gone: bool) -> tuple[int, bytes, bytes]:
    """Exit code, answer and what is in the log, after an order of which so much has come."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", _PROCESS], stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        answer = b""
        if is_gone:
            process.stdout.close()
        process.stdin.write(b"." + asked)
        process.stdin.close()
        if not is_gone:
            answer = process.stdout.read()
        return process.wait(), answer, process.stderr.read()


def test_an_order_is_answered() -> None:
    """Of which the next tests have a part."""
    assert ended(_LINE + b"page", is_gone=False) == (0, _LINE + b"page", b"")


def test_who_is_gone_before_the_answer_leaves_no_trace() -> None:
    """The pipe is broken, and nobody's fault is in the log."""
    assert ended(_LINE + b"page", is_gone=True) == (0, b"", b"")


@pytest.mark.parametrize("length", [1, len(_LINE) - 1, len(_LINE), len(_LINE) + 3])
def test_half_an_order_is_none(length: int) -> None:
    """Whoever was killed while asking: nothing is made of a part of it."""
    assert ended((_LINE + b"page")[:length], is_gone=False) == (0, b"", b"")
