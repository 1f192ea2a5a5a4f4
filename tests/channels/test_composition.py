"""The bytes of a mail."""

import email
import email.policy
import os
import re
import subprocess
import sys
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.message import Message as Part
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail import composition
from channels.mail.address import Mailbox, parse_mailbox, wire_address
from channels.mail.composition import compose
from channels.mail.header_guard import faults, verify
from channels.mail.headers import recipient_mailbox
from communique.channel import Attachment, Mail, Message, PermanentError
from tests.channels.mail_messages import CALENDAR_TYPE, INVITATION, INVITED, MAIL, MESSAGE, NEWSLETTER, to, with_mail

SENDER = Mailbox("Gobierno abierto de Puerto Claro", "gobiernoabierto@puertoclaro.example")

#: reliability.md I1, and the two forms of CVE-2024-6923.
INJECTIONS = [
    "a\rBcc: v@evil.example",
    "a\nBcc: v@evil.example",
    "a\r\nBcc: v@evil.example",
    "a\r\n\r\nbody",
    "a\0b",
    "a\x0bb",
    "a\x85Bcc: v@evil.example",
    "a\u2028Bcc: v@evil.example",
    "a\u2029b",
    "a\ud800b",
    "=?utf-8?q?ok=0D=0ABcc:_v=40evil.example?=",
    "=?utf-8?Q?ok=0ABcc:_v=40evil.example?=",
    "=?utf-8?b?b2sNCkJjYzogdkBldmlsLmV4YW1wbGU=?=",
    "=?x-unknown?q?ok=0D=0ABcc:_v=40evil.example?=",
    "a\u202egpj.exe",
    "a\u2066b",
    "n" * 3000,
]


def bytes_of(message: Message, sender: Mailbox = SENDER) -> bytes:
    """The message composed."""
    assert isinstance(message.content, Mail)
    assert message.recipient is not None
    return compose(message, message.content, sender=sender, recipient=recipient_mailbox(message.recipient))


