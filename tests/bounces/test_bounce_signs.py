"""By what a returned mail, an answer of a program, a challenge and a complaint are known, each sign by itself."""

import pytest

from communique.bounces.reading import read_report
from communique.bounces.report import Kind
from communique.bounces.tags import tag_of
from communique.channel import Secret
from tests.returned_reports import sent_back

REFERENCE = "0123456789abcdef0123456789abcdef@open.littleton.example.org"
TAG = tag_of(17, REFERENCE, Secret("key"))
REFUSED = "550 5.1.1 <ana@example.org>: user unknown"


def kind_of(*headers: str, body: str = "Hello.") -> Kind:
    """Of a mail with these headers."""
    return read_report("\n".join(("From: Ana <ana@example.org>", *headers, "", body, "")).encode()).kind


@pytest.mark.parametrize("sign", ["X-Failed-Recipients: ana@example.org", "X-MS-Exchange-Message-Is-Ndr:"])
def test_a_mail_system_is_known_by_its_headers_whatever_it_is_called(sign: str) -> None:
    """What it sends by itself is then no answer of a program for somebody."""
    answers = "Auto-Submitted: auto-replied"
    assert kind_of(answers, sign, body=REFUSED) is Kind.FAILED
    assert kind_of(answers, body=REFUSED) is Kind.AUTO_REPLY


def test_a_program_that_answers_with_a_bounce_in_its_mail_is_no_mail_system() -> None:
    """It says by its header what it is."""
    qmail = "Hi. This is the qmail-send program at x.example.\n\n<ana@example.org>:\nSorry, no mailbox here. (#5.1.1)\n"
    assert kind_of("Subject: Re: Hello", body=qmail) is Kind.FAILED
    assert kind_of("Subject: Re: Hello", "Auto-Submitted: auto-replied", body=qmail) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("sign", "kind"),
    [
        ("Auto-Submitted: no", Kind.OTHER),
        ("Auto-Submitted: auto-generated", Kind.AUTO_REPLY),
        ("Precedence: auto_reply", Kind.AUTO_REPLY),
        ("Precedence: bulk", Kind.OTHER),
        ("X-Autoreply: yes", Kind.AUTO_REPLY),
        ("Content-Type: message/disposition-notification", Kind.AUTO_REPLY),
        ("X-TMDA-Fingerprint: abc", Kind.CHALLENGE),
        ("X-HmXmrOriginalRecipient: ana@example.org", Kind.OTHER),  # of a mail in a complaint, and not of the complaint
    ],
)
def test_each_sign_by_itself(sign: str, kind: Kind) -> None:
    """Nothing else in the mail says what it is."""
    assert kind_of(sign) is kind


@pytest.mark.parametrize("kind", ["text/plain", "text/rfc822-headers", "message/global-headers"])
def test_whose_mail_it_was_is_found_in_what_is_quoted(kind: str) -> None:
    """Where a report came to another address, and has only the headers of the mail, or its text."""
    report = read_report(
        (
            "From: MAILER-DAEMON@x.example\nTo: postmaster@x.example\nMessage-ID: <own@x.example>\n"
            "X-Other: <somebody-else@x.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
            f"--b\n\n{REFUSED}\n\n--b\nContent-Type: {kind}\n\n"
            f"Return-Path: <bounces+{TAG}@littleton.example.org>\nMessage-ID: <{REFERENCE}>\n\n--b--\n"
        ).encode()
    )
    assert (report.tags[0], report.references) == (TAG, (REFERENCE,))


def test_what_the_refusing_server_said_counts_before_what_is_said_to_people() -> None:
    """Of a report with a part for programs."""
    mail = sent_back("postfix-unknown-user", tag=TAG, reference=REFERENCE)
    human, mark, rest = mail.partition(b"Content-Type: message/delivery-status")
    assert mark
    said = read_report(human.replace(b"550 5.1.1", b"554 5.7.1 spam") + mark + rest)
    assert said.words.startswith("550 5.1.1")
