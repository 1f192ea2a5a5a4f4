"""X is asked for a post of ours: only that very post is its receipt, and no answer is no answer."""

import socket
from collections.abc import Callable

import pytest

from channels import x_account
from communique.channel import Message, TemporaryError, UnavailableError
from tests.channels.conftest import LINK
from tests.channels.test_x import channel_to, ignore
from tests.channels.x_stand_in import XStandIn


def test_posts_before_the_message_are_not_its_receipt(x: XStandIn, message: Message) -> None:
    """Last year's post may point to the same page."""
    x.store(f"Antes {LINK}")["created_at"] = "2025-11-20T09:00:00Z"
    assert channel_to(x.address).lookup(message) is None


@pytest.mark.parametrize("link", [f"{LINK}2", "https://open.example.org/", ""])
def test_a_post_that_points_elsewhere_is_not_its_receipt(x: XStandIn, message: Message, link: str) -> None:
    """The account has posted something else meanwhile, with another link or with none."""
    x.store(f"Otra cosa {link}")
    assert channel_to(x.address).lookup(message) is None


def test_a_post_without_a_link_is_never_taken_for_another_one(x: XStandIn, with_post: Callable[..., Message]) -> None:
    """Nothing tells which it is: a person decides."""
    x.store("Hola")["entities"] = {"urls": [{"url": "https://t.co/x"}]}
    assert channel_to(x.address).lookup(with_post(text="Hola", link="")) is None


def test_lookup_turns_the_pages(x: XStandIn, message: Message) -> None:
    """A busy account may have posted a lot since."""
    channel = channel_to(x.address)
    receipt = channel.send(message, ignore)
    for number in range(7):
        x.store(f"Otra cosa {number}")
    x.page_size = 3
    assert channel.lookup(message) is not None
    assert channel.lookup(message).reference == receipt.reference  # type: ignore[union-attr]


def test_what_lies_behind_more_posts_than_are_looked_through_is_not_known(x: XStandIn, message: Message) -> None:
    """That it was not found is no proof that it is not there: it is not sent again for that."""
    channel = channel_to(x.address)
    channel.send(message, ignore)
    for number in range(3 * x_account.PAGES):
        x.store(f"Otra cosa {number}")
    x.page_size = 3
    with pytest.raises(TemporaryError, match="cannot all be looked through"):
        channel.lookup(message)


@pytest.mark.parametrize(("status", "kind"), [(503, TemporaryError), (429, UnavailableError), (401, UnavailableError)])
def test_a_lookup_that_fails_says_so(x: XStandIn, message: Message, status: int, kind: type[Exception]) -> None:
    """None is an answer; no answer is an error."""
    x.timeline_fault = status
    with pytest.raises(kind):
        channel_to(x.address).lookup(message)


def test_who_cannot_be_asked_has_not_answered(message: Message) -> None:
    """Without a connection, neither that the post is not there, nor whose account it is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = channel_to(f"http://127.0.0.1:{probe.getsockname()[1]}")
    with pytest.raises(TemporaryError, match="could not be reached to look for the post"):
        away.lookup(message)
    with pytest.raises(TemporaryError, match="could not be reached"):
        away.account()


def test_an_answer_about_something_else_is_none(x: XStandIn, message: Message) -> None:
    """A page of whoever stands between us and X, with a status that says all is well."""
    x.timeline_fault = 200
    with pytest.raises(TemporaryError, match="not with the posts of the account"):
        channel_to(x.address).lookup(message)
    with pytest.raises(TemporaryError, match="not with the name of an account"):
        channel_to(x.address).account()