def read(data: bytes) -> EmailMessage:
    """The mail as the standard library's newer reader sees it."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(part: Any) -> str:
    """A text part decoded."""
    return str(part.get_content()).replace("\r\n", "\n")


def shape(part: Part) -> Any:
    """The nesting of a mail, as nested lists of types."""
    kind = part.get_content_type()
    return [kind, *(shape(child) for child in part.iter_parts())] if part.is_multipart() else kind  # type: ignore[attr-defined]


def test_the_headers_are_the_closed_list_in_order() -> None:
    """A personal mail has these headers and no other."""
    assert read(bytes_of(MESSAGE)).keys() == [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted",
        "MIME-Version", "Content-Type",
    ]  # fmt: skip


def test_the_values_read_back_as_they_were_meant() -> None:
    """Names, subject, date and identity survive encoding."""
    mail = read(bytes_of(MESSAGE))
    assert mail["From"].addresses[0].display_name == "Gobierno abierto de Puerto Claro"
    assert (mail["To"].addresses[0].display_name, mail["To"].addresses[0].addr_spec) == (
        "Inés Vidal",
        "ines.vidal@vecinas.example",
    )
    assert mail["Subject"] == "Invitación a la reunión de apertura"
    assert mail["Date"] == "Mon, 18 Jan 2027 11:00:00 +0000"
    assert mail["Message-ID"] == "<accepted-into-ogp.thank-the-promoters.17.es@puertoclaro.example>"
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("es", "auto-generated")


def test_plain_text_comes_before_html() -> None:
    """Alternatives go from plainest to richest, and nothing is nested needlessly."""
    mail = read(bytes_of(MESSAGE))
    assert shape(mail) == ["multipart/alternative", "text/plain", "text/html"]
    assert text_of(mail.get_body(("plain",))) == MAIL.text


def test_an_invitation_is_the_last_alternative_and_a_file_too() -> None:
    """The calendar part carries METHOD and no file name; the same bytes hang beside the text."""
    mail = read(bytes_of(with_mail(attachments=INVITED)))
    alternatives = ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert shape(mail) == ["multipart/mixed", alternatives, "text/calendar"]
    inline, attached = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert inline["Content-Disposition"] is None
    assert dict(inline["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert inline.get_payload(decode=True) == INVITATION == attached.get_payload(decode=True)
    assert attached.get_filename() == "invitación.ics"


def test_a_mail_of_text_alone_has_no_containers() -> None:
    """Without HTML and files the mail is its text."""
    assert shape(read(bytes_of(with_mail(html="")))) == "text/plain"


def test_a_list_says_what_it_is_and_how_to_leave_it() -> None:
    """RFC 2369, 2919 and 8058, with the link on one line."""
    message = MESSAGE._replace(content=replace(NEWSLETTER, list_id="boletin.puertoclaro.example"))
    data = bytes_of(message, Mailbox("Boletín de Puerto Claro", "boletin@puertoclaro.example"))
    mail = read(data)
    assert str(mail["List-Id"]) == "Boletín de Puerto Claro <boletin.puertoclaro.example>"
    assert mail["List-Unsubscribe"] == (f"<{NEWSLETTER.unsubscribe_url}>, <mailto:boletin+leave@puertoclaro.example>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Archive"] == "<https://abierto.puertoclaro.example/es/>"
    assert f"List-Unsubscribe: <{NEWSLETTER.unsubscribe_url}>".encode() in data


def test_styles_move_to_the_elements_and_media_rules_stay() -> None:
    """Mail programs that drop style sheets keep the colour; those that do not, get the dark one."""
    html = text_of(read(bytes_of(MESSAGE)).get_body(("html",)))
    assert '<p style="color: #14508c;">' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_what_says_how_a_page_is_encoded_stands_at_its_beginning() -> None:
    """Whatever `@media` rules there are: who saves the page has a browser that looks at its first 1,024 bytes."""
    rules = "@media print { p { color: black } } " * 40
    head = f'<meta charset="utf-8"><title>a</title><style>{rules}</style>'
    html = composition.inlined(f"<!doctype html><html><head>{head}</head><body><p>b</p></body></html>")

    assert "<meta charset=" in html[:1024]
    assert html.count("@media print") == 40
    assert html.index("@media print") < html.index("</head>")


@pytest.mark.parametrize(
    "body", ["a\n.\nb", "a\r.\r\nb", "a\n.\r\nb", ".\n..", "x" * 5000, "é" * 5000, "السلام " * 900, "السلام\r" * 400]
)
def test_no_body_breaks_the_lines(body: str) -> None:
    """CR LF and nothing else ends a line, none is longer than 76 characters, and the text reads back."""
    data = bytes_of(with_mail(text=body, html=f"<p>{body}</p>", attachments=INVITED))
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    _, _, encoded = data.partition(b"\r\n\r\n")
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
    assert data.isascii()
    plain = read(data).get_body(("plain",))
    assert text_of(plain).rstrip("\n") == body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def test_the_shorter_encoding_is_taken() -> None:
    """Spanish stays readable, Arabic does not treble."""
    assert b"quoted-printable" in bytes_of(with_mail(html=""))
    assert b"base64" in bytes_of(with_mail(html="", text="السلام عليكم ورحمة الله\n" * 20))


def test_the_same_message_gives_the_same_bytes() -> None:
    """Also in another process with another hash seed and another zone of time."""
    message = with_mail(attachments=INVITED)
    program = (
        "import sys; from tests.channels.test_composition import *; "
        "sys.stdout.buffer.write(bytes_of(with_mail(attachments=INVITED)))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "PYTHONPATH": "."},
        capture_output=True,
        check=True,
    )
    assert elsewhere.stdout == bytes_of(message) == bytes_of(message)


@pytest.mark.parametrize("hostile", INJECTIONS)
@pytest.mark.parametrize(
    "made",
    [
        lambda hostile: to(name=hostile),
        lambda hostile: to(address=hostile),
        lambda hostile: to(address=f"{hostile}@vecinas.example"),
        lambda hostile: with_mail(subject=hostile),
        lambda hostile: with_mail(reply_to=hostile),
        lambda hostile: with_mail(list_id=hostile),
        lambda hostile: with_mail(unsubscribe_url=f"https://x.example/{hostile}"),
        lambda hostile: with_mail(unsubscribe_mailto=f"x@{hostile}"),
        lambda hostile: with_mail(archive_url=f"https://x.example/{hostile}>"),
        lambda hostile: with_mail(attachments=(Attachment(filename=hostile, media_type="a/b", data=b""),)),
        lambda hostile: with_mail(attachments=(Attachment(filename="a", media_type=f"a/b{hostile}", data=b""),)),
        lambda hostile: MESSAGE._replace(reference=f"{hostile}@x.example"),
        lambda hostile: MESSAGE._replace(language=hostile),
    ],
)  # fmt: skip
def test_no_field_smuggles_a_header(made: Any, hostile: str) -> None:
    """Whatever stands in whichever field: refused before a byte is sent, in words."""
    with pytest.raises(PermanentError) as caught:
        bytes_of(made(hostile))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("hostile", INJECTIONS[:-1])
def test_the_second_look_does_not_need_the_first(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the first look switched off no other header gets through."""
    monkeypatch.setattr(composition, "header_faults", lambda *_: [])
    expected = read(bytes_of(MESSAGE)).keys()
    for message in (to(name=hostile), with_mail(subject=hostile)):
        try:
            data = bytes_of(message)
        except PermanentError:
            continue
        assert [line.partition(b":")[0].decode() for line in _header_lines(data)] == expected


def _header_lines(data: bytes) -> list[bytes]:
    head, _, _ = data.partition(b"\r\n\r\n")
    return [line for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]


HEADERS = ["From", "To", "Subject"]
FINE = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\ny\r\n"


