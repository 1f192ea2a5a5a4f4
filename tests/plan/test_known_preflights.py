"""What was found before is found again while nothing has changed, and believed by nobody who sends or approves."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from communique.moments import parse_milestone
from communique.occasion import Occasion
from communique.plan.known_preflights import KnownPreflights, key_of, paths_of
from communique.plan.preflight import Findings, preflight
from communique.plan.preflights_beside import begun
from communique.read.sources import Sources
from communique.workspace import read_workspace
from tests.command_line import CommandLine
from tests.shipped_messages import occasions, workspace
from tests.workspaces import FOLLOWING, START, Town, build

SECRETS = ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")


class Watched:
    """Sources that write down which files were asked for."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.asked: set[str] = set()

    def read(self, path: str) -> bytes | None:
        """The file's bytes."""
        self.asked.add(path)
        return self.sources.read(path)

    def paths(self, under: str) -> list[str]:
        """As there."""
        return self.sources.paths(under)


@pytest.fixture
def quiet(tmp_path: Path) -> Town:
    """A town with two announcements, of which one is posted, too."""
    town = build(tmp_path)
    town.say_to_nobody_in_particular()
    town.add(FOLLOWING)
    town.campaign("through: [email]", "through: [email, x]")
    town.variables |= dict.fromkeys((f"X_{key}" for key in SECRETS), "secret")
    return town


def known(town: Town) -> KnownPreflights:
    """As the commands have them."""
    return town.installation.known_preflights


def found(town: Town, preflights: KnownPreflights) -> Findings:
    """What they say of the first announcement now."""
    return preflights(town.workspace, town.opened.adapters, town.occasion())


def key(town: Town, occasion: Occasion | None = None) -> str:
    """What it is known by now."""
    return key_of(town.workspace, town.opened.adapters, occasion or town.occasion())


def test_what_is_kept_is_what_was_found(quiet: Town) -> None:
    """Faults, lengths, and the hash that approvals are bound to; by another process, too."""
    quiet.write("templates/news/hello/en/social.txt", "long " * 80)
    anew = preflight(quiet.workspace, quiet.opened.adapters, quiet.occasion())
    first = known(quiet)
    assert found(quiet, first).problems
    first.keep()
    kept = json.loads(first.file.read_text(encoding="utf-8"))
    again = found(quiet, known(quiet))

    assert list(kept) == [key(quiet)]
    assert (again.digest, again.problems, again.measures) == (anew.digest, anew.problems, anew.measures)
    assert again.measures["x", "en"].length > again.measures["x", "en"].limit


@pytest.mark.parametrize("number", range(0, len(occasions()), 7))
def test_everything_that_is_read_is_part_of_the_key(number: int) -> None:
    """Of the shipped announcements: no file can change what is found and leave it known."""
    occasion = occasions()[number]
    watched = Watched(workspace().sources)
    fresh, _ = read_workspace(watched, workspace().kinds, None)
    assert fresh is not None
    preflight(fresh, {}, occasion)
    kept = set(paths_of(fresh, occasion))

    assert len(watched.asked) > 5
    assert {path for path in watched.asked if watched.sources.read(path) is not None} <= kept


def test_whatever_changes_is_looked_at_anew(quiet: Town) -> None:
    """A text, a layout, a fact, a setting, a date, a channel; but not the text of another announcement."""
    seen = [key(quiet)]
    quiet.write("templates/news/goodbye/en/article.md", "---\nheadline: Adieu\nsummary: x\n---\nx\n")
    assert key(quiet) == seen[0]

    quiet.write("templates/news/hello/en/article.md", "---\nheadline: Hi\nsummary: x\n---\nx\n")
    seen.append(key(quiet))
    quiet.edit("templates/news/hello/en/article.md", "Hi", "Ho")
    seen.append(key(quiet))
    quiet.edit("templates/layouts/mail.txt", "{{", " {{")
    seen.append(key(quiet))
    quiet.write("campaigns/other.yaml", "campaign: other\n")
    seen.append(key(quiet))
    quiet.campaign("colour: blue", "colour: green")
    seen.append(key(quiet))
    quiet.settings("place: Littleton", "place: Bigton")
    seen.append(key(quiet))
    moved = replace(quiet.occasion(), milestones={"start": parse_milestone("2027-01-04 10:00")})
    seen.append(key(quiet, moved))
    seen.append(key_of(quiet.workspace, {}, quiet.occasion()))
    assert len(set(seen)) == len(seen)


