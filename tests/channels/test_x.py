"""X, against a stand-in of ours (`x_stand_in.py`)."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from channels.x import XChannel
from communique.channel import (
    Image,
    Measured,
    Message,
    PermanentError,
    Secret,
    TemporaryError,
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
from tests.channels.x_stand_in import XStandIn
from tests.daemon_process import wait_until

SECRETS = ("ck-quetzal", "cs-ocelot", "at-tapir", "as-jaguar")


def channel_to(address: str, timeout: float = 5) -> XChannel:
    """The adapter with invented keys."""
    key, secret, token, token_secret = (Secret(value) for value in SECRETS)
    return XChannel(
        consumer_key=key,
        consumer_secret=secret,
        access_token=token,
        access_token_secret=token_secret,
        base_url=address,
        timeout=timeout,
    )


class TestContract(ChannelContract, RefusalContract, LostAnswerContract, RetractionContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, x: XStandIn, message: Message, with_post: Callable[..., Message]) -> Bench:
        """The adapter and the account."""
        return Bench(
            make=lambda: channel_to(x.address),
            message=message,
            invalid=with_post(text="ñ" * 257),
            complaint="281 of 280",
            accepted=lambda: len(x.posts),
            secrets=SECRETS,
            refuse_for_a_while=lambda: setattr(x, "fault", "rate-limit"),
            refuse_for_good=lambda: setattr(x, "fault", "not-permitted"),
            lose_answer=lambda: setattr(x, "fault", "reset-after"),
        )


def ignore() -> None:
    """A commit that nobody looks at."""


def test_the_post_is_text_and_link(x: XStandIn, message: Message) -> None:
    """The link comes on a line of its own when the text does not have it."""
    receipt = channel_to(x.address).send(message, ignore)
    assert x.posts[0]["written"].splitlines()[-1] == LINK
    assert receipt.reference == x.posts[0]["id"]
    assert receipt.url.endswith(receipt.reference)


def test_an_answer_stands_below_the_post_that_it_is_about(
    x: XStandIn, message: Message, with_post: Callable[..., Message]
) -> None:
    """Where that is gone, X's own words say so."""
    channel = channel_to(x.address)
    first = channel.send(message, ignore)
    answer = with_post(text="Corrección: es el 16 de febrero.")._replace(answers=first.reference)
    channel.send(answer, ignore)
    assert [post["answers"] for post in x.posts] == [first.reference, ""]
    with pytest.raises(PermanentError, match="deleted or not visible"):
        channel.send(with_post(text="Corrección.")._replace(answers="1"), ignore)


def test_a_link_in_the_text_is_not_repeated(x: XStandIn, with_post: Callable[..., Message]) -> None:
    """Officers may place the link themselves."""
    channel_to(x.address).send(with_post(text=f"Lea {LINK}, por favor."), ignore)
    assert x.posts[0]["written"].count(LINK) == 1


def test_a_picture_goes_up_with_its_words_before_the_post(
    x: XStandIn, with_post: Callable[..., Message], picture: Image
) -> None:
    """Uploading reaches nobody, so it comes before the point of no return."""
    before: list[list[str]] = []
    channel_to(x.address).send(with_post(image=picture), lambda: before.append(list(x.requests)))
    assert before == [["POST /2/media/upload", "POST /2/media/metadata"]]
    ((number, kept),) = x.pictures.items()
    assert x.posts[0]["media"] == [number]
    assert kept == {"type": "image/png", "data": picture.data, "alt": picture.alt}


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("rate-limit", TemporaryError, "too many requests"),
        ("no-credit", TemporaryError, "does not have any credits"),
        ("unavailable-before", TemporaryError, "nothing was posted"),
        ("garbage", TemporaryError, "nothing was posted"),
        ("forbidden", UnavailableError, "This account is suspended"),
        ("not-permitted", PermanentError, "not permitted"),
        ("moved", PermanentError, "moved"),
    ],
)
def test_a_picture_that_is_not_taken_leaves_nothing_in_doubt(
    x: XStandIn, with_post: Callable[..., Message], picture: Image, fault: str, kind: type[Exception], words: str
) -> None:
    """Nothing is committed and nothing is out; what may pass is tried again."""
    x.picture_fault = fault
    commits: list[None] = []
    with pytest.raises(kind, match=words):
        channel_to(x.address).send(with_post(image=picture), lambda: commits.append(None))
    assert (commits, x.posts) == ([], [])


