"""What is said of milestones that have moved: what shifts, what went out with the date as it was, what corrects it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from communique.campaign import Campaign
from communique.commands.console import counted, instant, local_time, table, tell
from communique.joined_phrases import one_after_another
from communique.moments import Milestone
from communique.phrase import phrase
from communique.plan import telling
from communique.plan.meeting_changes import DateElsewhere, Waiting
from communique.plan.moved import Shift, Stale
from communique.plan.planning import Planner

if TYPE_CHECKING:
    from communique.plan.proposed_corrections import Proposed
from communique.store.announcements.retractions import Asked


def say_shifts(shifts: Sequence[Shift], zone: ZoneInfo) -> None:
    """What goes at another time than it would have."""
    if not shifts:
        return
    tell(phrase("What shifts with it:"))
    rows = []
    for each in shifts:
        number = "" if each.occurrence == "once" else f" #{each.occurrence}"
        was, is_now = (local_time(at, zone) if at else phrase("no date") for at in (each.was, each.is_now))
        rows.append((f"{each.announcement}{number}", was, "->", is_now))
    table(rows)


def say_naming(pending: Sequence[tuple[str, list[str]]]) -> None:
    """What has not gone, and says the new date when it goes."""
    if pending:
        tell(phrase("To come, with the new date in it (to be approved anew):"))
        table((name, ", ".join(channels)) for name, channels in pending)


def say_stale(planner: Planner, found: Sequence[Stale]) -> None:
    """What went out with a date that holds no more, to how many, and how it is corrected."""
    for one in found:
        moved = one_after_another(
            *(
                phrase("{name} was {was}, is {is_now}", name=name, was=was.told, is_now=is_now.told)
                for name, (was, is_now) in one.moved.items()
            )
        )
        tell(phrase("Went out with an old date: {name} ({moved})", name=one.name, moved=moved), fg="yellow")
        owed = [telling.owed_to(planner, line) for line in one.lines]
        table((each.channel, each.language, _whom(each)) for each in owed)
        tell(
            phrase(
                "  Draft a correction: communique correct {campaign}/{announcement} --draft",
                campaign=one.row.campaign,
                announcement=one.row.announcement,
            )
        )


def say_who_tells_of_it(campaign: Campaign, found: Iterable[Waiting]) -> None:
    """What has the new date for those who were invited, and how it goes out."""
    for each in found:
        tell(
            phrase(
                "Those who were invited read the new date in {campaign}/{announcement}, once `{milestone}` has a date:",
                campaign=campaign.campaign,
                announcement=each.announcement,
                milestone=each.milestone,
            ),
            fg="yellow",
        )
        what = f"{campaign.campaign} {each.milestone}"
        tell(phrase("  communique declare {what} DATE --as NAME", what=what))


def say_elsewhere(found: Iterable[DateElsewhere], moment: Milestone) -> None:
    """Other campaigns with the same milestone, which keep the date they have."""
    for each in found:
        name = f"{each.campaign}/{each.milestone}"
        said = (
            phrase(
                "The same meeting in another campaign keeps its date: {name} is {is_now}. If that is wrong:",
                name=name,
                is_now=each.is_now.told,
            )
            if each.is_meeting
            else phrase(
                "Another campaign has a milestone of this name: {name} is {is_now}. If it is the same one:",
                name=name,
                is_now=each.is_now.told,
            )
        )
        tell(said, fg="yellow")
        what = f'{each.campaign} {each.milestone} "{moment}"'
        tell(phrase("  communique declare {what} --as NAME", what=what))


def say_waiting(found: "Sequence[Proposed]") -> None:
    """Corrections that are written, and do not go yet."""
    for one in found:
        missing = (
            phrase("{approvals} missing", approvals=counted(one.missing, "approval"))
            if not one.problems
            else phrase("it has faults")
        )
        tell(
            phrase(
                "Waits for approval: correction {number} of {name} ({missing})",
                number=one.number,
                name=one.name,
                missing=missing,
            ),
            fg="yellow",
        )
        tell(
            phrase(
                "  Look at it: communique correct {campaign}/{announcement}",
                campaign=one.row.campaign,
                announcement=one.row.announcement,
            )
        )


def say_withdrawals(found: Sequence[tuple[Any, Asked]]) -> None:
    """What somebody wants withdrawn, until another confirms it."""
    for row, asked in found:
        name = telling.name_of(row)
        said = next(iter(asked.reasons.values()), "")
        tell(
            phrase(
                "Waits for a second person: {by} asks that {name} be withdrawn: {said}",
                by=asked.by,
                name=name,
                said=said,
            ),
            fg="yellow",
        )
        tell(
            phrase(
                "  Confirm it: communique retract {campaign}/{announcement} --as NAME",
                campaign=row.campaign,
                announcement=row.announcement,
            )
        )


def withdrawal_json(row: Any, asked: Asked) -> dict[str, object]:
    """The same, for programs."""
    at = instant(asked.at)
    return {"announcement": telling.name_of(row), "asked_by": asked.by, "asked_at": at, "reasons": dict(asked.reasons)}


def waiting_json(one: "Proposed") -> dict[str, object]:
    """The same, for programs."""
    return {
        "announcement": one.name,
        "number": one.number,
        "hash": one.digest,
        "approved_by": list(one.approved_by),
        "asked_for_changes": list(one.objections),
        "missing": one.missing,
        "problems": [each.as_json() for each in one.problems],
    }


def _whom(owed: telling.OwedTo) -> str:
    if owed.by != "each":
        return {"all": phrase("all who read it"), "hand": phrase("a person sees to it")}[owed.by]
    left = phrase("; {left} of them left since", left=owed.left) if owed.left else ""
    return phrase("{people} who got it{left}", people=counted(owed.copies, "person", "people"), left=left)