def test_it_is_known_to_another_process(quiet: Town) -> None:
    """Whose hashes of texts are others."""
    code = (
        "from pathlib import Path; from tests.plan.test_known_preflights import *; "
        f"it = Town(root=Path({str(quiet.root)!r})); print(key_of(it.workspace, {{}}, it.occasion()))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": "1"}
    )
    assert said.stdout == f"{key_of(quiet.workspace, {}, quiet.occasion())}\n"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"x": 1}', b"\xff"])
def test_a_file_that_makes_no_sense_is_as_none(quiet: Town, content: bytes) -> None:
    """And is replaced."""
    file = known(quiet).file
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    preflights = known(quiet)
    assert not found(quiet, preflights).problems
    preflights.keep()
    assert list(json.loads(file.read_text(encoding="utf-8"))) == [key(quiet)]


def test_where_nothing_can_be_written_it_is_looked_at_all_the_same(quiet: Town) -> None:
    """A file stands where the folder would be."""
    quiet.write("var", "not a folder")
    preflights = known(quiet)
    assert not found(quiet, preflights).problems
    preflights.keep()


def test_who_approves_and_who_sends_believe_nothing(quiet: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes into that file makes a plan look well; no mail goes for it."""
    quiet.settings("approvals: {required: 0}", "approvals: {required: 1}")
    quiet.invite("ana")
    quiet.clock.turn(days=-1)
    line = CommandLine(quiet.root, monkeypatch)
    line("plan", now=quiet.clock.now)
    file = known(quiet).file
    forged = {name: {**each, "digest": "0" * 64} for name, each in json.loads(file.read_text(encoding="utf-8")).items()}
    file.write_text(json.dumps(forged), encoding="utf-8")
    assert "0" * 64 in line("plan", "--json", now=quiet.clock.now).text

    line("approve", "news", "--as", "Ana", now=quiet.clock.now)
    assert "0" * 64 not in _approved(quiet)
    quiet.clock.now = START
    quiet.run()
    assert "1 sent" in quiet.account()


def _approved(town: Town) -> str:
    with town.database.reading() as connection:
        return str(connection.exec_driver_sql("SELECT * FROM approvals").all())


def at_other_times(town: Town) -> list[Occasion]:
    """The first announcement, at times of which one is a fault."""
    return [replace(town.occasion(), due_at=START - timedelta(days=day)) for day in range(9)]


def test_several_processes_find_what_one_finds(quiet: Town) -> None:
    """Whoever looks at many texts at once is told the same, and it is kept the same."""
    quiet.write("templates/news/hello/en/social.txt", "long " * 80)
    asked = at_other_times(quiet)
    alone, together = known(quiet), known(quiet)
    one_after_another = [alone(quiet.workspace, quiet.opened.adapters, each) for each in asked]
    together.look_ahead(quiet.workspace, quiet.opened.adapters, asked, shares=3)
    at_once = [together(quiet.workspace, quiet.opened.adapters, each) for each in asked]
    alone.keep()
    kept = alone.file.read_bytes()
    together.keep()

    assert at_once == one_after_another
    assert at_once[0].problems
    assert together.file.read_bytes() == kept


def test_what_a_process_did_not_find_is_found_without_it(quiet: Town) -> None:
    """One that the system has ended, for want of memory perhaps, or that nobody waits for, changes nothing."""
    keys = [str(number) for number in range(4)]

    def look(key: str) -> bytes:
        if key == "1":
            os.kill(os.getpid(), signal.SIGKILL)
        return Path("/proc/self/oom_score_adj").read_bytes().strip()

    ended, left = begun(keys, look, 3)

    assert [ended.found("1"), left.found("2"), ended.found("3")] == [None, b"1000", None]
    for each in (ended, left):
        each.end()
        with pytest.raises(ChildProcessError):
            os.waitpid(each.pid, 0)
    asked = at_other_times(quiet)
    together = known(quiet)
    together.look_ahead(quiet.workspace, quiet.opened.adapters, asked, shares=3)
    together.keep()
    found_again = known(quiet)
    assert len({found_again(quiet.workspace, quiet.opened.adapters, each).digest for each in asked}) == len(asked)
