"""The files of a workspace, exchanged for those of a backup: what is broken off half-way is known, and ended later."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from communique.phrase import Phrase, phrase

_FOLDER, _PLAN = Path("var") / "restoring", "exchange.json"


class Exchange:
    """What comes lies in `new`, complete, before anything that is there is moved."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / _FOLDER
        self.new = self._folder / "new"

    def is_broken_off(self) -> bool:
        """Whether one has begun and not ended: files of two workspaces lie beside each other."""
        return (self._folder / _PLAN).is_file()

    def objection(self) -> Phrase | str:
        """Why nothing may be read or written; empty when nothing is in the way."""
        if not self.is_broken_off():
            return ""
        return phrase(
            "A restore of this workspace was broken off half-way. It is ended by running it again: "
            "communique restore FILE"
        )

    def begin(self) -> None:
        """An empty place for what comes, without what a killed process has left there."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self.new.mkdir(parents=True, mode=0o700)

    def carry_out(self, names: Sequence[str], kept: Path, needed: Sequence[str] = ()) -> None:
        """Move what is there to `kept`, and what comes into its place.

        What is `needed`, and does not come, stays.
        """
        comes = [name for name in names if (self.new / name).exists()]
        goes = [name for name in names if (self._root / name).exists() and (name in comes or name not in needed)]
        plan = {"kept": str(kept.relative_to(self._root)), "goes": goes, "comes": comes}
        written = self._folder / f".{_PLAN}"
        with written.open("w", encoding="utf-8") as file:
            json.dump(plan, file)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._folder / _PLAN)
        self.go_on()

    def go_on(self) -> Path:
        """To its end, from wherever it is; where what was there is kept."""
        plan = json.loads((self._folder / _PLAN).read_text(encoding="utf-8"))
        kept: Path = self._root / plan["kept"]
        # Nothing comes before all has gone: a log of SQLite's beside another ledger would be written into it.
        for name in plan["goes"]:
            if not (kept / name).exists():
                (kept / name).parent.mkdir(parents=True, exist_ok=True)
                (self._root / name).rename(kept / name)
        for name in plan["comes"]:
            if (self.new / name).exists():
                (self._root / name).parent.mkdir(parents=True, exist_ok=True)
                (self.new / name).rename(self._root / name)
        (self._folder / _PLAN).unlink()
        self.leave()
        return kept

    def leave(self) -> None:
        """Delete what came and was not put in place."""
        if not self.is_broken_off():
            shutil.rmtree(self._folder, ignore_errors=True)
