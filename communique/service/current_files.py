"""The workspace that a service goes by: read again when a file has changed, its channels open, its faults told."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from communique.installation import Installation
from communique.log_lines import masked
from communique.monitoring.health import Health
from communique.problems import Problem, errors
from communique.read.sources import ZONES, Snapshot
from communique.send.open_channels import OpenChannels
from communique.store.announcements import copies
from communique.store.database import Database
from communique.workspace import Workspace, read_workspace

_log = logging.getLogger(__name__)


@dataclass
class CurrentFiles:
    """`workspace` and `opened` are None until settings have been read that can be used."""

    installation: Installation
    health: Health
    database: Callable[[], Database]
    channels: Callable[[Workspace], OpenChannels]
    workspace: Workspace | None = None
    opened: OpenChannels | None = None
    broken: list[Problem] = field(default_factory=list)  #: what stops something
    _wrong: list[Problem] = field(default_factory=list)  #: of that, what was found when the files were read
    _lacking: list[Problem] = field(default_factory=list)
    _stamps: dict[str, tuple[int, int]] | None = None

    def refresh(self) -> None:
        """Read the workspace again when a file has changed; what is broken keeps its last approved version."""
        stamps = self.installation.sources.stamps()
        if stamps == self._stamps:
            return
        if self._stamps and stamps[ZONES] != self._stamps[ZONES]:
            _log.warning("the rules of time zones have changed on this machine: times are reckoned by the new ones")
        read, problems = self.installation.read()
        # Unusable settings: go on with what there is.
        workspace = self.workspace if read is None else self._with_copies(read)
        if workspace is not None and workspace is not self.workspace:
            self.close()
            self.workspace, self.opened = workspace, self.channels(workspace)
        self._wrong = errors([*problems, *(self.opened.problems if self.opened else ())])
        self._complain()
        self._stamps = stamps

    def lacks(self, files: list[Problem]) -> None:
        """What planning has missed; told when it changes."""
        if files != self._lacking:
            self._lacking = files
            self._complain()

    def close(self) -> None:
        """Close the channels."""
        if self.opened is not None:
            self.opened.close()

    def _complain(self) -> None:
        """Of everything on the page, in the log of what is new."""
        known, self.broken = self.broken, [*self._wrong, *self._lacking]
        self.health.problems([_told(problem) for problem in self.broken])
        for each in self.broken:
            if each not in known:
                _log.error("%s", _told(each))
        if known and not self.broken:
            _log.warning("the files have no error any more")

    def _with_copies(self, workspace: Workspace) -> Workspace:
        """Campaigns whose files are broken, as they were when something of them was last approved."""
        for name in workspace.unread:
            with self.database().reading() as connection:
                copy = copies.kept(connection, copies.approved(name))
            if copy is None or not isinstance(workspace.sources, Snapshot):
                continue
            sources = workspace.sources.with_campaign(name, copy)
            earlier, _ = read_workspace(sources, self.installation.kinds, workspace.key)
            if earlier is not None and name in earlier.campaigns:
                _log.error("campaigns/%s.yaml is broken: going on with its last approved version", name)
                workspace = earlier
        return workspace


def _told(problem: Problem) -> str:
    """Without the line of the file: what stands there may be a person's name."""
    first, *rest = str(replace(problem, source="")).splitlines()
    return masked("; ".join([first, *(each.strip() for each in rest if each.strip())]))
