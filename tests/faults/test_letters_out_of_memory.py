"""The system ends what prints letters, for want of memory: the daemon, mails and other letters go on."""

import contextlib
import os
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from channels.paper.binding import bound
from channels.paper.own_process import PressApart
from channels.website import WebsiteChannel
from communique.channel import Message, Pages, TemporaryError
from communique.delivery import State
from communique.send.mail_sink import LocalSink
from tests.daemon_process import wait_until
from tests.ended_children import no_memory_for
from tests.unattended import unattended
from tests.workspaces import START, Town

_PAGE = '<html lang="en"><head><title>A letter</title></head><body><p>Good day</p></body></html>'
_OTHERS = "  more:\n    when: start\n    to: [friends]\n    through: [email]\n"


def no_memory_for_letters(daemon: int) -> AbstractContextManager[list[int]]:
    """What prints is ended."""
    return no_memory_for("channels.paper.own_process", daemon)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_prints_letters_is_ended_and_everything_else_goes_on(town: Town) -> None:
    """No start anew, no letter fails, mails go; once there is memory each letter is printed once."""
    town.settings("channels:\n", "channels:\n  letter: {kind: letter, directory: var/letters}\n")
    town.campaign("through: [email]", "through: [email, letter]")
    town.invite("ana")
    town.invite_by_post("remedios", "tomas")
    with LocalSink() as sink, unattended(town.root) as daemons:
        town.settings("port: 25", f"port: {sink.port}")
        daemon = daemons.start()
        with no_memory_for_letters(daemon.pid) as ended:
            wait_until(lambda: reasons(town).total() == 2, "letters that are put off")
            town.add(_OTHERS)
            wait_until(lambda: len(sink.accepted) == 2, "the mail of another announcement, by the same daemon")
            assert (daemon.poll(), len(ended) >= 2) == (None, True)
        daemon.terminate()
        assert daemon.wait(timeout=60) == 0
        daemons.epoch = time.time() - 180  # the letters' time to try again
        daemons.start()
        wait_until(lambda: states(town)["letter"] == Counter({State.IN_DOUBT: 2}), "two letters to be posted")
    assert len(list((town.root / "var/letters").rglob("letters/*.pdf"))) == 2
    assert set(Counter(mail.data.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in sink.accepted).values()) == {1}


def reasons(town: Town) -> Counter[str]:
    """Why letters wait."""
    return Counter(
        each.delivery.reason
        for each in town.copies()
        if each.delivery.channel == "letter" and "there is not enough memory" in each.delivery.reason
    )


def states(town: Town) -> dict[str, Counter[State]]:
    """Of the copies of `hello`, by channel."""
    found: dict[str, Counter[State]] = {"letter": Counter(), "email": Counter()}
    for each in town.copies():
        found[each.delivery.channel][each.delivery.state] += each.delivery.state is not State.EXCLUDED
    return {channel: +count for channel, count in found.items()}


def test_the_next_letter_has_a_new_press() -> None:
    """The one in it is put off; the system ends it before others. With nothing to do it ends, and nobody is told."""
    with contextlib.closing(PressApart()) as press:
        with no_memory_for_letters(os.getpid()), pytest.raises(TemporaryError, match=r"was ended \(-9\)"):
            press.print(_PAGE, "")
        plain = press.print(_PAGE, "")
        adjusted = Path(f"/proc/{press.pid}/oom_score_adj")
        assert int(adjusted.read_text("ascii")) > int(Path("/proc/self/oom_score_adj").read_text("ascii"))
        begun = press._process._process
        assert begun is not None
        assert begun.stdin is not None
        begun.stdin.close()  # upon which it ends as after a minute: with 0
        begun.wait(timeout=60)
        assert press.print(_PAGE, "") == plain


def test_pages_are_published_though_what_prints_their_pdfs_is_ended(tmp_path: Path) -> None:
    """They say that they are without; the next time they are whole."""
    pages = Pages(files={"index.html": b"<!doctype html>"}, printed={"agenda.pdf": _PAGE})
    message = Message(key="site", reference="site", created_at=START, language="en", content=pages)
    channel = WebsiteChannel(directory=tmp_path / "public")
    with no_memory_for_letters(os.getpid()):
        receipt = channel.send(message, lambda: None)
    assert "without PDFs: what makes PDFs was ended (-9)" in receipt.detail
    assert [each.name for each in (tmp_path / "public").glob("*.html")] == ["index.html"]
    channel.send(message, lambda: None)
    assert (tmp_path / "public" / "agenda.pdf").read_bytes().startswith(b"%PDF")


def test_batches_are_bound_there_too() -> None:
    """Hundreds of letters in one file take as much memory as printing them."""
    with contextlib.closing(PressApart()) as press:
        letters = [press.print(_PAGE, "") for _ in range(3)]
        assert press.bind(letters) == bound(letters)
        with no_memory_for_letters(os.getpid()), pytest.raises(TemporaryError, match=r"was ended \(-9\)"):
            press.bind(letters * 100)
        assert press.bind(letters) == bound(letters)
