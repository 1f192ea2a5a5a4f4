"""Codes and words of a notification, where servers write few of them, or several that disagree."""

from base64 import b32decode, b32encode

import pytest

from communique.bounces.complaints import feedback
from communique.bounces.delivery_status import DeliveryStatus, delivery_status
from communique.bounces.mail_parts import parse
from communique.bounces.report import Kind
from communique.bounces.tags import read_tag, tag_of
from communique.bounces.verdicts import Verdict, is_temporary, judge, status_in
from communique.channel import Secret


def notice(*parts: str, kind: str = "message/delivery-status") -> DeliveryStatus | None:
    """What a report with these parts for programs says."""
    body = "".join(f"--b\nContent-Type: {kind}\n\n{part}\n" for part in parts)
    whole = f"Content-Type: multipart/report; boundary=b\n\n--b\n\nSorry.\n{body}--b--\n"
    return delivery_status(parse(whole.encode()))


_ABOUT = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\n"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        (
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 no such user",
            "5.1.1",
            "550 5.1.1 no such user",
        ),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 450 4.2.0 later", "5.0.0", "450 4.2.0 later"),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; no", "5.0.0", "no"),
        ("Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 550 5.1.1 no", "5.2.2", "550 5.1.1 no"),
        ("Action: failed\nDiagnostic-Code: smtp; 550 5.1.1 no", "5.1.1", "550 5.1.1 no"),
        ("Action: failed\nStatus: 5.5.0", "5.5.0", ""),
        ("Action: failed", "", ""),
        ("Status: 5.1.1", "5.1.1", ""),
        ("Action: strange\nStatus: 5.1.1", "5.1.1", ""),
        ("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: no such user; go away", "5.1.1", "no such user; go away"),
        ("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: nobody", "5.1.1", "nobody"),
    ],
)
def test_the_code_that_says_most_and_the_words_without_their_protocol(fields: str, status: str, words: str) -> None:
    """Of a vague code, that in the words of the same class; where no action is named, the class of the code says it."""
    found = notice(_ABOUT + fields)
    assert found is not None
    assert (found.kind, found.status, found.words) == (Kind.FAILED, status, words)


def test_only_the_part_for_programs_is_read_as_one() -> None:
    """In a text it is somebody's quotation; and a part that says nothing hides none behind it."""
    assert notice(f"{_ABOUT}Action: failed\nStatus: 5.1.1", kind="text/plain") is None
    assert notice("Reporting-MTA: dns; mx.example") is None
    found = notice("Reporting-MTA: dns; mx.example", f"{_ABOUT}Action: failed\nStatus: 5.1.1")
    assert found is not None
    assert found.status == "5.1.1"


@pytest.mark.parametrize(
    ("status", "words", "about_address", "verdict"),
    [
        ("5.1.2", "553 5.1.2 we know no such place", False, Verdict.HARD),
        ("5.1.2", "550 5.1.2 Host or domain name not found", False, Verdict.SOFT),
        ("5.3.2", "550 5.3.2 no such user here", True, Verdict.SOFT),
        ("5.0.0", "550 5.0.0 no", True, Verdict.SOFT),
    ],
)
def test_what_is_said_of_a_domain_or_vaguely_takes_nobody_off(
    status: str, words: str, verdict: Verdict, *, about_address: bool
) -> None:
    """A domain that is not found may be a name server that is away; a vague 550 is none of a mailbox."""
    assert judge(status, words, about_address=about_address) is verdict


@pytest.mark.parametrize(
    ("words", "status"), [("550 5.0.0 no", "5.0.0"), ("550 5.0.0 no, 5.1.1 nobody", "5.1.1"), ("550 no", "")]
)
def test_a_vague_code_is_better_than_none(words: str, status: str) -> None:
    """And worse than any other."""
    assert status_in(words) == status


def test_the_first_reply_code_says_whether_it_passes() -> None:
    """Not one that stands behind it."""
    assert is_temporary("452 4.2.2 full")
    assert not is_temporary("550 5.1.1 nobody; see error 452")
    assert not is_temporary("nothing")


@pytest.mark.parametrize(
    ("fields", "words", "is_complaint"),
    [
        ("Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0", "feedback report (abuse) by SomeGenerator/1.0", True),
        ("Feedback-Type: abuse\nReporting-MTA: dns; mx.example", "feedback report (abuse) by dns; mx.example", True),
        ("Feedback-Type: abuse (spam button)", "feedback report (abuse)", True),
        ("Feedback-Type: not-spam", "feedback report (not-spam)", False),
        ("Version: 1", "feedback report (without a type)", False),
    ],
)
def test_a_feedback_report_says_of_whom_and_of_what_kind(fields: str, words: str, *, is_complaint: bool) -> None:
    """Only a complaint costs a reader their place: some providers also report what was no spam."""
    whole = (
        f"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n{fields}\n--b--\n"
    )
    found = feedback(parse(whole.encode()))
    assert found is not None
    assert (found.words, found.is_complaint) == (words, is_complaint)


def test_a_tag_has_one_spelling() -> None:
    """The same number with a nought before it, or with a sign that a decoder leaves out, is none of ours."""
    tag = tag_of(17, "reference", Secret("key"))
    raw = b32decode(tag.upper() + "=" * (-len(tag) % 8))
    longer = b32encode(raw[:-1] + b"\0" + raw[-1:]).decode().rstrip("=").lower()  # the number begins with a nought
    assert read_tag(tag) is not None
    assert [read_tag(each) for each in (f"{tag}=", longer)] == [None, None]
