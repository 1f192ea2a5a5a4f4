"""The e-mail channel."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest

from channels.email import EmailChannel
from communique.channel import (
    Attachment,
    Form,
    InDoubt,
    Message,
    PermanentError,
    Post,
    Reach,
    Receipt,
    Secret,
    UncertainError,
)
from tests.channels.contract import Bench, ChannelContract, LostAnswerContract, RefusalContract
from tests.channels.mail_messages import INVITED, MAIL, MESSAGE, to, with_mail
from tests.channels.recording_smtp import RecordingSmtp

SENDER = "Gobierno abierto <gobiernoabierto@puertoclaro.example>"


@pytest.fixture
def smtp() -> Iterator[RecordingSmtp]:
    """A mail server on this machine that asks for a login."""
    with RecordingSmtp(logins={"city": "hunter2-hunter2"}) as server:
        yield server


def channel_at(smtp: RecordingSmtp, **settings: Any) -> EmailChannel:
    """The channel as the settings of a small town would make it."""
    return EmailChannel(host=smtp.host, port=smtp.port, sender=SENDER, tls="none", **settings)


class TestContract(ChannelContract, RefusalContract, LostAnswerContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, smtp: RecordingSmtp) -> Bench:
        """The channel and its server."""
        return Bench(
            make=lambda: channel_at(smtp, username="city", password=Secret("hunter2-hunter2")),
            message=MESSAGE,
            invalid=to(address="ines at vecinas"),
            complaint="The recipient's address is 'ines at vecinas'",
            accepted=lambda: len(smtp.accepted),
            looks_up=False,
            secrets=("hunter2",),
            refuse_for_a_while=lambda: smtp.refuse("RCPT", "450 4.2.0 Greylisted", times=1),
            refuse_for_good=lambda: smtp.refuse("RCPT", "550 5.1.1 No such user", times=1),
            lose_answer=lambda: smtp.lose_answer(times=1),
        )


def test_what_kind_of_channel_it_is() -> None:
    """One mail to one person; in doubt it may be sent once more, under the same Message-ID."""
    assert (EmailChannel.reach, EmailChannel.form) == (Reach.EACH, Form.MAIL)
    assert (EmailChannel.in_doubt, EmailChannel.local) == (InDoubt.RESEND, False)


def test_a_mail_reaches_the_server_whole(smtp: RecordingSmtp) -> None:
    """Envelope, login, receipt and bytes."""
    channel = channel_at(smtp, username="city", password=Secret("hunter2-hunter2"))
    receipt = channel.send(with_mail(attachments=INVITED), lambda: None)
    channel.close()
    assert smtp.accepted[0][:2] == ("gobiernoabierto@puertoclaro.example", ("ines.vidal@vecinas.example",))
    assert b"Message-ID: <accepted-into-ogp.thank-the-promoters.17.es@puertoclaro.example>" in (
        smtp.accepted[0].data.replace(b"\r\n ", b" ")
    )
    assert smtp.logged_in == ["city"]
    assert receipt == Receipt(reference="00000001", detail="250 2.0.0 Ok: queued as 00000001")


def test_readers_see_the_name_in_their_language(smtp: RecordingSmtp) -> None:
    """Of one address; who reads a language that has none sees the first."""
    names = {"es": "Boletín <news@town.example>", "en": "Newsletter <news@town.example>"}
    channel = EmailChannel(host=smtp.host, port=smtp.port, sender=names, tls="none")
    for language in ("en", "es", "fr"):
        channel.send(MESSAGE._replace(key=f"{MESSAGE.key}/{language}", language=language), lambda: None)
    channel.close()
    shown = [message_from_bytes(each.data, policy=policy.default)["From"] for each in smtp.accepted]
    assert list(map(str, shown)) == [names["en"], names["es"], names["es"]]


def test_a_second_attempt_has_the_same_identity(smtp: RecordingSmtp) -> None:
    """What is sent once more after doubt is, byte for byte, the first copy: mail programs can merge the two."""
    smtp.lose_answer(times=1)
    channel = channel_at(smtp)
    with pytest.raises(UncertainError):
        channel.send(MESSAGE, lambda: None)
    assert channel.lookup(MESSAGE) is None
    channel.send(MESSAGE, lambda: None)
    channel.close()
    first, second = smtp.accepted
    assert first == second


def test_one_bad_address_stops_nobody_else(smtp: RecordingSmtp) -> None:
    """The one fails for good, the others go over the same connection."""
    channel = channel_at(smtp)
    for number in range(20):
        if number == 7:
            with pytest.raises(PermanentError):
                channel.send(to(address="a..b@vecinas.example"), lambda: None)
        channel.send(to(address=f"vecina{number}@vecinas.example"), lambda: None)
    channel.close()
    assert (len(smtp.accepted), smtp.connections) == (20, 1)


def test_returned_mail_may_go_elsewhere(smtp: RecordingSmtp) -> None:
    """The envelope's sender is a setting of its own, and never changes what readers see."""
    channel = channel_at(smtp, envelope_sender="bounces@puertoclaro.example", helo_name="city.puertoclaro.example")
    channel.send(MESSAGE, lambda: None)
    channel.close()
    assert smtp.accepted[0].envelope_from == "bounces@puertoclaro.example"
    assert b'From: "Gobierno abierto" <gobiernoabierto@puertoclaro.example>' in smtp.accepted[0].data
    assert smtp.commands[0] == "EHLO city.puertoclaro.example"


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (to(address="ines@vecinas"), "The recipient's address is 'ines@vecinas'"),
        (to(name="Inés\r\nBcc: v@evil.example"), "U+000A"),
        (with_mail(subject="=?utf-8?q?x?="), "The subject contains “=?”"),
        (with_mail(subject=" "), "The subject is empty"),
        (with_mail(text=" \n"), "no plain text"),
        (with_mail(html="<p>" + "x" * 102_000), "Gmail cuts a mail off at 102,000"),
        (with_mail(reply_to="nobody"), "The address for answers is 'nobody'"),
        (with_mail(unsubscribe_url="http://x.example/"), "The unsubscribe link is"),
        (MESSAGE._replace(recipient=None), "found one to everyone"),
        (MESSAGE._replace(content=Post(text="", link="", headline="", summary="")), "found Post"),
    ],
)
def test_check_finds(message: Message, complaint: str) -> None:
    """Each fault an officer can mend is named before anything is sent."""
    channel = EmailChannel(host="mail.puertoclaro.example", sender=SENDER)
    assert complaint in "\n".join(channel.check(message))


