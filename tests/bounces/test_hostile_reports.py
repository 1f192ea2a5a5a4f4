"""What comes back to the return path and is made, or was broken on its way, so that its reader fails."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from communique.bounces.reading import read_report
from communique.bounces.report import Kind
from communique.language.escaping import in_line
from tests.returned_reports import CORPUS

_CALENDAR = b"Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"
_AMAZON = b"From: no-reply@sns.amazonaws.com\nContent-Type: text/plain\n\n"
_SEEDS = list(CORPUS.values())


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_no_bytes_at_all_make_the_reader_raise(data: bytes) -> None:
    """Whatever arrives is something, if only for a person to see."""
    assert read_report(data).kind in set(Kind)


@given(st.integers(0, 2**32))
@example(32192)  # a charset with a NUL in its name
@example(4358294)  # words that end in a space that does not break, which stays
@settings(max_examples=300, deadline=None)
def test_no_mangled_report_makes_it_raise(seed: int) -> None:
    """Pieces cut out, doubled, exchanged with another's, bits flipped."""
    drawn = random.Random(seed)
    data = bytearray(drawn.choice(_SEEDS))
    for _ in range(drawn.randrange(1, 8)):
        start = drawn.randrange(len(data) + 1)
        end = min(len(data), start + drawn.choice((1, 3, 40, 400)))
        other = drawn.choice(_SEEDS)
        at = drawn.randrange(len(other))
        piece = drawn.choice(
            (b"", data[start:end] * 2, other[at : at + 300], drawn.randbytes(8), b"\x00", b"\n--", b"=")
        )
        data[start:end] = piece
    report = read_report(bytes(data))
    assert in_line(report.words) == report.words.strip(" ")  # no control character reaches a log or a terminal
    report.words.encode(), report.subject.encode()  # a database takes it


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 5000,
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(3000)),
        b"Content-Type: message/rfc822\n\n" * 5000,
        b"Content-Type: multipart/report; boundary=a\n\n--a\nContent-Type: message/delivery-status\n\n"
        + b"\n" * 500_000,
        b"From: MAILER-DAEMON@a.example\nSubject: Undelivered\n\n" + b"<" * 300_000,
        b"From: MAILER-DAEMON@a.example\nSubject: " + b"=?utf-8?Q?a?= " * 30_000 + b"\n\n",
        b"Subject: =?utf-8?B?QQ?=\nFrom: =?utf-8?B?QUJDR?=\n\n",
        b"Subject: a\n" * 30_000 + b"\n",
        b"From: MAILER-DAEMON@a.example\nContent-Type: text/plain; charset=punycode\n\n" + b"a-b" * 100_000,
        b"From: MAILER-DAEMON@a.example\n\n" + b"a" * 300_000 + b"@",
        b"From: MAILER-DAEMON@a.example\n\n" + b"aaaaaaaaaaaaaaaaaaaa+" * 20_000 + b"@",
        b"From: MAILER-DAEMON@a.example\n\n" + b"Message-ID: " * 30_000,
        b"\xff\xfe\x00" * 100_000,
        b"From: MAILER-DAEMON@a.example\nContent-Type: text/plain; charset=utf\x00-8\n\n\xff not delivered\n",
        _CALENDAR + b"BEGIN:VEVENT\n" * 2500 + b"END:VEVENT\n" * 2500,
        _CALENDAR + b"BEGIN:VEVENT\nUID:a@b\nSEQUENCE:" + b"9" * 60_000 + b"\nEND:VEVENT\nEND:VCALENDAR\n",
        _CALENDAR + b"BEGIN:VEVENT\nUID:a@b\nDTSTAMP:00010101T000000Z\nEND:VEVENT\nEND:VCALENDAR\n",
        _AMAZON + b'{"Message": "' + b"[" * 60_000 + b'"}',
        _AMAZON + b"[" * 60_000,
        _AMAZON + b'{"notificationType": ' + b"9" * 60_000 + b"}",
        _AMAZON
        + b'{"notificationType": "Bounce", "mail": {"headers": [{"name": 1}, 2]}, "bounce": {"bouncedRecipients": {}}}',
    ],
    ids=lambda data: f"{data[:30]!r}",
)
def test_what_is_made_to_choke_a_reader_does_not(data: bytes) -> None:
    """Nested without end, long without line ends, slow to decode."""
    assert read_report(data).kind in set(Kind)
