"""What stands between a town and a network: the post is out, and the answer is not the network's; or the reverse.

Against mastodon_mock and the official server of Bluesky, and the stand-ins for X and Telegram, each behind something
that answers in its own words.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from channels.bluesky import BlueskyChannel
from channels.mastodon import MastodonChannel
from channels.telegram import TelegramChannel
from channels.x import XChannel
from communique.channel import (
    Channel,
    InDoubt,
    Message,
    PermanentError,
    Receipt,
    Secret,
    TemporaryError,
    UncertainError,
)
from tests.channels import mastodon_instance, telegram_stand_in
from tests.channels.bluesky_account import PASSWORD, BlueskyAccount
from tests.channels.in_between import InBetween, answer, json_answer
from tests.channels.mastodon_instance import MastodonInstance
from tests.channels.telegram_stand_in import TelegramStandIn
from tests.channels.x_stand_in import XStandIn

_KEY = Secret("quetzal")
#: Who is asked something before a post.
_ASKING = ("mastodon", pytest.param("bluesky", marks=pytest.mark.counterpart), "telegram")


@dataclass(frozen=True)
class Network:
    """An adapter whose requests go through what stands in between."""

    channel: Channel
    front: InBetween
    posting: str  #: the path that posts
    asking: str  #: a path that is asked before each post; empty when there is none
    posts: Callable[[], int]  #: how many the network has


@pytest.fixture(scope="module", name="instance")
def _instance() -> Iterator[MastodonInstance]:
    with MastodonInstance() as server:
        assert isinstance(server, MastodonInstance)
        yield server


@pytest.fixture(
    name="network",
    params=[*_ASKING, "x"],
)
def _network(request: pytest.FixtureRequest) -> Iterator[Network]:
    with ExitStack() as stack:
        made = globals()[f"_{request.param}"](request, stack)
        stack.callback(made.channel.close)
        yield made


def _mastodon(request: pytest.FixtureRequest, stack: ExitStack) -> Network:
    instance = request.getfixturevalue("instance")
    instance.empty()
    front = stack.enter_context(InBetween(instance.base_url).open())
    token = Secret(mastodon_instance.TOKEN)
    channel = MastodonChannel(instance=front.address, access_token=token, timeout=20)
    return Network(channel, front, "/api/v1/statuses", "/api/v2/instance/", lambda: len(instance.statuses()))


def _bluesky(request: pytest.FixtureRequest, stack: ExitStack) -> Network:
    account: BlueskyAccount = request.getfixturevalue("bluesky_account")
    front = stack.enter_context(InBetween(account.server).open())
    channel = BlueskyChannel(service=front.address, handle=account.handle, app_password=Secret(PASSWORD), timeout=20)
    calls = "/xrpc/com.atproto"
    asking = f"{calls}.server.getSession"
    return Network(channel, front, f"{calls}.repo.putRecord", asking, lambda: len(account.posts()))


def _x(_request: pytest.FixtureRequest, stack: ExitStack) -> Network:
    account = stack.enter_context(XStandIn())
    front = stack.enter_context(InBetween(account.address).open())
    keys = {"consumer_key": _KEY, "consumer_secret": _KEY, "access_token": _KEY, "access_token_secret": _KEY}
    return Network(
        XChannel(**keys, base_url=front.address, timeout=20), front, "/2/tweets", "", lambda: len(account.posts)
    )


def _telegram(_request: pytest.FixtureRequest, stack: ExitStack) -> Network:
    chat = stack.enter_context(TelegramStandIn())
    front = stack.enter_context(InBetween(chat.address).open())
    token = telegram_stand_in.TOKEN
    channel = TelegramChannel(chat="@puertoclaro", token=Secret(token), base_url=front.address, timeout=20)
    return Network(channel, front, f"/bot{token}/sendMessage", f"/bot{token}/getChat", lambda: len(chat.messages))


_PAGE = b"<html><title>Please wait</title></html>"
#: What is said in place of the network's answer by something that does not know what became of the post.
_UNKNOWN = {
    "cut": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n" + b'{"id": "1", "te',
    "cut chunk": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
    "cut head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "nothing": b"",
    "no answer of HTTP": b"\x15\x03\x01\x00\x02\x02\x16",
    "request time-out": answer("408 Request Timeout", _PAGE),
    "bad gateway": answer("502 Bad Gateway", _PAGE),
    "gateway time-out": answer("504 Gateway Timeout", _PAGE),
    "content network's own": answer("520 Web Server Returned an Unknown Error", _PAGE),
    "content network's time-out": answer("524 A Timeout Occurred", _PAGE),
    "a list that is an error": json_answer("502 Bad Gateway", b"[]"),
    "an error without words": json_answer("502 Bad Gateway", b'{"errors": null, "error": null}'),
    "a page": answer("200 OK", _PAGE),
    "no words": answer("200 OK"),
    "broken JSON": json_answer("200 OK", b'{"id": "1", "te'),
    "JSON of nothing": json_answer("200 OK", b"null"),
    "JSON of something else": json_answer("200 OK", b'{"status": "fine"}'),
    "a list": json_answer("200 OK", b"[]"),
}


@pytest.mark.parametrize("said", _UNKNOWN)
def test_a_post_whose_answer_is_not_the_networks_is_in_doubt_and_found(
    network: Network, message: Message, said: str
) -> None:
    """Neither sent, for nobody has said so, nor refused; where the network can be asked, it has the post, once."""
    network.front.spoil(network.posting, _UNKNOWN[said])
    with pytest.raises(UncertainError):
        network.channel.send(message, lambda: None)
    assert network.posts() == 1
    if network.channel.in_doubt is not InDoubt.STRICT or isinstance(network.channel, XChannel):
        assert isinstance(network.channel.lookup(message), Receipt)


@pytest.mark.parametrize("network", _ASKING, indirect=True)
@pytest.mark.parametrize(
    "said",
    [each for each in _UNKNOWN if each not in {"a page", "no words"} and not each.startswith(("JSON", "a list"))],
)
def test_before_the_post_the_same_is_tried_again(network: Network, message: Message, said: str) -> None:
    """A network that could not be asked has refused nothing: the announcement is not lost over it."""
    network.front.spoil(network.asking, _UNKNOWN[said], passed_on=False)
    with pytest.raises(TemporaryError):
        network.channel.send(message, lambda: pytest.fail("committed"))
    assert network.posts() == 0
    assert isinstance(network.channel.send(message, lambda: None), Receipt)
    assert network.posts() == 1


@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
def test_a_post_follows_nobody(network: Network, message: Message, status: str) -> None:
    """Neither its words nor the key go to another address, and what stands there is no answer to it."""
    with InBetween(network.front.address).open() as elsewhere:
        where = f"Location: {elsewhere.address}/elsewhere"
        elsewhere.spoil("/elsewhere", json_answer("200 OK", b'{"id": "1", "ok": true, "uri": "at://a/b/c"}'))
        network.front.spoil(network.posting, answer(status, b"", where), passed_on=False)
        with pytest.raises(PermanentError):
            network.channel.send(message, lambda: None)
        assert elsewhere.asked == []
    assert network.posts() == 0


def test_an_answer_without_an_end_is_left_before_it_fills_the_memory(network: Network, message: Message) -> None:
    """However fast it comes: the post may be out, and whoever sends has other things to do."""
    begun = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    network.front.spoil(network.posting, begun, endless=True)
    with pytest.raises(UncertainError):
        network.channel.send(message, lambda: None)
    assert network.front.passed < 64 * 1024 * 1024
    assert network.posts() == 1


@pytest.mark.parametrize("network", ["mastodon"], indirect=True)
@pytest.mark.parametrize("reset", ["soon", "", "-1", "2026-13-41T00:00:00Z"])
def test_a_post_that_was_taken_is_no_limit_reached(network: Network, message: Message, reset: str) -> None:
    """Whatever the instance says of its limits: who tries again where no key is remembered posts twice."""
    taken = json_answer("200 OK", b'{"id": "41", "url": "https://a.example/41"}', f"X-RateLimit-Reset: {reset}")
    network.front.spoil(network.posting, taken)
    assert network.channel.send(message, lambda: None).reference == "41"
    assert network.posts() == 1
