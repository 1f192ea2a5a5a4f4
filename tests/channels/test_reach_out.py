"""A mail server examined without a mail: what `communique doctor` says of it."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.email import EmailChannel
from communique.channel import Secret
from communique.doctor.finding import Finding, Level
from communique.doctor.server_checks import relays
from tests.channels.certificates import Authority
from tests.channels.recording_smtp import RecordingSmtp

NOW = datetime.now(UTC)


def _channel(smtp: RecordingSmtp, **settings: object) -> EmailChannel:
    return EmailChannel(
        **{"host": "127.0.0.1", "port": smtp.port, "sender": "a@town.example", "tls": "none", **settings}
    )


def relay(channel: EmailChannel, now: datetime) -> Finding:
    """What is found of the one server."""
    (found,) = relays({"email": channel}, now)
    return found


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_is_logged_in_at_and_left_without_a_mail(authority: Authority, tls: str) -> None:
    """Encrypted, with the day its certificate ends."""
    context = authority.context_for("127.0.0.1")
    with RecordingSmtp(
        starttls=context if tls == "starttls" else None,
        implicit_tls=context if tls == "implicit" else None,
        logins={"city": "hunter2-hunter2"},
    ) as smtp:
        login = {"username": "city", "password": Secret("hunter2-hunter2")}
        channel = _channel(smtp, tls=tls, ca_file=str(authority.file), **login)
        found = relay(channel, NOW)
        assert found.level is Level.OK
        assert "TLSv1.3, logged in, certificate until 20" in found.found
        assert smtp.accepted == []
        assert not any(command.startswith("MAIL") for command in smtp.commands)
        ends = channel.reach_out().certificate_ends
        assert ends is not None
        assert relay(channel, ends - timedelta(days=13)).level is Level.WARNING


def test_a_wrong_password_is_told_and_not_shown(authority: Authority) -> None:
    """Neither the right one nor the one that was tried."""
    context = authority.context_for("127.0.0.1")
    with RecordingSmtp(starttls=context, logins={"city": "right-password"}) as smtp:
        smtp.refuse("AUTH", "535 5.7.8 wrong-password is wrong")
        login = {"username": "city", "password": Secret("wrong-password")}
        found = relay(_channel(smtp, tls="starttls", ca_file=str(authority.file), **login), NOW)
    assert found.level is Level.PROBLEM
    assert "refused the login" in found.found
    assert "password" not in found.found.replace("the password", "")


def test_an_expired_certificate_and_a_closed_port_are_problems(authority: Authority) -> None:
    """In the words of sending."""
    with RecordingSmtp(starttls=authority.context_for("127.0.0.1", expired=True)) as smtp:
        channel = _channel(smtp, tls="starttls", ca_file=str(authority.file))
        assert "could not be trusted" in relay(channel, NOW).found
    assert "could not be reached" in relay(channel, NOW).found


def test_a_relay_in_clear_is_said_to_be_so(smtp: RecordingSmtp) -> None:
    """Which is right for one on this machine."""
    found = relay(_channel(smtp), NOW)
    assert found.level is Level.OK
    assert "in clear" in found.found