def test_a_picture_that_cannot_be_sent_is_tried_again(with_post: Callable[..., Message], picture: Image) -> None:
    """Nothing listens: nothing is out."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    commits: list[None] = []
    with pytest.raises(TemporaryError, match="picture"):
        channel_to(address).send(with_post(image=picture), lambda: commits.append(None))
    assert commits == []


@pytest.mark.parametrize(
    ("changes", "words"), [({"data": b"0" * 5_000_001}, "too large"), ({"alt": "a" * 1001}, "1001 of 1000")]
)
def test_pictures_that_x_refuses_are_refused_before(
    with_post: Callable[..., Message], picture: Image, changes: dict[str, object], words: str
) -> None:
    """The officer hears it while there is time."""
    changed = replace(picture, **changes)  # type: ignore[arg-type]
    (refused,) = XChannel().check(with_post(image=changed))
    assert words in refused


@pytest.mark.parametrize("changes", [{"data": b"0" * 5_000_000}, {"alt": "a" * 1000}])
def test_pictures_that_x_just_takes_are_taken(
    with_post: Callable[..., Message], picture: Image, changes: dict[str, object]
) -> None:
    """What is at the limit is within it."""
    assert XChannel().check(with_post(image=replace(picture, **changes))) == []  # type: ignore[arg-type]


def test_the_words_of_a_picture_cost_a_little(with_post: Callable[..., Message], picture: Image) -> None:
    """X takes half a cent for them."""
    assert XChannel().measure(with_post(image=picture)).price == Decimal("0.205")


def test_a_duplicate_that_is_ours_is_a_receipt(x: XStandIn, message: Message) -> None:
    """The earlier attempt got through: the post is found, not made again."""
    channel = channel_to(x.address)
    first = channel.send(message, ignore)
    assert channel.send(message, ignore).reference == first.reference
    assert len(x.posts) == 1


def test_a_duplicate_that_is_not_ours_is_refused(x: XStandIn, message: Message) -> None:
    """The same words without our link are somebody else's post: the officer must change the wording."""
    x.store(f"{message.content.text}\n{LINK}")["entities"] = {"urls": []}
    with pytest.raises(PermanentError, match=r"duplicate.*social\.txt"):
        channel_to(x.address).send(message, ignore)


def test_a_duplicate_that_cannot_be_looked_up_is_uncertain(x: XStandIn, message: Message) -> None:
    """Neither sent nor failed is claimed while X cannot be asked."""
    channel = channel_to(x.address)
    channel.send(message, ignore)
    x.timeline_fault = 503
    with pytest.raises(UncertainError):
        channel.send(message, ignore)


@pytest.mark.parametrize("fault", ["unavailable-before", "broken", "unavailable-after", "garbage-after"])
def test_a_failing_server_leaves_it_uncertain(x: XStandIn, message: Message, fault: str) -> None:
    """A 5xx does not say whether the post was kept, nor does an answer without a number."""
    x.fault = fault
    with pytest.raises(UncertainError):
        channel_to(x.address).send(message, ignore)


def test_silence_ends(x: XStandIn, message: Message) -> None:
    """By itself tweepy waits for ever; the adapter gives up and does not claim to know."""
    x.fault = "silence"
    with pytest.raises(UncertainError, match="ReadTimeout"):
        channel_to(x.address, timeout=0.2).send(message, ignore)
    wait_until(lambda: len(x.posts) == 1, "the post to be kept")


def test_a_refused_connection_is_temporary(message: Message) -> None:
    """Nothing can have gone out where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(TemporaryError, match="nothing was posted"):
        channel_to(address).send(message, ignore)


def test_a_server_that_does_not_take_the_connection_is_temporary(message: Message) -> None:
    """It is up, and too busy for one more: nothing can have gone out."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):  # who waits before us
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        busy = channel_to(f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.2)
        with pytest.raises(TemporaryError, match="nothing was posted"):
            busy.send(message, ignore)


def test_the_wait_is_counted_by_the_clock_of_x(x: XStandIn, message: Message) -> None:
    """The reset is a moment; the answer's own date makes it a duration."""
    x.fault = "rate-limit"
    with pytest.raises(TemporaryError) as caught:
        channel_to(x.address).send(message, ignore)
    assert caught.value.retry_after == timedelta(minutes=14)


