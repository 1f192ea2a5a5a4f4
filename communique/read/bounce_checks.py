"""What has to fit together for returned mail: where it is sent, and where it is read."""

from collections.abc import Iterator

from communique.problems import Problem, Severity
from communique.read.yaml_document import Document
from communique.settings import RETURN_TAG, Settings

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def bounce_problems(document: Document, settings: Settings) -> Iterator[Problem]:
    """A return path that nobody reads, a reader to whom nothing comes, a password in clear."""
    imap = settings.bounces.imap
    if imap is not None and imap.tls == "none" and imap.host not in _THIS_MACHINE:
        message = f"expected `implicit` or `starttls` for `{imap.host}`, found `none`: the password would go in clear"
        yield document.problem(("bounces", "imap", "tls"), "wrong-value", message)
    paths = {
        name: str(channel.arguments["envelope_sender"])
        for name, channel in settings.channels.items()
        if channel.arguments.get("envelope_sender")
    }
    tagged = [name for name, path in paths.items() if RETURN_TAG in path]
    if tagged and not settings.bounces.are_read:
        message = f"expected `bounces` to say where returned mail is read, found nothing: it goes to {paths[tagged[0]]}"
        hint = "Add `bounces:` with `maildir`, `imap` or `listen` (docs/operators.md)."
        place = ("channels", tagged[0], "envelope_sender")
        yield document.problem(place, "unread-returns", message, hint=hint, severity=Severity.WARNING)
    if settings.bounces.are_read and not tagged:
        message = (
            f"expected `{RETURN_TAG}` in the `envelope_sender` of a channel, found none: what comes back has no name"
        )
        hint = f"Write `envelope_sender: bounces+{RETURN_TAG}@` and your domain."
        yield document.problem(("bounces",), "untagged-return-path", message, hint=hint, severity=Severity.WARNING)
