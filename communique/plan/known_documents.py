"""What the YAML of the same files said before, kept beside the ledger: reading it is a fourth of what `plan` does.

For who looks, as `communique.plan.known_preflights`. Only files without a fault are known.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from communique.plan.kept_file import keep
from communique.plan.program import this_program
from communique.read import yaml_positions
from communique.read.file_text import decode, lines_of
from communique.read.sources import Sources
from communique.read.yaml_document import Document

_Place = tuple[list[str | int], tuple[int, int]]


@dataclass(kw_only=True)
class KnownDocuments:
    """By the file's path, with the hash of what it was read from."""

    file: Path
    _known: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)

    def recall(self, sources: Sources) -> None:
        """Spare `yaml_positions.read` the files that say what they said."""
        self._known = self._read()
        for path, kept in self._known.items():
            written = sources.read(path)
            if written is not None and kept["hash"] == _hash(written):
                text, _ = decode(written, path)
                yaml_positions.remember(written, path, _document(path, lines_of(text or ""), kept))

    def keep(self, sources: Sources) -> None:
        """Write down what is new."""
        found = {}
        for path in [each for folder in ("campaigns", "config") for each in sources.paths(folder)]:
            written = sources.read(path) if path.endswith(".yaml") else None
            if written is None:
                continue
            document, problems = yaml_positions.read(written, path)
            if document is not None and not problems and not document.unsure:
                found[path] = _kept(document, written)
        if found != self._known:
            keep(self.file, json.dumps({"program": this_program(), "documents": found}).encode())

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads(self.file.read_bytes())
            known: dict[str, dict[str, Any]] = found["documents"]
            return known if found["program"] == this_program() else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}


def _hash(written: bytes) -> str:
    return hashlib.sha256(written).hexdigest()


def _kept(document: Document, written: bytes) -> dict[str, Any]:
    places = {"keys": list(document.keys.items()), "values": list(document.values.items())}
    # As it will be read again: lists for tuples.
    kept: dict[str, Any] = json.loads(json.dumps({"hash": _hash(written), "data": document.data, **places}))
    return kept


def _document(path: str, lines: list[str], kept: dict[str, Any]) -> Document:
    return Document(
        file=path, lines=lines, data=kept["data"], keys=_places(kept["keys"]), values=_places(kept["values"])
    )


def _places(written: list[_Place]) -> dict[tuple[str | int, ...], tuple[int, int]]:
    return {tuple(path): (line, column) for path, (line, column) in written}
