"""Whether an announcement has the approvals that are asked for, and how long they still count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import Connection

from communique.joined_phrases import all_of
from communique.occasion import Occasion
from communique.phrase import Phrase, phrase
from communique.settings import Approvals
from communique.store.desk import approvals
from communique.store.desk.approvals import Word


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How approvals stand to one state of an announcement."""

    given: Sequence[str]  #: who has approved exactly this, as far as it still counts
    expired: Sequence[Word]  #: approvals of exactly this that are too old to count
    objections: Sequence[Word]  #: who asks for changes of exactly this
    missing: int  #: approvals
    was_approved: bool  #: another state of it was
    ends_at: datetime | None  #: when there are no longer enough, if nobody approves it again; None: there are not now

    def shortfall(self, zone: tzinfo) -> str:
        """Why it may not go; empty when it may. Days in `zone`."""
        if self.objections:
            first = self.objections[0]
            return phrase("{who} asks for changes: {note}", who=first.who, note=first.note)
        if not self.missing:
            return ""
        if self.expired:
            return phrase("not approved: {why}", why=expiry(self.expired, zone))
        if self.was_approved:
            return phrase("changed since it was approved")
        if self.missing == 1:
            return phrase("not approved: 1 approval missing")
        return phrase("not approved: {number} approvals missing", number=self.missing)

    def ends_early(self, due_at: datetime, zone: tzinfo) -> str:
        """What will stop it before its time has come; empty when nothing will."""
        if self.ends_at is None or self.ends_at >= due_at:
            return ""
        day = f"{self.ends_at.astimezone(zone):%Y-%m-%d}"
        return phrase("its approval ends on {day}, before its time", day=day)


def terms(connection: Connection, rule: Approvals, occasion: Occasion, digest: str, now: datetime) -> Terms:
    """Of exactly this."""
    ever = approvals.words(connection, occasion)
    said = [each for each in ever if each.digest == digest]
    words = [each for each in said if not each.asks_for_changes]
    since, authors = now - rule.valid_for, occasion.campaign.authors
    counting = [each for each in words if each.at >= since]
    given = [each.who for each in counting]
    missing = approvals.lacking(rule, authors, given)
    return Terms(
        given=given,
        expired=[each for each in words if each.at < since],
        objections=[each for each in said if each.asks_for_changes],
        missing=missing,
        was_approved=not words and any(not each.asks_for_changes for each in ever),
        ends_at=None if missing or not rule.required else _ends_at(rule, authors, counting),
    )


def expiry(expired: Sequence[Word], zone: tzinfo) -> Phrase:
    """Whose approvals no longer count."""
    named = [f"{each.who} ({each.at.astimezone(zone):%Y-%m-%d})" for each in expired]
    if len(expired) > 1:
        return phrase("the approvals of {names} have expired", names=all_of(named))
    return phrase("the approval of {name} has expired", name=named[0])


def _ends_at(rule: Approvals, authors: Sequence[str], counting: Sequence[Word]) -> datetime:
    """When so many of them have ended that the others are too few: the oldest go first."""
    by_age = sorted(counting, key=lambda each: each.at)
    ended = next(
        (each for number, each in enumerate(by_age, start=1) if _lacks(rule, authors, by_age[number:])), by_age[-1]
    )
    return ended.at + rule.valid_for


def _lacks(rule: Approvals, authors: Sequence[str], left: Sequence[Word]) -> bool:
    return bool(approvals.lacking(rule, authors, [each.who for each in left]))
