"""A file that says what it said is not read again, and what is known of it is what reading it would tell."""

import json
from pathlib import Path

import pytest

from communique.plan.known_documents import KnownDocuments
from communique.read import yaml_positions
from communique.read.sources import Copy, Folder, copy_of
from communique.read.yaml_document import Document
from tests.shipped_messages import ROOT


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Copy:
    """The files of the shipped workspace, none of them read yet."""
    monkeypatch.setattr(yaml_positions, "_seen", {})
    return copy_of(Folder(ROOT), under=("campaigns", "config"))


def read_all(sources: Copy) -> dict[str, Document | None]:
    """Every YAML file, as everybody reads it."""
    paths = [path for path in sources.files if path.endswith(".yaml")]
    return {path: yaml_positions.read(sources.files[path], path)[0] for path in paths}


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the next process."""
    monkeypatch.setattr(yaml_positions, "_seen", {})


def test_known_is_what_reading_would_tell(shipped: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data and the place of everything are the same; and no YAML is read for it."""
    file = tmp_path / "var/documents.json"
    read = read_all(shipped)
    KnownDocuments(file=file).keep(shipped)
    forget(monkeypatch)
    KnownDocuments(file=file).recall(shipped)
    monkeypatch.setattr(yaml_positions, "_Reader", None)
    assert read_all(shipped) == read
    assert read


def test_an_edited_file_is_read_anew(shipped: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the others are not."""
    known, path = KnownDocuments(file=tmp_path / "documents.json"), "campaigns/accepted-into-ogp.yaml"
    known.keep(shipped)
    forget(monkeypatch)
    edited = Copy({**shipped.files, path: b"campaign: another\n"})
    KnownDocuments(file=known.file).recall(edited)
    assert read_all(edited)[path].data == {"campaign": "another"}  # type: ignore[union-attr]


def test_a_file_with_a_fault_is_never_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its problems are told each time."""
    faulty = Copy({"campaigns/it.yaml": b"a: 1\na: 2\n", "campaigns/torn.yaml": b"a: [\n"})
    known = KnownDocuments(file=tmp_path / "documents.json")
    known.keep(faulty)
    forget(monkeypatch)
    KnownDocuments(file=known.file).recall(faulty)
    assert [problem.code for problem in yaml_positions.read(b"a: 1\na: 2\n", "campaigns/it.yaml")[1]] == [
        "yaml-duplicate-key"
    ]


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b'{"program": "another", "documents": {}}'])
def test_what_cannot_be_used_is_made_anew(shipped: Copy, tmp_path: Path, written: bytes) -> None:
    """The file may be torn, or another program's."""
    file = tmp_path / "documents.json"
    file.write_bytes(written)
    known = KnownDocuments(file=file)
    known.recall(shipped)
    known.keep(shipped)
    assert set(json.loads(file.read_bytes())["documents"]) == set(read_all(shipped))
