"""What this machine has seen of its ledger, kept outside it: a ledger that knows less was put back from a copy."""

import json
from dataclasses import dataclass
from pathlib import Path

from communique.phrase import phrase
from communique.send.whole_file import replace_whole
from communique.store.epochs import Epoch


@dataclass(frozen=True)
class SeenEpoch:
    """A small file below `var`, replaced whole and on disk before anything goes out."""

    file: Path

    def number(self) -> int:
        """The last epoch that was kept; 0 when there is none, or it cannot be read."""
        seen = self._read()
        return seen.number if seen else 0

    def keep(self, epoch: Epoch) -> None:
        """Remember where the ledger is; never that it is less far than is known, by another worker of this folder.

        Raises:
            OSError: it could not be written: nothing may go out.
        """
        seen = self._read()
        if seen is not None and seen.ledger == epoch.ledger and seen.number > epoch.number:
            epoch = seen  # written all the same: only what is on disk here is known to be
        replace_whole(self.file, {"ledger": epoch.ledger, "number": epoch.number}, is_on_disk=True)

    def objection(self, found: Epoch | None, *, is_copy: bool = False) -> str:
        """Why a ledger must not send before a person has decided; empty when it may.

        `is_copy`: as `communique.store.ledger_file` says.
        """
        what = self._difference(found, is_copy=is_copy)
        if not what:
            return ""
        return phrase(
            "{what}. It does not know what was sent since, so nothing goes out. Look at `communique plan` and "
            "`communique status`, then: communique resume --after-restore in-doubt|send --as NAME",
            what=what,
        )

    def _difference(self, found: Epoch | None, *, is_copy: bool) -> str:
        if found is not None and found.copied_at is not None:
            return phrase("the ledger is a backup of {moment} UTC", moment=f"{found.copied_at:%Y-%m-%d %H:%M}")
        if is_copy:
            return phrase("the ledger is a copy: its file is not the one that it was made in")
        if not self.file.exists():
            return ""
        return self._behind(found)

    def _behind(self, found: Epoch | None) -> str:
        seen = self._read()
        if seen is None:
            return phrase(
                "{file} cannot be read, so it is not known how far this machine's ledger had come", file=self.file
            )
        if found is None or found.ledger != seen.ledger:
            return phrase("the ledger is not the one that this machine has sent from")
        if found.number < seen.number:
            return phrase(
                "the ledger is older than what this machine has sent ({steps} of {number} steps)",
                steps=found.number,
                number=seen.number,
            )
        return ""

    def _read(self) -> Epoch | None:
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            return Epoch(ledger=str(kept["ledger"]), number=int(kept["number"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
