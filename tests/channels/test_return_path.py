"""The return path of each mail."""

import pytest

from channels.email import EmailChannel
from channels.mail.return_path import return_path
from communique.bounces.tags import tag_of
from communique.channel import Message, PermanentError, Secret
from tests.channels.mail_messages import MESSAGE
from tests.channels.recording_smtp import RecordingSmtp


def tagged(tag: str) -> Message:
    """A mail of one delivery."""
    return MESSAGE._replace(return_tag=tag)


def test_each_mail_has_its_own() -> None:
    """With its tag where the settings say; the mail itself is not changed."""
    tag = tag_of(2**31 - 1, "a@example.org", Secret("key"))
    with RecordingSmtp() as server:
        channel = EmailChannel(
            host=server.host,
            port=server.port,
            tls="none",
            sender="open@littleton.example.org",
            envelope_sender="bounces+{tag}@littleton.example.org",
        )
        channel.send(tagged(tag), lambda: None)
        channel.send(tagged(""), lambda: None)
        channel.close()
    assert [mail.envelope_from for mail in server.accepted] == [
        f"bounces+{tag}@littleton.example.org",
        "bounces+untagged@littleton.example.org",  # an alert
    ]
    assert tag.encode() not in server.accepted[0].data


@pytest.mark.parametrize(
    "given",
    [
        "{tag}",
        "bounces@{tag}.example.org",
        "{tag}{tag}@example.org",
        "bounces{tag}@example.org",
        "{tag}x@example.org",
        "a+{tag}@@example.org",
        "a+{tag}@",
        "a b+{tag}@example.org",
        "x" * 36 + "+{tag}@example.org",  # 66 octets with a tag; RFC 5321 4.5.3.1.1 allows 64
        "bounces+{Tag}@example.org ",
        "bounces+{tag}@example.org\r\nRCPT TO:<eve@example.org>",
    ],
)
def test_what_would_be_no_address_is_refused(given: str) -> None:
    """When the settings are read, and not at the first mail."""
    with pytest.raises(PermanentError, match="envelope_sender"):
        return_path(given)


def test_the_longest_that_fits_is_taken() -> None:
    """64 octets before the @."""
    path = return_path("x" * 34 + "+{tag}@example.org")
    assert len(path.of(tagged("a" * 29)).partition("@")[0]) == 64


def test_the_domain_is_the_same_with_or_without_a_tag() -> None:
    """`communique doctor` asks the DNS for it."""
    assert return_path("bounces+{tag}@Bounces.Example.org").domain == "bounces.example.org"
    assert return_path("bounces@Bounces.Example.org").domain == "bounces.example.org"
