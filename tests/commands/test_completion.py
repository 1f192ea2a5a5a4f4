"""What Tab completes: asked of the program, and typed into real shells."""

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from communique.cli import group
from tests.command_line import CommandLine
from tests.counterparts.presence import require
from tests.workspaces import FOLLOWING, Town, build

PROGRAM = Path(sys.executable).parent / "communique"
TAB, TO_BEGINNING = "\t", "\x01"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Two announcements of `news`."""
    made = build(tmp_path / "town")
    made.add(FOLLOWING)
    return made


@pytest.mark.parametrize(
    ("words", "begun", "found"),
    [
        ([], "pa", ["pause"]),
        ([], "--l", ["--language"]),
        (["people"], "im", ["import"]),
        (["plan"], "--o", ["--out"]),
        (["plan"], "", ["news"]),
        (["plan"], "n", ["news", "news/hello", "news/goodbye"]),
        (["plan"], "news/g", ["news/goodbye"]),
        (["retract"], "go", ["goodbye"]),
        (["approve", "news"], "", ["hello", "goodbye"]),
        (["declare", "news"], "", ["start", "later"]),
        (["rehearse", "news"], "n", ["news"]),
        (["pause"], "f", ["feed"]),
        (["cancel", "hello", "--through"], "", ["email", "website", "feed", "x", "handoff"]),
        (["correct", "news", "hello"], "e", ["email"]),
        (["people", "list"], "", ["friends"]),
        (["resolve", "1"], "s", ["sent"]),
        (["completion"], "", ["bash", "zsh", "fish"]),
    ],
)
def test_what_can_stand_there_is_offered(town: Town, words: Sequence[str], begun: str, found: Sequence[str]) -> None:
    """And nothing else: commands, options, choices, and names out of the files."""
    asked = ShellComplete(group, {}, "communique", "_COMMUNIQUE_COMPLETE")
    offered = asked.get_completions(["--workspace", str(town.root), *words], begun)
    assert [each.value for each in offered] == found


def test_a_file_with_a_fault_completes_what_it_says(town: Town) -> None:
    """And one that cannot be read completes nothing; neither is a reason to write into somebody's command line."""
    town.campaign("    when: start\n", "    when: [start\n# a remark\n")
    (town.root / "config" / "settings.yaml").write_bytes(b"\xff")
    asked = ShellComplete(group, {}, "communique", "_COMMUNIQUE_COMPLETE")
    where = ["--workspace", str(town.root)]
    assert [each.value for each in asked.get_completions([*where, "approve", "news"], "")] == ["hello", "goodbye"]
    assert asked.get_completions([*where, "pause"], "") == []


def typed(shell: Sequence[str], keys: str, folder: Path) -> str:
    """What a terminal shows where somebody has typed this."""
    seen, inside = pty.openpty()
    variables = {
        "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "TERM": "dumb",
        "LANG": "C.UTF-8",
    }
    with subprocess.Popen(
        shell, stdin=inside, stdout=inside, stderr=inside, cwd=folder, env=variables, start_new_session=True
    ):
        os.close(inside)
        os.write(seen, keys.encode())
        shown = b""
        try:
            while found := os.read(seen, 65536):
                shown += found
        except OSError:  # the shell has ended
            pass
    os.close(seen)
    return shown.decode(errors="replace")


@pytest.fixture
def script(town: Town, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As the command prints it; for zsh by the name under which it looks for it."""
    file = town.root / "_communique"
    file.write_text(CommandLine(town.root, monkeypatch)("completion", request.param).text)
    return file


#: The line as it has been completed comes out in words, one a line.
SHOW = f"{TO_BEGINNING}printf '<%s>\\n' \nexit\n"


@pytest.mark.parametrize("script", ["bash"], indirect=True)
def test_bash_completes_a_command_and_a_name(town: Town, script: Path) -> None:
    """In a terminal, with the script of the command."""
    keys = f"source {script}\ncommunique expl{TAB}{SHOW[:-5]}communique why ana@example.org goo{TAB}{SHOW}"
    shown = typed(["bash", "--norc", "--noprofile", "-i"], keys, town.root).replace("\r", "")
    assert "<communique>\n<explain>\n" in shown
    assert "<communique>\n<why>\n<ana@example.org>\n<goodbye>\n" in shown


@pytest.mark.counterpart
@pytest.mark.parametrize("script", ["zsh"], indirect=True)
def test_zsh_completes_a_command_and_a_name(town: Town, script: Path) -> None:
    """From the folder where zsh looks for what completes."""
    require(shutil.which("zsh"), "zsh is not installed: make counterparts.")
    begin = f"bindkey -e; fpath+=({script.parent}); autoload -U compinit; compinit -u -D\n"
    keys = f"{begin}communique expl{TAB}{SHOW[:-5]}communique why ana@example.org goo{TAB}{SHOW}"
    shown = typed(["zsh", "-f", "-i"], keys, town.root).replace("\r", "")
    assert "<communique>\n<explain>\n" in shown
    assert "<communique>\n<why>\n<ana@example.org>\n<goodbye>\n" in shown


@pytest.mark.counterpart
@pytest.mark.parametrize("script", ["fish"], indirect=True)
def test_fish_completes_a_command_and_a_name(town: Town, script: Path) -> None:
    """Fish says itself what it would complete."""
    require(shutil.which("fish"), "fish is not installed: make counterparts.")
    asked = "complete -C 'communique expl'; complete -C 'communique why ana@example.org goo'"
    shown = typed(["fish", "--no-config", "-c", f"source {script}; {asked}"], "", town.root)
    assert [line.split()[0] for line in shown.split("\n") if line.strip()] == ["explain", "goodbye"]
