"""What `check` says of one file, and of what is made from it: for whoever edits it, before it is saved, too."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from communique.occasion import Occasion
from communique.phrase import Phrase
from communique.plan.checking import check
from communique.plan.findings import Channels, Findings
from communique.plan.planning import Planner
from communique.problems import Problem, Severity
from communique.workspace import Workspace

_SHARED = "layouts"
_UNWRITTEN = frozenset({"missing-template", "missing-translation"})
#: Of a text that is not looked at.
NOTHING = Findings(digest="", problems=(), measures={})


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a file is; empty where it is of all campaigns, or of all announcements of one."""

    campaign: str = ""
    announcement: str = ""

    def has(self, path: str) -> bool:
        """Whether another file is about the same."""
        other = owner_of(path)
        return bool(self.campaign) and self.campaign == other.campaign


def owner_of(path: str) -> Owner:
    """By where it lies."""
    folder, *names = PurePosixPath(path).parts
    if folder == "campaigns" and len(names) == 1:
        return Owner(PurePosixPath(names[0]).stem)
    if folder == "templates" and len(names) > 1 and names[0] != _SHARED:
        return Owner(names[0], names[1] if len(names) > 2 else "")  # noqa: PLR2004 - a file in its folder
    return Owner()


def check_file(planner: Planner, path: str, now: datetime, *, fills_texts: bool = True) -> list[Problem]:
    """Of a file that is one campaign's: what is wrong with that campaign, so far as the file is part of it.

    Of a shared one everything. Without `fills_texts` what can be seen at once: no mail, post or page is written.
    """
    owner = owner_of(path)
    narrowed = replace(planner, preflight=_narrowed(planner.preflight, owner, fills_texts=fills_texts))
    with planner.database.reading() as connection:
        milestones = planner.milestones(connection)
    only = {owner.campaign} if owner.campaign or not fills_texts else None
    found = check(narrowed, milestones, now, only)
    return [each for each in found if each.file == path or not owner.campaign or owner.has(each.file)]


def worse(before: list[Problem], after: list[Problem]) -> list[Problem]:
    """Errors that were not there before, wherever they stood."""
    known = {_essence(each) for each in before}
    return [each for each in after if each.severity is Severity.ERROR and _essence(each) not in known]


def text_to_write(problem: Problem) -> str:
    """The file that an announcement still lacks, if that is what a problem says; else empty."""
    if problem.code not in _UNWRITTEN or not isinstance(problem.message, Phrase):
        return ""
    return str(problem.message.values.get("path", ""))


def _essence(problem: Problem) -> tuple[str, str, str]:
    return problem.code, problem.file, problem.message


def _narrowed(
    preflight: Callable[[Workspace, Channels, Occasion], Findings], owner: Owner, *, fills_texts: bool
) -> Callable[[Workspace, Channels, Occasion], Findings]:
    """Of a text only its own announcement is written."""

    def narrow(workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
        if owner.announcement not in {"", occasion.announcement}:
            return NOTHING
        return preflight(workspace, channels, occasion) if fills_texts or owner.announcement else NOTHING

    return narrow
