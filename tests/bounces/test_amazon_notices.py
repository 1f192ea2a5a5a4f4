"""What Amazon SES says of a mail in JSON: each kind and each gap in it leads to what its words mean, and to no more."""

import json
from typing import Any

import pytest

from communique.bounces.reading import read_report
from communique.bounces.report import Kind, Report

OURS = "0123456789abcdef@open.littleton.example.org"


def notice(said: Any) -> Report:
    """A mail with it, as SNS sends it, read."""
    head = "From: AWS Notifications <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message\n\n"
    return read_report(f"{head}{json.dumps(said)}\n\n--\nPlease do not reply directly to this email.\n".encode())


def bounce(kind: str, detail: str, *recipients: dict[str, str]) -> dict[str, Any]:
    """A mail could not be delivered to these."""
    about = {"bounceType": kind, "bounceSubType": detail, "bouncedRecipients": recipients}
    return {"notificationType": "Bounce", "bounce": about}


GONE = {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 nobody here"}


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        (bounce("Permanent", "General", GONE), "5.1.1", "550 5.1.1 nobody here"),
        (bounce("Permanent", "General", {}, GONE), "5.1.1", "550 5.1.1 nobody here"),
        (bounce("Permanent", "Suppressed"), "5.1.1", "Amazon SES: Permanent, Suppressed"),
        (bounce("Permanent", "Suppressed", {"status": "5.7.1"}), "5.7.1", "Amazon SES: Permanent, Suppressed"),
        (bounce("Permanent", "General"), "", "Amazon SES: Permanent, General"),
        (bounce("Transient", "General", GONE), "4.0.0", "550 5.1.1 nobody here"),
        (bounce("Transient", "MailboxFull", {"status": "4.2.2"}), "4.2.2", "Amazon SES: Transient, MailboxFull"),
        (bounce("Undetermined", "Undetermined", {"status": "5.0.0"}), "5.0.0", "Amazon SES: Undetermined, "),
    ],
)
def test_a_bounce_has_the_code_that_its_address_deserves(said: Any, status: str, words: str) -> None:
    """The first one that is given; nobody is given up for what Amazon itself calls passing."""
    report = notice(said)
    assert (report.kind, report.status) == (Kind.FAILED, status)
    assert report.words.startswith(words)


@pytest.mark.parametrize("key", ["notificationType", "eventType"])
@pytest.mark.parametrize(
    ("complaint", "kind", "words"),
    [
        ({"complaintFeedbackType": "abuse"}, Kind.COMPLAINT, "feedback report (abuse) by Amazon SES"),
        ({"complaintFeedbackType": "not-spam"}, Kind.OTHER, "feedback report (not-spam) by Amazon SES"),
        ({}, Kind.COMPLAINT, "feedback report (without a type) by Amazon SES"),
        ({"complaintFeedbackType": None}, Kind.COMPLAINT, "feedback report (without a type) by Amazon SES"),
    ],
)
def test_who_takes_a_complaint_back_does_not_complain(key: str, complaint: Any, kind: Kind, words: str) -> None:
    """Under either name that Amazon has for what a notice is."""
    report = notice({key: "Complaint", "complaint": complaint})
    assert (report.kind, report.words) == (kind, words)


@pytest.mark.parametrize(("said", "kind"), [("Delivery", Kind.DELIVERED), ("DeliveryDelay", Kind.DELAYED)])
def test_a_mail_that_arrives_or_waits_is_no_bounce(said: str, kind: Kind) -> None:
    """Whatever else stands in the notice."""
    assert notice({"eventType": said, "bounce": {"bouncedRecipients": [GONE]}}).kind is kind


def test_it_is_about_the_mail_with_our_message_id() -> None:
    """Not the one that Amazon gives it, nor what stands in other headers."""
    headers = [{"name": "X-Other", "value": "<other@x.example>"}, {"name": "Message-Id", "value": f"<{OURS}>"}]
    mail = {"messageId": "<amazons@x.example>", "headers": headers}
    assert notice({**bounce("Permanent", "General", GONE), "mail": mail}).references == (OURS,)
    short = {"commonHeaders": {"messageId": f"<{OURS}>"}}
    assert notice({**bounce("Permanent", "General", GONE), "mail": short}).references == (OURS,)


@pytest.mark.parametrize(
    "said",
    [[1], 3, "Bounce", None, {"Message": "[]"}, {"Message": "3"}, {"notificationType": ["Bounce"]}, {"eventType": 1}],
)
def test_what_is_json_and_no_notice_is_for_a_person(said: Any) -> None:
    """It breaks no reader."""
    assert notice(said).kind is Kind.OTHER
