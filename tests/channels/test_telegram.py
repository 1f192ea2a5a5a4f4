"""Telegram, against a stand-in of ours (`telegram_stand_in.py`)."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from channels.telegram import TelegramChannel
from communique.channel import (
    ChannelError,
    Image,
    Measured,
    Message,
    PermanentError,
    Removal,
    Secret,
    UnavailableError,
    UncertainError,
)
from tests.channels.conftest import LINK
from tests.channels.contract import (
    Bench,
    ChannelContract,
    Commit,
    LostAnswerContract,
    RefusalContract,
    RetractionContract,
)
from tests.channels.telegram_stand_in import TOKEN, TelegramStandIn


@pytest.fixture
def telegram() -> Iterator[TelegramStandIn]:
    """The channel on the stand-in."""
    with TelegramStandIn() as stand_in:
        yield stand_in


def channel_to(address: str, token: str = TOKEN) -> TelegramChannel:
    """The adapter of a bot."""
    return TelegramChannel(chat="@puertoclaro", token=Secret(token), base_url=address, timeout=60)


class TestContract(ChannelContract, RefusalContract, LostAnswerContract, RetractionContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, telegram: TelegramStandIn, message: Message, with_post: Callable[..., Message]) -> Bench:
        """The adapter and the channel."""
        return Bench(
            make=lambda: channel_to(telegram.address),
            message=message,
            invalid=with_post(text="ñ" * 4096),
            complaint=f"{4096 + 1 + len(LINK)} of 4096",
            accepted=lambda: len(telegram.messages),
            looks_up=False,
            secrets=(TOKEN,),
            refuse_for_a_while=lambda: setattr(telegram, "fault", "flood"),
            refuse_for_good=lambda: setattr(telegram, "fault", "bad-text"),
            lose_answer=lambda: setattr(telegram, "fault", "reset-after"),
        )


def ignore() -> None:
    """A commit that nobody looks at."""


def test_the_message_is_text_and_link(telegram: TelegramStandIn, message: Message) -> None:
    """As it stands, without markup, and with a preview of the linked page."""
    receipt = channel_to(telegram.address).send(message, ignore)
    (kept,) = telegram.messages
    assert kept["text"].splitlines()[-1] == LINK
    assert "parse_mode" not in kept
    assert LINK in kept["link_preview_options"]
    assert (receipt.reference, receipt.url) == ("41", "https://t.me/puertoclaro/41")


def test_the_picture_goes_with_its_caption(
    telegram: TelegramStandIn, with_post: Callable[..., Message], picture: Image
) -> None:
    """One message, with the bytes of the picture; its description can be unfolded, whatever signs stand before it."""
    channel_to(telegram.address).send(with_post(text="Entramos 👩‍👧", image=picture), ignore)
    (kept,) = telegram.messages
    assert kept["photo"] == picture.data
    caption = kept["caption"].encode("utf-16-le")
    (folded,) = json.loads(kept["caption_entities"])
    start, end = folded["offset"] * 2, (folded["offset"] + folded["length"]) * 2
    assert folded["type"] == "expandable_blockquote"
    assert caption[start:end].decode("utf-16-le") == picture.alt
    assert caption[:start].decode("utf-16-le").rstrip().endswith(LINK)


def test_a_picture_leaves_room_for_less(with_post: Callable[..., Message], picture: Image) -> None:
    """A caption has a quarter of the characters, and the officer is told that."""
    channel = channel_to("https://api.telegram.org")
    long = with_post(text="a" * 1024)
    assert channel.check(long) == []
    (refused,) = channel.check(with_post(text="a" * 1024, image=picture))
    assert f"{1027 + len(LINK) + len(picture.alt)} of 1024" in refused
    assert "without a picture" in refused


def test_emoji_count_as_telegram_counts(with_post: Callable[..., Message]) -> None:
    """In UTF-16 units."""
    channel = channel_to("https://api.telegram.org")
    assert isinstance(channel, Measured)
    assert channel.measure(with_post(text="👩‍👧", link="")).length == 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"data": b"0" * 10_000_001}, "too large"),
        ({"width": 9000, "height": 1001}, "9000 × 1001"),
        ({"width": 2100, "height": 100}, "20 times"),
    ],
)
def test_pictures_that_telegram_refuses_are_refused_before(
    with_post: Callable[..., Message], picture: Image, changes: dict[str, object], words: str
) -> None:
    """The officer hears it while there is time."""
    changed = replace(picture, **changes)  # type: ignore[arg-type]
    (refused,) = channel_to("https://api.telegram.org").check(with_post(image=changed))
    assert words in refused


@pytest.mark.parametrize(
    "changes",
    [{"data": b"0" * 10_000_000}, {"width": 9000, "height": 1000}, {"width": 2000, "height": 100}],
)
def test_pictures_that_telegram_just_takes_are_taken(
    with_post: Callable[..., Message], picture: Image, changes: dict[str, object]
) -> None:
    """What is at the limit is within it."""
    changed = replace(picture, **changes)  # type: ignore[arg-type]
    assert channel_to("https://api.telegram.org").check(with_post(image=changed)) == []


def test_a_message_without_words_is_refused_before(with_post: Callable[..., Message]) -> None:
    """Telegram takes none."""
    (refused,) = channel_to("https://api.telegram.org").check(with_post(text=" \n", link=""))
    assert "social.txt is empty" in refused


@pytest.mark.parametrize(("fault", "kind"), [("bad-text", PermanentError), ("forbidden", UnavailableError)])
def test_a_deletion_that_telegram_refuses_is_not_asked_for_again_and_again(
    telegram: TelegramStandIn, message: Message, fault: str, kind: type[ChannelError]
) -> None:
    """A no is a no, of the message or of the account."""
    channel = channel_to(telegram.address)
    receipt = channel.send(message, ignore)
    telegram.fault = fault
    with pytest.raises(kind):
        channel.retract(message._replace(content=Removal(reference=receipt.reference, url="")), ignore)
    assert len(telegram.messages) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("flood", UnavailableError, "too many messages"),
        ("forbidden", UnavailableError, "make the bot an administrator"),
        ("no-rights", UnavailableError, "make the bot an administrator"),
        ("no-chat", UnavailableError, "@puertoclaro"),
        ("upgraded", UnavailableError, "chat: -1009876543210"),
        ("revoked", UnavailableError, "BotFather"),
        ("bad-text", PermanentError, "can't parse entities"),
        ("moved", PermanentError, "base_url"),
        ("down", UncertainError, "may be out"),
        ("down-after", UncertainError, "may be out"),
        ("garbage-after", UncertainError, "may be out"),
        ("numberless-after", UncertainError, "may be out"),
    ],
)
def test_what_telegram_says_to_a_message(
    telegram: TelegramStandIn, message: Message, fault: str, kind: type[ChannelError], words: str
) -> None:
    """A no about the account makes the channel wait; a no about the message ends it; else nobody knows."""
    telegram.fault = fault
    with pytest.raises(kind, match=words):
        channel_to(telegram.address).send(message, ignore)


@pytest.mark.parametrize(("fault", "wait"), [("flood", timedelta(seconds=35)), ("flood-silent", timedelta(minutes=15))])
def test_it_waits_as_long_as_it_is_told(
    telegram: TelegramStandIn, message: Message, fault: str, wait: timedelta
) -> None:
    """Telegram says so in the body of its answer."""
    telegram.fault = fault
    with pytest.raises(UnavailableError) as caught:
        channel_to(telegram.address).send(message, ignore)
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("fault", ["forbidden", "down", "moved", "revoked", "no-chat", "garbage"])
def test_whoever_cannot_be_asked_is_sent_nothing(telegram: TelegramStandIn, message: Message, fault: str) -> None:
    """The chat is asked for first, so that less is left in doubt."""
    telegram.asking = fault
    commits: list[None] = []
    with pytest.raises(ChannelError) as caught:
        channel_to(telegram.address).send(message, lambda: commits.append(None))
    assert not isinstance(caught.value, UncertainError)
    assert (commits, telegram.messages) == ([], [])


def test_a_closed_network_leaves_nothing_in_doubt_and_shows_no_token(message: Message) -> None:
    """The token is part of each address, which errors of connections name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(UnavailableError, match="nothing was posted") as caught:
        channel_to(address).send(message, ignore)
    assert TOKEN not in f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"


