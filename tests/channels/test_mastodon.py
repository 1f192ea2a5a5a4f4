"""Mastodon, against mastodon_mock (another project's server) with its faults."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from channels import mastodon_account
from channels.mastodon import MastodonChannel
from channels.mastodon_limits import Limits
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
from tests.channels.contract import Bench, ChannelContract, LostAnswerContract, RefusalContract, RetractionContract
from tests.channels.mastodon_instance import TOKEN, BreakableLine, MastodonInstance


@pytest.fixture(scope="module")
def server() -> Iterator[MastodonInstance]:
    """One server for this module."""
    with MastodonInstance() as server:
        assert isinstance(server, MastodonInstance)
        yield server


@pytest.fixture
def instance(server: MastodonInstance) -> MastodonInstance:
    """The server with nothing on it."""
    server.empty()
    return server


def channel_to(instance: MastodonInstance, timeout: float = 5) -> MastodonChannel:
    """The adapter for the account `alice`."""
    return MastodonChannel(instance=instance.base_url, access_token=Secret(TOKEN), timeout=timeout)


def ignore() -> None:
    """A commit that nobody looks at."""


class TestContract(ChannelContract, RefusalContract, LostAnswerContract, RetractionContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, instance: MastodonInstance, message: Message, with_post: Callable[..., Message]) -> Iterator[Bench]:
        """The adapter and the account."""
        with BreakableLine(instance.port).open() as line:
            yield Bench(
                make=lambda: MastodonChannel(instance=line.address, access_token=Secret(TOKEN), timeout=60),
                message=message,
                invalid=with_post(text="ñ" * 477),
                complaint="501 of 500",
                accepted=lambda: len(instance.statuses()),
                secrets=(TOKEN,),
                refuse_for_a_while=lambda: instance.fail(type="ratelimit"),
                refuse_for_good=lambda: instance.fail(status=422, body={"error": "No"}),
                lose_answer=lambda: setattr(line, "breaks", True),
            )


def test_the_status_says_its_language_and_link(instance: MastodonInstance, message: Message) -> None:
    """A reader's filter by language works, and the receipt leads to the post."""
    receipt = channel_to(instance).send(message, ignore)
    [status] = instance.statuses()
    assert (status["language"], status["visibility"]) == ("es", "public")
    assert LINK in status["content"]
    assert (receipt.reference, receipt.url) == (status["id"], status["url"])


def test_a_picture_goes_with_its_alternative_text(
    instance: MastodonInstance, with_post: Callable[..., Message], picture: Image
) -> None:
    """Nobody is left out who does not see it."""
    channel_to(instance).send(with_post(image=picture), ignore)
    [status] = instance.statuses()
    assert [media["description"] for media in status["media_attachments"]] == [picture.alt]


def test_an_answer_stands_below_the_status_that_it_is_about(
    instance: MastodonInstance, message: Message, with_post: Callable[..., Message]
) -> None:
    """Who sees the one sees the other."""
    first = channel_to(instance).send(message, ignore)
    answer = with_post(text="Corrección: es el 16 de febrero.")._replace(answers=first.reference)
    channel_to(instance).send(answer, ignore)
    assert [status["in_reply_to_id"] for status in instance.statuses()] == [first.reference, None]


def test_the_same_message_twice_is_one_status(instance: MastodonInstance, message: Message) -> None:
    """The Idempotency-Key really travels: the server gives back the first status."""
    first = channel_to(instance).send(message, ignore)
    assert channel_to(instance).send(message, ignore).reference == first.reference
    assert len(instance.statuses()) == 1


def test_what_fails_before_the_post_is_temporary(
    instance: MastodonInstance, with_post: Callable[..., Message], picture: Image
) -> None:
    """A picture that could not be uploaded costs nothing: no commit, nothing out."""
    commits: list[None] = []
    instance.fail("/api/v2/media", status=503)
    with pytest.raises(TemporaryError):
        channel_to(instance).send(with_post(image=picture), lambda: commits.append(None))
    assert commits == []
    assert instance.statuses() == []


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"type": "malformed"}])
def test_a_failing_server_leaves_it_uncertain(
    instance: MastodonInstance, message: Message, fault: dict[str, Any]
) -> None:
    """Neither a 5xx nor garbage says whether the status was kept."""
    instance.fail(**fault)
    with pytest.raises(UncertainError):
        channel_to(instance).send(message, ignore)


def test_silence_ends(instance: MastodonInstance, message: Message) -> None:
    """The adapter gives up after its own time, not after Mastodon.py's five minutes."""
    instance.fail(type="latency", delay_ms=5000)
    with pytest.raises(UncertainError):
        channel_to(instance, timeout=2).send(message, ignore)


def test_the_wait_is_the_one_the_instance_asks_for(instance: MastodonInstance, message: Message) -> None:
    """Its `Retry-After` reaches the ledger."""
    instance.fail(type="ratelimit")
    with pytest.raises(UnavailableError) as caught:
        channel_to(instance).send(message, ignore)
    assert caught.value.retry_after == timedelta(seconds=300)


def test_a_refusal_keeps_the_words_of_the_instance(instance: MastodonInstance, message: Message) -> None:
    """An officer reads why."""
    refusal = {"status": 422, "body": {"error": "Validation failed: Text is odd"}}
    instance.fail(**refusal)
    with pytest.raises(PermanentError, match="Text is odd"):
        channel_to(instance).send(message, ignore)


