"""Bluesky, against the official server (`tests/counterparts`)."""

import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from atproto import Session

from channels.bluesky import BlueskyChannel
from channels.bluesky_record import graphemes, record, record_key
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
from tests.channels.bluesky_account import PASSWORD, BlueskyAccount, running_server
from tests.channels.conftest import LINK
from tests.channels.contract import Bench, ChannelContract, LostAnswerContract, RefusalContract, RetractionContract

PUT = "/xrpc/com.atproto.repo.putRecord"


def channel_to(account: BlueskyAccount, server: str = "", **settings: object) -> BlueskyChannel:
    """The adapter for an account."""
    password = Secret(PASSWORD)
    return BlueskyChannel(
        service=server or account.server,
        handle=account.handle,
        app_password=password,
        **settings,  # type: ignore[arg-type]
    )


def ignore() -> None:
    """A commit that nobody looks at."""


class FaultyFront:
    """Stands before the server and passes requests on; the next one to write a record can be spoilt.

    `lose`: passed on, the answer is dropped. `silence`: passed on, no answer. A number: not passed on, this status.
    """

    def __init__(self, server: str) -> None:
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                front.pass_on(self)

            def do_POST(self) -> None:
                front.pass_on(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._target = server
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.fault: str | int = ""
        self.paths: list[str] = []
        self.over = Event()

    @contextmanager
    def open(self) -> Iterator["FaultyFront"]:
        """Pass on until the end."""
        Thread(target=self._server.serve_forever, args=(0.01,)).start()
        try:
            yield self
        finally:
            self.over.set()
            self._server.shutdown()
            self._server.server_close()

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """Pass one request on, or spoil it."""
        self.paths.append(request.path.partition("?")[0])
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        fault, self.fault = (self.fault, "") if request.path == PUT else ("", self.fault)
        if isinstance(fault, int):
            self._answer(request, fault, b'{"error":"Trouble","message":"So it is"}')
            return
        headers = {k: v for k, v in request.headers.items() if k.lower() in {"authorization", "content-type"}}
        answer = httpx.request(request.command, self._target + request.path, content=body, headers=headers)
        if fault == "silence":
            self.over.wait(20)
        if fault:
            request.close_connection = True
            return
        self._answer(request, answer.status_code, answer.content)

    def _answer(self, request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def front(bluesky_server: str) -> Iterator[FaultyFront]:
    """The official server behind a line that can break."""
    with FaultyFront(bluesky_server).open() as front:
        yield front


@pytest.mark.counterpart
class TestContract(ChannelContract, RefusalContract, LostAnswerContract, RetractionContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(
        self, bluesky_account: BlueskyAccount, front: FaultyFront, message: Message, with_post: Callable[..., Message]
    ) -> Bench:
        """The adapter and the account."""
        return Bench(
            make=lambda: channel_to(bluesky_account, front.address),
            message=message,
            invalid=with_post(text="ñ" * 300),
            complaint="of 300 characters",
            accepted=lambda: len(bluesky_account.posts()),
            secrets=(PASSWORD,),
            refuse_for_a_while=lambda: setattr(front, "fault", 429),
            refuse_for_good=lambda: setattr(front, "fault", 400),
            lose_answer=lambda: setattr(front, "fault", "lose"),
        )


@pytest.mark.counterpart
class TestOnTheOfficialServer:
    """What only the real server can tell."""

    def test_links_and_tags_can_be_clicked(self, bluesky_account: BlueskyAccount, message: Message) -> None:
        """Facets point to bytes, which accents shift; the server has accepted them as valid."""
        channel = channel_to(bluesky_account)
        receipt = channel.send(message, ignore)
        [post] = bluesky_account.posts()
        text = post["value"]["text"].encode()
        marked = {text[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in post["value"]["facets"]}
        assert marked == {LINK, "#OGPLocal"}
        assert post["uri"] == receipt.reference
        assert post["value"]["langs"] == ["es"]
        assert post["value"]["createdAt"] == "2026-11-20T09:00:00.123Z"
        channel.close()

    def test_the_card_carries_the_headline(self, bluesky_account: BlueskyAccount, message: Message) -> None:
        """A link without a card is a bare address to the reader."""
        channel = channel_to(bluesky_account)
        channel.send(message, ignore)
        [post] = bluesky_account.posts()
        card = post["value"]["embed"]["external"]
        assert (card["uri"], card["title"]) == (LINK, "Puerto Claro entra en la OGP")
        channel.close()

    def test_a_picture_goes_with_its_alternative_text(
        self, bluesky_account: BlueskyAccount, with_post: Callable[..., Message], picture: Image
    ) -> None:
        """Nobody is left out who does not see it; the link stays in the text, and can be clicked."""
        channel = channel_to(bluesky_account)
        channel.send(with_post(image=picture), ignore)
        [post] = bluesky_account.posts()
        [shown] = post["value"]["embed"]["images"]
        assert (shown["alt"], shown["image"]["mimeType"]) == (picture.alt, "image/png")
        assert shown["aspectRatio"] == {"width": 2, "height": 2}
        assert shown["image"]["size"] == len(picture.data)
        assert post["value"]["text"].endswith(LINK)
        assert post["value"]["facets"]
        channel.close()

    def test_a_drawn_picture_leads_to_the_page(
        self, bluesky_account: BlueskyAccount, with_post: Callable[..., Message], picture: Image
    ) -> None:
        """It says what the card says in words, and so it is shown there: a click opens the page."""
        channel = channel_to(bluesky_account)
        channel.send(with_post(image=replace(picture, drawn=True)), ignore)
        [post] = bluesky_account.posts()
        card = post["value"]["embed"]["external"]
        assert (card["uri"], card["title"], bool(card["description"])) == (LINK, "Puerto Claro entra en la OGP", True)
        assert (card["thumb"]["mimeType"], card["thumb"]["size"]) == ("image/png", len(picture.data))
        channel.send(with_post(image=replace(picture, drawn=True)), ignore)
        assert bluesky_account.posts() == [post]
        channel.close()

    def test_written_again_it_is_one_post(
        self, bluesky_account: BlueskyAccount, with_post: Callable[..., Message], picture: Image
    ) -> None:
        """The policy for what is in doubt is to write again: same record, same key, same content id."""
        channel = channel_to(bluesky_account)
        message = with_post(image=picture)
        first = channel.send(message, ignore)
        before = bluesky_account.posts()
        assert channel.send(message, ignore).reference == first.reference
        assert bluesky_account.posts() == before
        channel.close()

    def test_an_answer_names_the_record_that_it_is_about(
        self, bluesky_account: BlueskyAccount, message: Message, with_post: Callable[..., Message]
    ) -> None:
        """By address and content id; where that is gone, it stands by itself."""
        channel = channel_to(bluesky_account)
        first = channel.send(message, ignore)
        [posted] = bluesky_account.posts()
        for key, about in (("answer", first.reference), ("other", f"{first.reference[:-1]}x")):
            answer = with_post(text="Corrección: es el 16 de febrero.")._replace(key=key, answers=about)
            channel.send(answer, ignore)
        replies = [post["value"].get("reply") for post in bluesky_account.posts() if post["uri"] != first.reference]
        strong = {"uri": first.reference, "cid": posted["cid"]}
        assert sorted(replies, key=bool) == [None, {"root": strong, "parent": strong}]
        channel.close()

    def test_what_was_said_is_not_changed(
        self, bluesky_account: BlueskyAccount, message: Message, with_post: Callable[..., Message]
    ) -> None:
        """Another text under the same key is refused, where Bluesky would silently edit."""
        channel = channel_to(bluesky_account)
        channel.send(message, ignore)
        before = bluesky_account.posts()
        with pytest.raises(PermanentError, match="left as it is"):
            channel.send(with_post(text="Otra cosa"), ignore)
        assert bluesky_account.posts() == before
        channel.close()

    def test_it_signs_in_once(
        self, bluesky_account: BlueskyAccount, front: FaultyFront, message: Message, tmp_path: Path
    ) -> None:
        """Signing in is rationed; the session is kept over closing, and in a file over a restart."""
        file = tmp_path / "new" / "session"
        for _ in range(2):
            channel = channel_to(bluesky_account, front.address, session_file=file)
            for _ in range(2):
                channel.send(message, ignore)
                channel.close()
        assert front.paths.count("/xrpc/com.atproto.server.createSession") == 1
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    @pytest.mark.parametrize("spoilt", ["", "not a session", "a:::b:::c:::d"])
    def test_a_spoilt_session_file_does_no_harm(
        self, bluesky_account: BlueskyAccount, message: Message, tmp_path: Path, spoilt: str
    ) -> None:
        """It signs in anew."""
        file = tmp_path / "session"
        file.write_text(spoilt)
        channel = channel_to(bluesky_account, session_file=file)
        channel.send(message, ignore)
        assert Session.decode(file.read_text()).did == bluesky_account.did
        channel.close()

    def test_a_session_that_is_over_is_renewed_before_the_commit(
        self, bluesky_account: BlueskyAccount, front: FaultyFront, message: Message, tmp_path: Path
    ) -> None:
        """The server answers 400 InvalidToken; the session is renewed by its other half, without signing in."""
        file = tmp_path / "session"
        first = channel_to(bluesky_account, front.address, session_file=file)
        assert first.lookup(message) is None
        first.close()
        session = Session.decode(file.read_text())
        head, payload, _ = session.access_jwt.split(".")
        session.access_jwt = f"{head}.{payload}.{'A' * 43}"
        file.write_text(session.encode())
        front.paths.clear()
        channel = channel_to(bluesky_account, front.address, session_file=file)
        seen: list[list[str]] = []
        channel.send(message, lambda: seen.append(list(front.paths)))
        [before_commit] = seen
        assert "/xrpc/com.atproto.server.refreshSession" in before_commit
        assert "/xrpc/com.atproto.server.createSession" not in front.paths
        assert front.paths[len(before_commit) :] == [PUT]
        channel.close()

    def test_a_password_that_is_over_rests_the_channel(self, bluesky_account: BlueskyAccount, message: Message) -> None:
        """No post will go until somebody makes a new one."""
        channel = BlueskyChannel(
            service=bluesky_account.server, handle=bluesky_account.handle, app_password=Secret("wrong")
        )
        with pytest.raises(UnavailableError, match=r"new app password.*`app_password`.*Invalid") as caught:
            channel.send(message, ignore)
        assert caught.value.retry_after
        channel.close()

    def test_the_account_is_looked_at_without_a_post(self, bluesky_account: BlueskyAccount) -> None:
        """Whose it is."""
        channel = channel_to(bluesky_account)
        assert channel.account() == (f"@{bluesky_account.handle} on Bluesky", ())
        assert bluesky_account.posts() == []
        channel.close()

    def test_a_missing_password_is_named_at_first_use(self, bluesky_account: BlueskyAccount, message: Message) -> None:
        """A plan can be made without it; a post cannot."""
        channel = BlueskyChannel(service=bluesky_account.server, handle=bluesky_account.handle)
        with pytest.raises(PermanentError, match="app_password"):
            channel.send(message, ignore)
        channel.close()

    @pytest.mark.parametrize("fault", ["silence", 500, 503])
    def test_no_answer_leaves_it_uncertain(
        self, bluesky_account: BlueskyAccount, front: FaultyFront, message: Message, fault: str | int
    ) -> None:
        """Neither silence nor a 5xx says whether the record was kept."""
        # What comes before it is answered, and may take its time.
        channel = channel_to(bluesky_account, front.address, timeout=3 if fault == "silence" else 60)
        assert channel.lookup(message) is None
        front.fault = fault
        with pytest.raises(UncertainError):
            channel.send(message, ignore)
        channel.close()

    def test_the_length_the_server_allows_is_the_length_we_allow(
        self, bluesky_account: BlueskyAccount, with_post: Callable[..., Message]
    ) -> None:
        """300 graphemes pass, with emoji of many code points among them."""
        channel = channel_to(bluesky_account)
        message = with_post(text="👩‍👩‍👧‍👦" * 100 + "ñ" * 200, link="")
        assert list(channel.check(message)) == []
        channel.send(message, ignore)
        assert len(bluesky_account.posts()) == 1
        channel.close()

    def test_the_real_rate_limit_says_how_long(self, message: Message) -> None:
        """The official server's own ration of 30 sign-ins in 5 minutes reaches the ledger as a wait."""
        with running_server(RATE_LIMITS="1") as server:
            account = BlueskyAccount.new(server, "rationed.test")
            for _ in range(30):
                channel = channel_to(account)
                channel.lookup(message)
                channel.close()
            channel = channel_to(account)
            with pytest.raises(TemporaryError) as caught:
                channel.lookup(message)
            channel.close()
        assert caught.value.retry_after is not None
        assert timedelta() < caught.value.retry_after <= timedelta(minutes=5)


def test_a_refused_connection_is_temporary(message: Message) -> None:
    """Nothing can have gone out where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    channel = BlueskyChannel(service=address, handle="a.test", app_password=Secret(PASSWORD))
    with pytest.raises(TemporaryError):
        channel.send(message, ignore)
    channel.close()


def test_keys_of_one_instant_differ(message: Message) -> None:
    """All posts of an announcement are made in one instant; ten bits alone would let two of them share a key."""
    keys = {record_key(_keyed(message, f"c/a/once/bluesky/all/{number}")) for number in range(5000)}
    assert len(keys) == 5000
    assert all(len(key) == 13 and key[0] in "234567abcdefghij" for key in keys)


def _keyed(message: Message, key: str) -> Message:
    return Message(
        key=key,
        reference=message.reference,
        created_at=message.created_at,
        language=message.language,
        content=message.content,
    )


def test_the_record_is_the_same_on_every_attempt(message: Message) -> None:
    """Nothing in it depends on when it is written."""
    assert record(message) == record(message)
    assert record_key(message) == record_key(message)


@pytest.mark.parametrize(("text", "length"), [("Hola", 4), ("👩‍👩‍👧‍👦", 1), ("e\u0301", 1), ("🇪🇸🇵🇹", 2)])
def test_it_counts_graphemes(text: str, length: int) -> None:
    """What a reader sees as one sign counts as one."""
    assert graphemes(text) == length


def test_bytes_count_too(with_post: Callable[..., Message]) -> None:
    """300 family emoji are 300 graphemes and too many bytes."""
    channel = BlueskyChannel(handle="a.test")
    assert isinstance(channel, Measured)
    assert ["bytes" in words for words in channel.check(with_post(text="👩‍👩‍👧‍👦" * 250, link=""))] == [True]
    assert channel.measure(with_post(text="Hola", link="")).length == 4


def test_a_picture_too_large_is_named(with_post: Callable[..., Message]) -> None:
    """Before anything is sent."""
    image = Image(data=b"0" * 1_000_001, media_type="image/png", alt="", width=1, height=1)
    assert "picture" in "".join(BlueskyChannel(handle="a.test").check(with_post(image=image)))
