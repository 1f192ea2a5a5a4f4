"""What has to fit together where officers sign in: nobody may be locked out by a line of the settings."""

from collections.abc import Iterator

from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.yaml_document import Document
from communique.settings import Settings


def desk_problems(document: Document, settings: Settings) -> Iterator[Problem]:
    """A way in that leads nowhere, and groups of which none can let others in."""
    desk = settings.desk
    there = {"password"} | ({"openid"} if desk.openid else set()) | ({"link"} if desk.address else set())
    if not there & set(desk.sign_in):
        lacks = "`openid`" if "openid" in desk.sign_in else "`address`"
        message = phrase("expected {lacks} beside it, found none: nobody could sign in", lacks=lacks)
        hint = phrase("Say it there, or let people in by a password, too: `sign_in: [password, openid]`.")
        yield document.problem(("desk", "sign_in"), "wrong-value", message, hint=hint)
    if desk.openid is not None and "openid" not in desk.sign_in:
        message = phrase("expected `openid` among `sign_in`, found none: nobody signs in at this provider")
        yield document.problem(("desk", "openid"), "wrong-value", message, severity=Severity.WARNING, at_key=True)
    groups = desk.openid.groups if desk.openid else None
    if groups is not None and not any("operator" in duties for duties in groups.duties.values()):
        message = phrase("expected a group with the duty `operator`, found none: nobody new could let others in")
        place = ("desk", "openid", "groups", "duties")
        yield document.problem(place, "wrong-value", message, severity=Severity.WARNING, at_key=True)
