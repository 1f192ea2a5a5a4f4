"""Mailboxes that are read: looked into as the daemon does, without marking anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

from communique.bounces.imap import Imap
from communique.bounces.sources import Maildir, Source
from communique.channel import Secret
from communique.doctor.finding import Finding, ok, problem
from communique.log_lines import masked
from communique.phrase import phrase
from communique.settings import Settings
from communique.settings.mailboxes import ImapMailbox


def mailboxes(settings: Settings, root: Path, find_secret: Callable[[str], Secret | None]) -> Iterator[Finding]:
    """Of each part of the settings that names one, whether it can be read. `root`: what a maildir's path begins at."""
    bounces, canary = settings.bounces, settings.canary
    answers = bounces.answers
    places: dict[str, tuple[str | None, ImapMailbox | None]] = {"bounces": (bounces.maildir, bounces.imap)}
    if answers is not None:
        places["bounces.answers"] = (answers.maildir, answers.imap)
    if canary is not None:
        places["canary"] = (canary.maildir, canary.imap)
    for part, (maildir, imap) in places.items():
        if imap is not None:
            yield _looked_into(part, imap.host, Imap(imap, find_secret(imap.password)))
        if maildir is not None:
            yield _looked_into(part, maildir, Maildir(root / maildir))


def _looked_into(part: str, place: str, source: Source) -> Finding:
    check = phrase("mailbox {part}", part=part)
    try:
        next(source.unread(), None)
    except OSError as error:
        do = phrase(
            "See its password and `{part}` in the settings: what comes there is not read until then.", part=part
        )
        return problem(check, masked(str(error)), do)
    finally:
        source.close()
    return ok(check, phrase("{place} can be read", place=place))
