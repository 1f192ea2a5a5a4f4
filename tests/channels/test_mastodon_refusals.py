"""What a Mastodon instance may answer besides yes, to a question, a deletion and a post, and what follows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from channels.mastodon import MastodonChannel
from communique.channel import Image, Message, PermanentError, Removal, Secret, TemporaryError, UnavailableError
from tests.channels.mastodon_instance import TOKEN, BreakableLine, MastodonInstance


@pytest.fixture(scope="module", name="server")
def _server() -> Iterator[MastodonInstance]:
    with MastodonInstance() as server:
        assert isinstance(server, MastodonInstance)
        yield server


@pytest.fixture(name="instance")
def _instance(server: MastodonInstance) -> MastodonInstance:
    server.empty()
    return server


def _channel(address: str) -> MastodonChannel:
    return MastodonChannel(instance=address, access_token=Secret(TOKEN), timeout=60)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [({"status": 503}, UnavailableError), ({"status": 422}, PermanentError), ({"status": 404}, None)],
)
def test_a_deletion_is_done_when_the_instance_says_so_or_has_none(
    instance: MastodonInstance, message: Message, fault: dict[str, Any], expected: type[Exception] | None
) -> None:
    """Not when it is busy, nor when it refuses; never in doubt, for asked again it does no harm."""
    channel = _channel(instance.base_url)
    posted = channel.send(message, lambda: None)
    removal = message._replace(content=Removal(reference=posted.reference, url=posted.url))
    instance.fail(f"/api/v1/statuses/{posted.reference}", methods=("DELETE",), **fault)
    if expected is None:
        assert channel.retract(removal, lambda: None).reference == posted.reference
    else:
        with pytest.raises(expected) as raised:
            channel.retract(removal, lambda: None)
        assert type(raised.value) is expected
    assert len(instance.statuses()) == 1
    channel.close()


def test_an_old_instance_tells_its_limits_by_the_old_way(instance: MastodonInstance, message: Message) -> None:
    """`/api/v2/instance` came with Mastodon 4.0."""
    instance.fail("/api/v2/instance/", methods=("GET",), status=404)
    channel = _channel(instance.base_url)
    channel.send(message, lambda: None)
    assert len(instance.statuses()) == 1
    channel.close()


def test_an_instance_that_cannot_be_asked_is_not_posted_to(instance: MastodonInstance, message: Message) -> None:
    """Before the commit: nothing is in doubt, and it is tried again."""
    instance.fail("/api/v2/instance/", methods=("GET",), status=503)
    channel = _channel(instance.base_url)
    with pytest.raises(UnavailableError):
        channel.send(message, lambda: pytest.fail("committed"))
    assert instance.statuses() == []
    channel.close()


def test_an_instance_that_is_gone_at_the_post_has_none(instance: MastodonInstance, message: Message) -> None:
    """Whoever could not connect has posted nothing: it is no doubt."""
    line = BreakableLine(instance.port)
    way = line.open()
    way.__enter__()
    channel = _channel(line.address)
    with pytest.raises(TemporaryError, match="nothing was posted"):
        channel.send(message, lambda: way.__exit__(None, None, None))  # type: ignore[func-returns-value, arg-type]
    assert instance.statuses() == []
    channel.close()


def test_a_picture_that_is_still_worked_on_is_waited_for(
    instance: MastodonInstance, with_post: Callable[..., Message], picture: Image
) -> None:
    """A post that names it would be refused: nothing is committed, and it is tried again."""
    instance.fail("/api/v2/media", status=202, body={"id": "1", "type": "unknown", "url": None})
    channel = _channel(instance.base_url)
    with pytest.raises(TemporaryError, match="still working on the picture"):
        channel.send(with_post(image=picture), lambda: pytest.fail("committed"))
    assert instance.statuses() == []
    channel.close()