@pytest.mark.parametrize("fault", ["rate-limit-silent", "usage-cap"])
def test_a_rate_limit_without_a_moment_is_one_request(x: XStandIn, message: Message, fault: str) -> None:
    """By itself tweepy would ask again hundreds of times a second."""
    x.fault = fault
    with pytest.raises(TemporaryError) as caught:
        channel_to(x.address).send(message, ignore)
    assert caught.value.retry_after == timedelta(minutes=15)
    assert x.requests == ["POST /2/tweets"]


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("forbidden", UnavailableError, "This account is suspended"),
        ("not-permitted", PermanentError, "not permitted"),
        ("revoked", UnavailableError, "make new keys.*`access_token`.*401"),
        ("read-only", UnavailableError, "whether the app may write.*oauth1 app permissions"),
        ("rate-limit", UnavailableError, "too many requests"),
        ("usage-cap", UnavailableError, "too many requests"),
        ("no-credit", UnavailableError, "does not have any credits"),
        ("spending-cap", UnavailableError, "raise the cap.*SpendCapReached"),
        ("moved", PermanentError, "moved"),
    ],
)
def test_refusals_keep_the_words_of_x(
    x: XStandIn, message: Message, fault: str, kind: type[Exception], words: str
) -> None:
    """An officer reads why, and what to do when it is about the account: then the channel rests at once."""
    x.fault = fault
    with pytest.raises(kind, match=words) as caught:
        channel_to(x.address).send(message, ignore)
    assert x.posts == []
    assert bool(getattr(caught.value, "retry_after", None)) is (kind is UnavailableError)


def test_a_missing_key_is_named_at_first_use(x: XStandIn, message: Message) -> None:
    """A plan can be made without keys; a post cannot, and nothing is committed."""
    channel = XChannel(base_url=x.address)
    bench = Bench(make=lambda: channel, message=message, invalid=message, complaint="", accepted=lambda: 0)
    commit = Commit(bench)
    with pytest.raises(PermanentError, match="consumer_key"):
        channel.send(message, commit)
    assert commit.accepted_before == []


@pytest.mark.parametrize("refusal", ["no-credit", "spending-cap"])
def test_what_cannot_be_paid_is_looked_up_later(x: XStandIn, message: Message, refusal: str) -> None:
    """Reading costs, too: without credit it is not known yet whether the post is out."""
    x.timeline_refusal = refusal
    with pytest.raises(TemporaryError, match="no credit left"):
        channel_to(x.address).lookup(message)


def test_the_account_is_looked_at_without_a_post(x: XStandIn) -> None:
    """Whose it is, and whether the keys may write."""
    assert channel_to(x.address).account() == ("@puertoclaro on X", ())
    x.access = "read"
    assert channel_to(x.address).account() == ("@puertoclaro on X", ("write",))
    assert x.requests == ["GET /2/users/me"] * 2


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        ("revoked", UnavailableError),
        ("forbidden", UnavailableError),
        ("moved", TemporaryError),
        ("broken", TemporaryError),
    ],
)
def test_an_account_that_is_not_let_in_is_named(x: XStandIn, refusal: str, kind: type[Exception]) -> None:
    """In words of X, with what to do."""
    x.timeline_refusal = refusal
    with pytest.raises(kind, match="X"):
        channel_to(x.address).account()


def test_keys_do_not_travel_in_the_clear() -> None:
    """An http address is refused unless it is this machine."""
    with pytest.raises(ValueError, match="https://"):
        XChannel(base_url="http://x.example")


@pytest.mark.parametrize(
    ("text", "link", "length", "price"),
    [
        ("Hola", LINK, 4 + 1 + 23, "0.200"),
        ("Hola", "", 4, "0.015"),
        ("👩‍👩‍👧‍👦 日本", "", 2 + 1 + 4, "0.015"),
    ],
)
def test_it_counts_and_costs_as_x_does(
    with_post: Callable[..., Message], text: str, link: str, length: int, price: str
) -> None:
    """An address counts 23, an emoji 2 whatever it is made of; a link makes a post dearer."""
    channel = XChannel()
    assert isinstance(channel, Measured)
    measure = channel.measure(with_post(text=text, link=link))
    assert (measure.length, measure.limit, measure.price) == (length, 280, Decimal(price))


def test_control_characters_are_refused(with_post: Callable[..., Message]) -> None:
    """X answers 400 to a byte order mark; the officer hears it earlier."""
    assert channel_to("https://x.example").check(with_post(text="Hola\ufeff"))