def test_a_network_that_closes_before_the_post_leaves_nothing_in_doubt(
    telegram: TelegramStandIn, message: Message
) -> None:
    """The chat could still be asked for, and the message has not left: it is tried again."""
    telegram.hangs_up = True
    with pytest.raises(UnavailableError, match="nothing was posted"):
        channel_to(telegram.address).send(message, telegram.leave)
    assert telegram.messages == []


@pytest.mark.parametrize("chat", ["puertoclaro", "@p", "https://t.me/puertoclaro", "12", "-100"])
def test_a_chat_that_is_none_is_refused(chat: str) -> None:
    """With both forms that there are."""
    with pytest.raises(ValueError, match=r"@puertoclaro, or its number"):
        TelegramChannel(chat=chat)


@pytest.mark.parametrize(
    ("member", "lacks"),
    [
        ({"status": "administrator", "can_post_messages": True}, ()),
        ({"status": "creator"}, ()),
        ({"status": "administrator", "can_post_messages": False}, ("Post Messages",)),
        ({"status": "member"}, ("Post Messages",)),
        ({"status": "left"}, ("Post Messages",)),
    ],
)
def test_doctor_hears_who_it_is_and_what_it_lacks(
    telegram: TelegramStandIn, member: dict[str, object], lacks: tuple[str, ...]
) -> None:
    """Only administrators post in a channel."""
    telegram.member = member
    assert channel_to(telegram.address).account() == ("@puertoclaro_bot in @puertoclaro", lacks)


def test_one_commit_right_before_the_post(telegram: TelegramStandIn, message: Message) -> None:
    """What only asks comes before it."""
    calls: list[list[str]] = []
    channel_to(telegram.address).send(message, lambda: calls.append(list(telegram.calls)))
    assert calls == [["getChat"]]
    assert telegram.calls == ["getChat", "sendMessage"]


def test_an_invalid_token_is_said_before_anything(telegram: TelegramStandIn, message: Message) -> None:
    """With what to do, and without the token."""
    with pytest.raises(UnavailableError, match="BotFather") as caught:
        channel_to(telegram.address, "1:nonsense").send(message, Commit(None))  # type: ignore[arg-type]
    assert "nonsense" not in str(caught.value)


def test_an_answer_names_the_message_that_it_is_about(
    telegram: TelegramStandIn, message: Message, with_post: Callable[..., Message], picture: Image
) -> None:
    """With a picture or without; where that message is gone, Telegram posts it all the same."""
    channel = channel_to(telegram.address)
    first = channel.send(message, lambda: None)
    for each in (message, with_post(image=picture)):
        channel.send(each._replace(answers=first.reference), lambda: None)
    assert [json.loads(kept.get("reply_parameters", "null")) for kept in telegram.messages] == [
        None,
        *[{"message_id": int(first.reference), "allow_sending_without_reply": True}] * 2,
    ]