def test_check_names_every_fault_at_once() -> None:
    """Two faults, two sentences."""
    channel = EmailChannel(host="mail.puertoclaro.example", sender=SENDER)
    assert len(channel.check(with_mail(subject="", text=""))) == 2


def test_check_composes() -> None:
    """What only shows when the mail is put together shows in the check as well."""
    odd = (Attachment(filename="a.ics", media_type="text/calendar", data=b"\xff\xfe", inline=True),)
    channel = EmailChannel(host="mail.puertoclaro.example", sender=SENDER)
    assert "cannot be put together" in channel.check(with_mail(attachments=odd))[0]
    assert channel.check(MESSAGE._replace(content=replace(MAIL, html=""))) == []


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"host": "mail server"}, "`host` is 'mail server'"),
        ({"port": 0}, "`port` is 0"),
        ({"tls": "ssl"}, "`tls` is 'ssl'; expected one of none, starttls, implicit"),
        ({"sender": "Puerto Claro"}, "`sender` is 'Puerto Claro'"),
        ({"sender": "=?utf-8?q?x=0D=0AX:_y?= <a@b.example>"}, "The name in `sender` contains “=?”"),
        ({"sender": "a\r\nBcc: v@evil.example <a@b.example>"}, "U+000A"),
        ({"sender": {"es": "a@b.example", "en": "c@b.example"}}, "expected one, with its name in each language"),
        ({"sender": {}}, "has the addresses -"),
        ({"envelope_sender": "bounces"}, "`envelope_sender` is 'bounces'"),
        ({"helo_name": "city\r\nMAIL FROM:<a@b>"}, "`helo_name` is"),
        ({"username": "city", "password": Secret("x"), "tls": "none"}, "would show the password"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any], complaint: str) -> None:
    """The constructor says which setting, what it expected and what it found."""
    with pytest.raises(ValueError, match=r"expected|Expected|contains|password") as caught:
        EmailChannel(**{"host": "mail.puertoclaro.example", "sender": SENDER, **settings})
    assert complaint in str(caught.value)


def test_a_password_may_cross_this_machine_in_clear() -> None:
    """A relay beside us needs no certificate."""
    for host in ("localhost", "127.0.0.1", "::1"):
        EmailChannel(host=host, sender=SENDER, tls="none", username="city", password=Secret("x"))


def test_check_survives_what_is_no_text() -> None:
    """Half a character in the HTML is named, not thrown."""
    channel = EmailChannel(host="mail.puertoclaro.example", sender=SENDER)
    assert "HTML" in channel.check(with_mail(html="<p>\ud800</p>"))[0]
