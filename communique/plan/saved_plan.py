"""A plan kept in a file, to be approved exactly as it was looked at: what it holds, and what has changed since."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from communique.phrase import phrase
from communique.plan.approving import to_approve
from communique.plan.known_preflights import paths_of
from communique.plan.plan_view import planned
from communique.plan.planning import Planner
from communique.plan.standing import Standing

_VERSION = 1


class PlanFileError(Exception):
    """A file is no saved plan, or of another version or mode; it says so."""


@dataclass(frozen=True, kw_only=True)
class SavedAnnouncement:
    """One occurrence that could be approved."""

    campaign: str
    announcement: str
    occurrence: str
    due_at: datetime
    hash: str  #: of all that is said, to which audiences, and when
    copies: Mapping[str, int]  #: by channel

    @property
    def name(self) -> str:
        """As it is written in commands."""
        number = "" if self.occurrence == "once" else f" #{self.occurrence}"
        return f"{self.campaign}/{self.announcement}{number}"


@dataclass(frozen=True, kw_only=True)
class SavedPlan:
    """What somebody looked at."""

    communique_plan: int  #: version of the form
    mode: str
    made_at: datetime
    announcements: tuple[SavedAnnouncement, ...]
    files: Mapping[str, str]  #: SHA-256 (hex) of every file they are made from, by path in the workspace


_FILE = TypeAdapter(SavedPlan)


def saved(planner: Planner, connection: Connection, standings: Sequence[Standing], now: datetime) -> SavedPlan:
    """What of these can be approved, as it is now."""
    chosen = approvable(planner, standings)
    files = {path for each in chosen if each.occasion for path in paths_of(planner.workspace, each.occasion)}
    return SavedPlan(
        communique_plan=_VERSION,
        mode=str(planner.mode),
        made_at=now,
        announcements=tuple(_saved(planner, connection, chosen, now)),
        files={path: _hash(planner, path) for path in sorted(files)},
    )


def written(plan: SavedPlan) -> bytes:
    """As a file has it."""
    return _FILE.dump_json(plan, indent=2) + b"\n"


def read_plan(file: Path, planner: Planner) -> SavedPlan:
    """A saved plan of this workspace's mode.

    Raises:
        PlanFileError: it is none, or of another version or mode.
        OSError: it cannot be read.
    """
    try:
        plan = _FILE.validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise PlanFileError(
            phrase(
                "{file}: expected a plan that `communique plan --out` wrote, found another file "
                "({place}{found}). Make one anew.",
                file=file,
                place=f"{place}: " if place else "",
                found=first["msg"],
            )
        ) from error
    if plan.communique_plan != _VERSION:
        raise PlanFileError(
            phrase(
                "{file}: expected a plan of version {version}, found {found}. Make anew.",
                file=file,
                version=_VERSION,
                found=plan.communique_plan,
            )
        )
    if plan.mode != planner.mode:
        raise PlanFileError(
            phrase(
                "{file} is a plan for the mode {mode}; the settings say {present}. Make one anew: "
                "communique plan --out FILE",
                file=file,
                mode=plan.mode,
                present=planner.mode,
            )
        )
    return plan


def approvable(planner: Planner, standings: Sequence[Standing]) -> list[Standing]:
    """What waits for approvals, and has no fault; of a series the next one."""
    chosen = (each for campaign in planner.workspace.campaigns for each in to_approve(standings, campaign))
    return [each for each in chosen if each.preflight and each.occasion and not each.preflight.stopping]


def same(plan: SavedPlan, standings: Sequence[Standing]) -> list[Standing]:
    """What the plan holds, as it is now; what is not there any more is missing."""
    found = {(*each.name, each.occurrence.occurrence): each for each in standings}
    named = ((each.campaign, each.announcement, each.occurrence) for each in plan.announcements)
    return [found[name] for name in named if name in found]


def changes(
    plan: SavedPlan, planner: Planner, connection: Connection, standings: Sequence[Standing], now: datetime
) -> Iterator[tuple[str, str]]:
    """What is not as it was looked at: name and, in words, what; nothing when all of it is the same."""
    present = {
        (each.campaign, each.announcement, each.occurrence): each
        for each in _present(plan, planner, connection, standings, now)
    }
    frozen = {(*each.name, each.occurrence.occurrence) for each in standings if each.is_frozen}
    edited = [path for path, before in plan.files.items() if _hash(planner, path) != before]
    for then in plan.announcements:
        key = then.campaign, then.announcement, then.occurrence
        found = present.get(key)
        if found is None:
            gone = phrase("has gone out since")
            yield then.name, gone if key in frozen else phrase("is not there any more, or has a fault now")
            continue
        if found.due_at != then.due_at:
            yield (
                then.name,
                phrase(
                    "was due {before} UTC, is due {after} UTC",
                    before=f"{then.due_at:%Y-%m-%d %H:%M}",
                    after=f"{found.due_at:%Y-%m-%d %H:%M}",
                ),
            )
        elif found.hash != then.hash:
            mine = [path for path in edited if _is_of(path, then)] or edited
            said = phrase("says something else")
            yield then.name, phrase("says something else: {files}", files=", ".join(mine)) if mine else said
        for channel in sorted(then.copies.keys() | found.copies.keys()):
            before, after = then.copies.get(channel, 0), found.copies.get(channel, 0)
            if before != after:
                yield (
                    then.name,
                    phrase(
                        "reached {before} through {channel}, reaches {after}",
                        before=before,
                        channel=channel,
                        after=after,
                    ),
                )


def _present(
    plan: SavedPlan, planner: Planner, connection: Connection, standings: Sequence[Standing], now: datetime
) -> Iterator[SavedAnnouncement]:
    fine = [each for each in same(plan, standings) if each.preflight and not each.preflight.stopping]
    return _saved(planner, connection, [each for each in fine if not each.is_frozen], now)


def _saved(
    planner: Planner, connection: Connection, chosen: Sequence[Standing], now: datetime
) -> Iterator[SavedAnnouncement]:
    copies: dict[tuple[str, str, str], Counter[str]] = {}
    for line in planned(planner, connection, list(chosen), now):
        key = line.campaign, line.announcement, line.occurrence
        copies.setdefault(key, Counter())[line.channel] += line.recipients
    for each in chosen:
        assert each.occasion is not None  # noqa: S101 - `approvable` has looked
        assert each.preflight is not None  # noqa: S101
        campaign, announcement = each.name
        occurrence = each.occurrence.occurrence
        yield SavedAnnouncement(
            campaign=campaign,
            announcement=announcement,
            occurrence=occurrence,
            due_at=each.occasion.due_at,
            hash=each.preflight.digest,
            copies=dict(copies.get((campaign, announcement, occurrence), {})),
        )


def _is_of(path: str, announcement: SavedAnnouncement) -> bool:
    own = f"templates/{announcement.campaign}/{announcement.announcement}/"
    return path.startswith(own) or path == f"campaigns/{announcement.campaign}.yaml"


def _hash(planner: Planner, path: str) -> str:
    return hashlib.sha256(planner.workspace.sources.read(path) or b"").hexdigest()