@pytest.mark.parametrize(
    "data",
    [
        FINE.replace(b"Subject: x", b"Subject: x\r\nBcc: v@evil.example"),
        FINE.replace(b"Subject: x", b"Subject: x\nBcc: v@evil.example"),
        FINE.replace(b"Subject: x", b"Subject: x\r\nSubject: y"),
        FINE.replace(b"Subject: x\r\n", b""),
        FINE.replace(b"Subject: x", b"Subject: x\0"),
        FINE.replace(b"Subject: x", b"Subject: " + b"x" * 1000),
        FINE.replace(b"c@d.example", b"c@d.example, v@evil.example"),
        FINE.replace(b"c@d.example", b"other@d.example"),
        FINE.replace(b"y\r\n", b"y\ry\r\n"),
    ],
)
def test_a_mail_that_says_something_else_is_refused(data: bytes) -> None:
    """One header too many, too few, twice; another recipient; a bare line break: none is sent."""
    verify(FINE, headers=HEADERS, recipient="c@d.example")
    with pytest.raises(PermanentError):
        verify(data, headers=HEADERS, recipient="c@d.example")


def test_a_part_with_a_header_of_its_own_is_refused() -> None:
    """File names cannot add a header to their part either."""
    data = bytes_of(with_mail(attachments=INVITED)).replace(
        b"Content-Disposition: attachment", b"X-Evil: 1\r\nContent-Disposition: attachment"
    )
    with pytest.raises(PermanentError, match="x-evil"):
        verify(data, headers=read(data).keys(), recipient="ines.vidal@vecinas.example")


def test_arabic_marks_are_text_and_overrides_are_not() -> None:
    """The marks that Arabic subjects need pass; what turns a name round does not."""
    assert faults("The subject", "اجتماع OGP\u200f", longest=100) == []
    assert "U+202E (right-to-left override)" in faults("The name", "a\u202eb", longest=100)[0]


_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=_BIDI)
_NAMES = st.text(_LETTERS, min_size=1, max_size=80).map(lambda name: " ".join(name.split()))


@settings(deadline=None)
@given(name=_NAMES.filter(lambda name: name and "=?" not in name))
def test_every_name_reads_back(name: str) -> None:
    """Quotes, commas, backslashes, brackets and every script: the reader sees the name that was given."""
    mail = email.message_from_bytes(bytes_of(to(name=name)))
    shown, address = getaddresses([str(mail["To"]).replace("\r\n", "")])[0]
    assert (str(make_header(decode_header(shown))), address) == (name, "ines.vidal@vecinas.example")


@pytest.mark.parametrize(
    ("given_address", "expected"),
    [
        ("ines@vecinas.example", "ines@vecinas.example"),
        ("Ines+ogp@VECINAS.example", "Ines+ogp@vecinas.example"),
        ("ines@bücher.example", "ines@xn--bcher-kva.example"),
        ("iñés@bücher.example", "iñés@xn--bcher-kva.example"),
    ],
)
def test_addresses_in_wire_form(given_address: str, expected: str) -> None:
    """A domain goes out in A-labels, a local part as it is."""
    assert wire_address(given_address, "the address") == expected


@pytest.mark.parametrize(
    "given_address",
    ["", "a@b", '"a b"@c.example', "a(c)@b.example", "a@b.example, c@d.example", "<a@b.example>", " a@b.example",
     "a@[127.0.0.1]", "x" * 65 + "@c.example", "a@" + "x" * 320 + ".example", "a..b@c.example", "a@-b.example"],
)  # fmt: skip
def test_addresses_that_parsers_disagree_on_are_refused(given_address: str) -> None:
    """What is no plain address is refused, and the words name the field."""
    with pytest.raises(PermanentError, match="The reply address"):
        wire_address(given_address, "The reply address")


def test_a_sender_may_have_a_name() -> None:
    """With or without quotes, as people write it in the settings."""
    expected = Mailbox("Boletín, de Puerto Claro", "b@puertoclaro.example")
    assert parse_mailbox("Boletín, de Puerto Claro <b@puertoclaro.example>", "x") == expected
    assert parse_mailbox('"Boletín, de Puerto Claro" <b@puertoclaro.example>', "x") == expected
    assert parse_mailbox("b@puertoclaro.example", "x") == Mailbox("", "b@puertoclaro.example")


def test_only_an_invitation_can_be_part_of_the_text() -> None:
    """Any other attachment marked as inline is refused, in words."""
    odd = Attachment(filename="a.pdf", media_type="application/pdf", data=b"%PDF", inline=True)
    with pytest.raises(PermanentError, match=r"a\.pdf"):
        bytes_of(with_mail(attachments=(odd,)))


def test_binary_files_arrive_whole() -> None:
    """Bytes are bytes."""
    data = bytes(range(256)) * 40
    mail = read(
        bytes_of(with_mail(attachments=(Attachment(filename="a.bin", media_type="application/x-a", data=data),)))
    )
    assert next(mail.iter_attachments()).get_payload(decode=True) == data
    assert CALENDAR_TYPE.startswith("text/calendar")