def test_a_post_does_not_follow_to_another_address(instance: MastodonInstance, message: Message) -> None:
    """A redirect would turn the post into a reading; the officer is told the new address."""
    moved = {"status": 301, "headers": {"Location": "https://neu.example/api/v1/statuses"}}
    instance.fail(**moved)
    with pytest.raises(PermanentError, match=r"neu\.example"):
        channel_to(instance).send(message, ignore)


def test_a_refused_connection_is_temporary(message: Message) -> None:
    """Nothing can have gone out where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(TemporaryError):
        MastodonChannel(instance=address, access_token=Secret(TOKEN)).send(message, ignore)


def test_a_token_that_is_over_rests_the_channel(instance: MastodonInstance, message: Message) -> None:
    """No post will go until somebody makes a new one: the officer reads where, and what the instance says."""
    channel = MastodonChannel(instance=instance.base_url, access_token=Secret("wrong"))
    with pytest.raises(
        UnavailableError, match=r"new access token at http.*/settings/applications.*`access_token`"
    ) as caught:
        channel.send(message, ignore)
    assert caught.value.retry_after == timedelta(minutes=30)


def test_an_account_that_may_not_post_rests_the_channel(instance: MastodonInstance, message: Message) -> None:
    """Whatever the post says: the token has no scope for it, or the account is limited."""
    instance.fail(status=403, body={"error": "This action is outside the authorized scopes"})
    with pytest.raises(UnavailableError, match="outside the authorized scopes") as caught:
        channel_to(instance).send(message, ignore)
    assert caught.value.retry_after


def test_the_account_is_looked_at_without_a_post(instance: MastodonInstance) -> None:
    """Whose it is; and which scopes are wanting, where the instance says what the token has."""
    name = f"@alice at {instance.base_url}"
    assert channel_to(instance).account() == (name, ())
    told = {"name": "Communiqué", "scopes": ["read", "write:statuses"]}
    instance.fail("/api/v1/apps/verify_credentials", methods=("GET",), status=200, body=told)
    assert channel_to(instance).account() == (name, ("write:media",))
    assert instance.statuses() == []


def test_the_account_of_a_token_that_is_over_is_none(instance: MastodonInstance) -> None:
    """The officer reads what to do."""
    channel = MastodonChannel(instance=instance.base_url, access_token=Secret("wrong"))
    with pytest.raises(UnavailableError, match="new access token"):
        channel.account()


def test_a_missing_key_is_named_at_first_use(instance: MastodonInstance, message: Message) -> None:
    """A plan can be made without keys; a post cannot."""
    with pytest.raises(PermanentError, match="access_token"):
        MastodonChannel(instance=instance.base_url).send(message, ignore)


@pytest.mark.parametrize("address", ["http://social.example", "social.example", "ftp://social.example", ""])
def test_keys_do_not_travel_in_the_clear(address: str) -> None:
    """Only https is accepted, unless it is this machine."""
    with pytest.raises(ValueError, match="instance"):
        MastodonChannel(instance=address)


def test_the_limits_of_the_instance_count(instance: MastodonInstance, with_post: Callable[..., Message]) -> None:
    """Read once before the first post: what was too long by default is then measured by the server's own rule."""
    about = {"configuration": {"statuses": {"max_characters": 100, "characters_reserved_per_url": 30}}}
    channel = channel_to(instance)
    long = with_post(text="a" * 70)
    assert list(channel.check(long)) == []
    instance.fail("/api/v2/instance/", methods=("GET",), status=200, body=about)
    with pytest.raises(PermanentError, match="101 of 100"):
        channel.send(long, ignore)
    assert instance.statuses() == []
    assert channel.measure(long).limit == 100


def test_lookup_passes_over_older_and_other_posts(
    instance: MastodonInstance, message: Message, with_post: Callable[..., Message]
) -> None:
    """Only this very link counts, not a longer one that begins like it."""
    channel = channel_to(instance)
    channel.send(with_post(link=f"{LINK}otra/"), ignore)
    assert channel.lookup(message) is None


def test_what_lies_behind_more_posts_than_are_looked_through_is_not_known(
    instance: MastodonInstance, message: Message, with_post: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it was not found is no proof that it is not there: it is not sent again for that."""
    monkeypatch.setattr(mastodon_account, "PAGES", 1)
    monkeypatch.setattr(mastodon_account, "PAGE", 2)
    channel = channel_to(instance)
    channel.send(message, ignore)
    for number in range(3):
        channel.send(with_post(text=f"Otra cosa {number}", link=f"{LINK}{number}/"), ignore)
    with pytest.raises(TemporaryError, match="cannot all be looked through"):
        channel.lookup(message)


def test_a_lookup_that_fails_says_so(instance: MastodonInstance, message: Message) -> None:
    """None is an answer; no answer is an error."""
    instance.fail("/api/v1/accounts/*/statuses", methods=("GET",), status=503)
    with pytest.raises(TemporaryError):
        channel_to(instance).lookup(message)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Hola", 4),
        (f"Hola {LINK}", 5 + 23),
        ("@alice@mastodon.example hola", 6 + 5),
        ("👩‍👩‍👧‍👦", 1),
        ("e\u0301", 1),
    ],
)
def test_it_counts_as_mastodon_does(text: str, length: int) -> None:
    """Graphemes, 23 for an address however long, a mention without its server."""
    assert Limits().count(text) == length


def test_it_is_measured() -> None:
    """The plan can show how much room is left."""
    assert isinstance(MastodonChannel(instance="https://social.example"), Measured)
