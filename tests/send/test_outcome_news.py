"""What an operator reads of copies that were not taken: once, in a sentence, without what was said of a reader."""

import logging

import pytest

from communique.channel import PermanentError, TemporaryError
from communique.delivery import Delivery, State
from communique.phrase import phrase
from communique.send.outcome_news import OutcomeNews
from tests.channels.recording_smtp import RecordingSmtp
from tests.ticking import Service, tick_of_a_new_daemon
from tests.workspaces import START, Clock, Town


def copy(person: int | None, channel: str = "email") -> Delivery:
    """Of somebody, or of all."""
    return Delivery(
        person or 0, "news", "hello", "once", channel, "en", person, State.SENDING, "", "r", START, START, START, 0
    )


def refused(kind: type[TemporaryError | PermanentError], reply: str) -> TemporaryError | PermanentError:
    """By a mail server, which names the reader."""
    error = kind(f"mx.example.org: {reply}")
    error.reply = reply
    return error


def test_thousands_that_are_put_off_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """By the numbers of the reply; its words name readers."""
    news = OutcomeNews(Clock(START))
    for number in range(1, 1_001):
        news.hear(copy(number), State.SCHEDULED, "-", refused(TemporaryError, f"450 4.2.2 box of ana-{number} full"))
    news.hear(copy(1), State.FAILED, "-", refused(PermanentError, "550 5.1.1 ana is not here"))
    assert caplog.messages == []
    news.tell()
    news.tell()
    assert caplog.messages == [
        f"{what}; `communique log news/hello` has more"
        for what in (
            "1 copy of news/hello through email: refused for good (550 5.1.1)",
            "1000 copies of news/hello through email: put off, to be tried again (450 4.2.2)",
        )
    ]


@pytest.mark.parametrize(
    ("persons", "told"),
    [
        (
            [None],
            "news/hello through email is in doubt: it may have gone out; `communique status` says how to settle it: ",
        ),
        ([1], "1 copy of news/hello through email: in doubt: it may have gone out; "),
        ([1, 2], "2 copies of news/hello through email: in doubt: they may have gone out; "),
    ],
)
def test_one_in_doubt_is_told_of_as_one(persons: list[int | None], told: str, caplog: pytest.LogCaptureFixture) -> None:
    """A post, one of many copies, and several."""
    news = OutcomeNews(Clock(START))
    for person in persons:
        news.hear(copy(person), State.IN_DOUBT, "the sender stopped before the answer came")
    news.tell()
    (line,) = caplog.messages
    assert line.startswith(told)


def test_a_list_that_takes_hours_is_told_of_meanwhile(caplog: pytest.LogCaptureFixture) -> None:
    """Every ten minutes."""
    clock = Clock(START)
    news = OutcomeNews(clock)
    for number in (1, 2):
        why = phrase("the text cannot be made: {error}", error=f"Ana {number} has no facts")
        news.hear(copy(number), State.SCHEDULED, why)
        clock.turn(minutes=10)
    (line,) = caplog.messages
    assert line.startswith("2 copies of news/hello through email: put off, to be tried again (the text cannot be made)")


def test_a_post_that_is_put_off_says_why_and_until_when(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """At once: there is one of it, and it is about nobody."""
    news = OutcomeNews(service.town.clock)
    error = TemporaryError("the server answered 503")
    with caplog.at_level(logging.WARNING):
        news.hear(copy(None, "mastodon"), State.SCHEDULED, str(error), error, START)
    (line,) = caplog.messages
    assert line.startswith("news/hello through mastodon is put off, to be tried again at 20")
    assert line.endswith(": the server answered 503")


def test_the_daemon_says_that_a_mail_is_put_off(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """And nothing of those that were taken."""
    with RecordingSmtp() as server:
        town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}")
        town.invite("ana", "ben", "eva")
        server.refuse("RCPT", "450 4.2.0 come back", times=1)
        tick_of_a_new_daemon(town).close()
    (line,) = [each for each in caplog.messages if " of news/hello through email: " in each]
    assert line.startswith("1 copy of news/hello through email: put off, to be tried again (450 4.2.0)")


def test_a_server_that_is_away_is_told_of_its_channel_alone(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Not of each copy that waits for it."""
    service.sink.stop()
    service.tick()
    assert [each for each in caplog.messages if each.startswith("email cannot be used now, and is tried again: ")]
    assert not [each for each in caplog.messages if " of news/hello through email: " in each]
