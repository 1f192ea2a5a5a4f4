"""What is wrong with a file that is edited: what changed first, and the rest after whoever saved has been answered.

To fill all texts of a campaign takes seconds of work in the process that also sends.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from communique.occasion import Occasion
from communique.plan.file_check import NOTHING, check_file, owner_of
from communique.plan.findings import Channels, Findings
from communique.plan.planning import Planner
from communique.problems import Problem
from communique.web.desk.office import AT_ONCE, Office
from communique.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What was found so far."""

    problems: list[Problem]
    left: frozenset[str] = frozenset()  #: announcements whose texts have not been looked at

    @property
    def is_whole(self) -> bool:
        """Whether it is all that `check` says."""
        return not self.left


@dataclass(frozen=True)
class FileChecks:
    """Of one office."""

    office: Office

    def as_typed(self, path: str, data: bytes) -> list[Problem]:
        """What can be seen at once."""
        planner, problems = self.office.planner_with(path, data)
        if planner is None:
            return problems
        return check_file(planner, path, self.office.clock(), fills_texts=False)

    def now(self, path: str, data: bytes) -> Checked:
        """Of a file as it is: what is known, and what takes no time."""
        planner, problems = self.office.planner_with(path, data)
        return self._checked(planner, path) if planner is not None else Checked(problems=problems)

    def both(self, path: str, before: bytes, after: bytes) -> tuple[Checked, Checked]:
        """Of a file as it was and as it would be, so that the two can be held against each other."""
        then, faults_then = self.office.planner_with(path, before)
        since, faults_since = self.office.planner_with(path, after)
        changed = _changed(then, since, owner_of(path).campaign) if path.startswith("campaigns/") else None
        was = self._checked(then, path, changed) if then is not None else Checked(problems=faults_then)
        if since is None:
            return was, Checked(problems=faults_since)
        return was, self._checked(since, path, changed, unseen=was.left)

    def follow(self, path: str) -> None:
        """Look at everything that is made from a file; what is found is known afterwards. Ends with the office."""
        planner = self.office.planner()

        def preflight(workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
            is_ended = self.office.following.is_ended
            return NOTHING if is_ended else planner.preflight(workspace, channels, occasion)

        check_file(replace(planner, preflight=preflight), path, self.office.clock())

    def _checked(
        self, planner: Planner, path: str, only: Collection[str] | None = None, unseen: Collection[str] = ()
    ) -> Checked:
        """`only`: announcements worth waiting for; `unseen`: not looked at, though something may be known."""
        filled: set[str] = set()
        left: set[str] = set()

        def preflight(workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
            name = occasion.announcement
            if name in filled:
                return planner.preflight(workspace, channels, occasion)
            found = self.office.known(workspace, channels, occasion) if name not in unseen else None
            if found is None:
                left.add(name)
            return found or NOTHING

        narrowed = replace(planner, preflight=preflight)
        problems = check_file(narrowed, path, self.office.clock())
        wanted = {each for each in left if (only is None or each in only) and each not in unseen}
        if 0 < len(wanted) <= AT_ONCE:
            filled |= wanted
            left.clear()
            problems = check_file(narrowed, path, self.office.clock())
        return Checked(problems=problems, left=frozenset(left))


def _changed(before: Planner | None, after: Planner | None, name: str) -> Collection[str] | None:
    """Announcements of a campaign that are others than they were; None: what they share is, or it cannot be read."""
    was, now = (each.workspace.campaigns.get(name) if each is not None else None for each in (before, after))
    if was is None or now is None:
        return None
    if was.model_copy(update={"announcements": {}}) != now.model_copy(update={"announcements": {}}):
        return None
    return {each for each in now.announcements if now.announcements[each] != was.announcements.get(each)}
