"""Secrets, which come from the environment and from nowhere else."""

import threading
from pathlib import Path

import pytest

from communique.environment import secret, signing_key
from communique.machine.file_faults import SecretFileError


def test_a_secret_is_a_variable_or_the_file_it_names(tmp_path: Path) -> None:
    """NAME, or NAME_FILE; a line's end is not part of it. Neither, or an empty one: there is none."""
    file = tmp_path / "secret"
    file.write_text("from a file\n", encoding="utf-8")
    found = secret({"TOKEN": "from a variable", "TOKEN_FILE": str(file)}, "TOKEN")
    assert found is not None
    assert found.reveal() == "from a variable"
    found = secret({"TOKEN_FILE": str(file)}, "TOKEN")
    assert found is not None
    assert found.reveal() == "from a file"
    assert secret({}, "TOKEN") is None
    assert secret({"TOKEN": ""}, "TOKEN") is None


def test_a_secret_is_not_seen() -> None:
    """In a log or an error it is masked."""
    assert "hidden" not in f"{secret({'TOKEN': 'hidden'}, 'TOKEN')!r} {secret({'TOKEN': 'hidden'}, 'TOKEN')}"


def test_the_key_of_the_environment_wins(tmp_path: Path) -> None:
    """And nothing is written."""
    assert signing_key({"COMMUNIQUE_KEY": "given"}, tmp_path / "var").reveal() == "given"
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_key_signs_nothing(tmp_path: Path, text: str) -> None:
    """Anybody could make such links. The file is named, and stays as it is."""
    for variables, file in (
        ({}, tmp_path / "secret.key"),
        ({"COMMUNIQUE_KEY_FILE": f"{tmp_path}/own"}, tmp_path / "own"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(OSError, match=r"expected the key that signs the links in mails, found nothing") as refused:
            signing_key(variables, tmp_path)
        assert refused.value.filename == str(file)
        assert file.read_text(encoding="utf-8") == text


def test_a_key_file_that_is_not_there_is_no_reason_to_take_another_key(tmp_path: Path) -> None:
    """The links in mails that have gone would be void."""
    with pytest.raises(FileNotFoundError):
        signing_key({"COMMUNIQUE_KEY_FILE": str(tmp_path / "mistyped")}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    """Links in mails hold for ever: the key stays the same, and nobody else on the machine reads it."""
    first = signing_key({}, tmp_path / "var").reveal()
    assert len(first) == 64
    assert signing_key({}, tmp_path / "var").reveal() == first
    (file,) = (tmp_path / "var").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_programs_that_begin_together_use_one_key(tmp_path: Path) -> None:
    """Whoever comes second takes the first one's: no link is signed with a key that is lost."""
    for attempt in range(20):
        keys: list[str] = []
        start = threading.Barrier(8)

        def begin(
            var: Path = tmp_path / str(attempt), keys: list[str] = keys, start: threading.Barrier = start
        ) -> None:
            start.wait()
            keys.append(signing_key({}, var).reveal())

        programs = [threading.Thread(target=begin) for _ in range(8)]
        for program in programs:
            program.start()
        for program in programs:
            program.join()
        assert len(keys) == 8
        assert len(set(keys)) == 1


def test_a_file_that_is_named_and_gives_no_secret_is_an_error(tmp_path: Path) -> None:
    """To go on without it would open another ledger, or log in as nobody: it says which variable and file, and why."""
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("\n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe")
    for file, why in (
        (tmp_path / "missing", "it is not there"),
        (empty, "it holds nothing"),
        (binary, "it holds no text"),
        (tmp_path, "Is a directory"),
    ):
        with pytest.raises(SecretFileError, match=f"TOKEN_FILE names the file {file}: {why}"):
            secret({"TOKEN_FILE": str(file)}, "TOKEN")
