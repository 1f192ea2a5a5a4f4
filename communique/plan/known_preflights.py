"""What preflight found of the same files before, kept beside the ledger, so that looking again is quick.

For who looks, on the command line and in the desk. What is approved and what goes out is always looked at anew.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from communique.channel import Measure
from communique.occasion import Occasion
from communique.phrase import as_phrase, data_of, from_data
from communique.plan.findings import Channels, Findings
from communique.plan.kept_file import keep
from communique.plan.preflights_beside import FEW, Beside, begun, processes
from communique.plan.program import this_program
from communique.problems import Problem
from communique.workspace import Workspace

#: What every announcement may be made from, beside its own texts: an infographic shows the dates of all campaigns.
_SHARED = ("campaigns", "config", "templates/layouts")
_MOST_KEPT = 2_000  #: of a workspace with many campaigns, after many edits: some megabytes


@dataclass(frozen=True, kw_only=True)
class _Kept:
    digest: str
    problems: tuple[Problem, ...]
    measures: tuple[tuple[str, str, Measure], ...]
    links: tuple[tuple[str, str], ...]
    #: Of each problem the message and the hint, not put together yet: JSON would keep the English alone.
    phrases: tuple[tuple[Any, Any], ...]


_ONE = TypeAdapter(_Kept)
_FILE = TypeAdapter(dict[str, _Kept])


@dataclass(kw_only=True)
class KnownPreflights:
    """Found by all that an occasion's texts are made from: files, dates, open channels, and the program itself."""

    file: Path
    _found: dict[str, _Kept] | None = field(default=None, init=False)
    _is_new: bool = field(default=False, init=False)
    _read_at: tuple[int, int] | None = field(default=None, init=False)  #: which file it was
    _beside: list[Beside] = field(default_factory=list, init=False)

    def __call__(self, workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
        """As `communique.plan.preflight.preflight`, which is asked where nothing is known."""
        found = self._all()
        key = key_of(workspace, channels, occasion)
        known = found.pop(key, None)
        if known is None:
            self._is_new = True
            known = self._from_beside(key) or _looked_at(workspace, channels, occasion)
        found[key] = known  # at the end: what was asked for last is kept longest
        return _findings(known)

    def look_ahead(
        self, workspace: Workspace, channels: Channels, occasions: Iterable[Occasion], shares: int | None = None
    ) -> None:
        """Begin to look at what will be asked for and is not known, on every processor, or in so many `shares`."""
        known = self._all()
        keys = {key_of(workspace, channels, each): each for each in occasions}
        new = {key: each for key, each in keys.items() if key not in known}
        shares = processes() if shares is None else shares
        if len(new) < FEW or shares == 1:
            return
        # What the first has loaded and compiled, the other processes have as well.
        self(workspace, channels, new.pop(next(iter(new))))

        def look(key: str) -> bytes:
            return _ONE.dump_json(_looked_at(workspace, channels, new[key]))

        self._beside += begun(list(new), look, shares)

    def known(self, workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings | None:
        """What was found before; None where nothing is known, and nothing is looked at."""
        found = self._all().get(key_of(workspace, channels, occasion))
        return _findings(found) if found is not None else None

    def keep(self) -> None:
        """Write down what is new, look no further. Where nothing can be written, looking takes longer, no more."""
        while self._beside:
            self._beside.pop().end()
        if not (self._found and self._is_new):
            return
        latest = dict(list(self._found.items())[-_MOST_KEPT:])
        self._is_new = not keep(self.file, _FILE.dump_json(latest))

    def _from_beside(self, key: str) -> _Kept | None:
        for each in self._beside:
            each.take_what_has_come()
        found = next((line for each in self._beside if (line := each.found(key)) is not None), None)
        return _ONE.validate_json(found) if found is not None else None

    def _all(self) -> dict[str, _Kept]:
        """With what others have kept since: whoever looks ahead is another process."""
        if (stamp := self._stamp()) != self._read_at or self._found is None:
            self._found, self._read_at = {**(self._found or {}), **self._read()}, stamp
        return self._found

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _read(self) -> dict[str, _Kept]:
        try:
            return _FILE.validate_json(self.file.read_bytes())
        except (OSError, ValidationError):
            return {}


def _looked_at(workspace: Workspace, channels: Channels, occasion: Occasion) -> _Kept:
    from communique.plan.preflight import preflight  # with all that writes texts

    made = preflight(workspace, channels, occasion)
    return _Kept(
        digest=made.digest,
        problems=made.problems,
        measures=tuple((*way, measure) for way, measure in made.measures.items()),
        links=made.links,
        phrases=_phrases(made),
    )


def _phrases(found: Findings) -> tuple[tuple[Any, Any], ...]:
    return tuple((data_of(each.message), data_of(each.hint)) for each in found.problems)


def _findings(kept: _Kept) -> Findings:
    return Findings(
        digest=kept.digest,
        problems=tuple(
            replace(each, message=from_data(message), hint=from_data(hint))
            for each, (message, hint) in zip(kept.problems, kept.phrases, strict=True)
        ),
        measures={
            (channel, language): replace(measure, unit=as_phrase(measure.unit))
            for channel, language, measure in kept.measures
        },
        links=kept.links,
    )


def key_of(workspace: Workspace, channels: Channels, occasion: Occasion) -> str:
    """Hash (SHA-256, hex) of all that `preflight` looks at."""
    hashed = hashlib.sha256()
    open_ways = sorted((name, type(channel).__qualname__) for name, channel in channels.items())
    dates = sorted(occasion.dates.items())
    named = (occasion.announcement, occasion.occurrence, occasion.due_at.isoformat(), occasion.has_page)
    hashed.update(
        json.dumps([this_program(), open_ways, repr(occasion.campaign), dates, named, occasion.sequence]).encode()
    )
    for path in paths_of(workspace, occasion):
        data = workspace.sources.read(path) or b""
        hashed.update(f"{path}\0{len(data)}\0".encode())
        hashed.update(data)
    return hashed.hexdigest()


def paths_of(workspace: Workspace, occasion: Occasion) -> list[str]:
    """Every file that its texts may be made from; of other announcements' folders none."""
    own = f"templates/{occasion.campaign.campaign}"
    others = tuple(f"{own}/{name}/" for name in occasion.campaign.announcements if name != occasion.announcement)
    found = [path for folder in _SHARED for path in workspace.sources.paths(folder)]
    found += [path for path in workspace.sources.paths(own) if not path.startswith(others)]
    logo = workspace.settings.look.logo
    return [*found, *([f"config/{logo}"] if logo else [])]
