"""What has to fit together where we read mail ourselves: returned mail, and the canary."""

from collections.abc import Iterator

from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.yaml_document import Document, Path
from communique.settings import RETURN_TAG, Settings
from communique.settings.mailboxes import ImapMailbox

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def bounce_problems(document: Document, settings: Settings) -> Iterator[Problem]:
    """A return path that nobody reads, a reader to whom nothing comes, a password in clear."""
    for part, imap in settings.bounces.imaps.items():
        yield from _password_in_clear(document, (*part.split("."),), imap)
    answers = settings.bounces.answers
    if answers is not None and bool(answers.maildir) == bool(answers.imap):
        message = phrase("expected either `maildir` or `imap`, which says where answers are found")
        yield document.problem(("bounces", "answers"), "wrong-value", message, at_key=True)
    paths = {
        name: str(channel.arguments["envelope_sender"])
        for name, channel in settings.channels.items()
        if channel.arguments.get("envelope_sender")
    }
    tagged = [name for name, path in paths.items() if RETURN_TAG in path]
    if tagged and not settings.bounces.are_read:
        message = phrase(
            "expected `bounces` to say where returned mail is read, found nothing: it goes to {tagged}",
            tagged=paths[tagged[0]],
        )
        hint = phrase("Add `bounces:` with `maildir`, `imap` or `listen` (docs/mail.md).")
        place = ("channels", tagged[0], "envelope_sender")
        yield document.problem(place, "unread-returns", message, hint=hint, severity=Severity.WARNING)
    if settings.bounces.calendar_answers and not (settings.bounces.are_read or answers):
        message = phrase(
            "expected `maildir`, `imap`, `listen` or `answers` beside it: nobody reads what calendars answer"
        )
        hint = phrase(
            "Say where that address's mail lies, or delete the line: answers then go to the meeting's `rsvp`."
        )
        yield document.problem(("bounces", "calendar_answers"), "unread-returns", message, hint=hint)
    if settings.bounces.are_read and not tagged:
        message = phrase(
            "expected `{return_tag}` in the `envelope_sender` of a channel, found none: what comes back has no name",
            return_tag=RETURN_TAG,
        )
        hint = phrase("Write `envelope_sender: bounces+{return_tag}@` and your domain.", return_tag=RETURN_TAG)
        yield document.problem(("bounces",), "untagged-return-path", message, hint=hint, severity=Severity.WARNING)


def canary_problems(document: Document, settings: Settings) -> Iterator[Problem]:
    """A canary that nobody looks for, or that lies in two places; a password in clear."""
    canary = settings.canary
    if canary is None:
        return
    if canary.maildir is None and canary.imap is None:
        message = phrase("expected `maildir` or `imap`, which says where its mails are found, found neither")
        yield document.problem(("canary",), "missing-key", message, at_key=True)
    if canary.maildir is not None and canary.imap is not None:
        message = phrase("expected one mailbox, found `maildir` and `imap`")
        yield document.problem(
            ("canary", "maildir"), "wrong-value", message, hint=phrase("Delete one of the two."), at_key=True
        )
    yield from _password_in_clear(document, ("canary",), canary.imap)


def _password_in_clear(document: Document, place: Path, imap: ImapMailbox | None) -> Iterator[Problem]:
    if imap is not None and imap.tls == "none" and imap.host not in _THIS_MACHINE:
        message = phrase(
            "expected `implicit` or `starttls` for `{host}`, found `none`: the password would go in clear",
            host=imap.host,
        )
        yield document.problem((*place, "imap", "tls"), "wrong-value", message)
