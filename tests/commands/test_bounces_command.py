"""Returned mail read by hand."""

from pathlib import Path

import pytest

from tests.command_line import CommandLine, at
from tests.returned_reports import about
from tests.workspaces import Town, build


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A mail has gone to Ana and one to Ben."""
    made = build(tmp_path / "town")
    made.invite("ana", "ben")
    made.run()
    return made


@pytest.fixture
def communique(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of the town."""
    return at(town.root, monkeypatch, town.clock.now)


@pytest.fixture
def box(town: Town, tmp_path: Path) -> Path:
    """Four messages in a folder."""
    folder = tmp_path / "box"
    folder.mkdir()
    ana, ben = (copy.delivery for copy in town.copies())
    (folder / "1-hard").write_bytes(about("postfix-unknown-user", ana))
    (folder / "2-away").write_bytes(about("out-of-office-outlook", ben))
    (folder / "3-forged").write_bytes(about("qmail-unknown-user", ben, tag="a" * 18))
    (folder / "4-policy").write_bytes(about("block-list", ben))
    return folder


def test_it_says_what_each_is_and_changes_nothing(communique: CommandLine, box: Path) -> None:
    """Without --act one can look as often as one likes."""
    said = communique("bounces", "read", str(box))
    assert said.code == 0
    lines = [line.split() for line in said.text.splitlines()]
    assert [line[:3] for line in lines[:4]] == [
        ["1-hard", "failed", "5.1.1"],
        ["2-away", "auto-reply", "#2"],
        ["3-forged", "failed", "5.1.1"],
        ["4-policy", "failed", "5.7.1"],
    ]
    assert "#1 not written to any more 550 5.1.1 <ana@example.org>" in " ".join(said.text.split())
    assert "kept for a person to see" in said.text
    assert (
        "4 messages; 1 person not written to any more, if this is done (--act). Nothing has been changed." in said.text
    )
    assert "came back" not in communique("status").text
    assert communique("bounces", "unmatched").text == "Nothing waits for a person.\n"


def test_with_act_it_is_done_once(communique: CommandLine, box: Path) -> None:
    """And the journal says by whom."""
    assert "1 person not written to any more.\n" in communique("bounces", "read", "--act", "--as", "Eva", str(box)).text
    again = communique("bounces", "read", "--act", "--as", "Eva", str(box / "1-hard"))
    assert "was read before" in again.text
    assert "2 planned = 2 sent; 2 came back" in communique("status").text
    kept = communique("bounces", "unmatched").text
    assert "3-forged" in kept
    assert kept.count("failed") == 1
    assert "Eva read 4 messages of returned mail by hand" in " ".join(communique("log").text.split())
    assert sorted(each.name for each in box.iterdir()) == ["1-hard", "2-away", "3-forged", "4-policy"]


def test_where_a_message_lies_is_told_from_any_folder(
    communique: CommandLine, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder in which somebody read it is not the one in which the next one looks for it."""
    monkeypatch.chdir(box)
    said = communique("bounces", "read", "3-forged", "--act", "--as", "Eva")
    assert said.text.endswith("1 message; everybody is written to as before.\n")
    assert str((box / "3-forged").resolve()) in communique("bounces", "unmatched").text


def test_who_was_given_up_is_named_when_a_list_brings_them_back(
    communique: CommandLine, box: Path, tmp_path: Path
) -> None:
    """They stay off the lists, whoever imports them."""
    communique("bounces", "read", "--act", "--as", "Eva", str(box))
    (tmp_path / "people.csv").write_text("address,name\nANA@example.org,Ana\nnew@example.org,New\n")
    said = communique(
        "people", "import", str(tmp_path / "people.csv"), "--audience", "friends", "--basis", "test", "--as", "Eva"
    ).text
    assert "1 of them is not written to, until they ask for it themselves:" in said
    assert "ana@example.org  its mail comes back: nobody has this address (5.1.1)" in said
    assert "its mail comes back" in communique("people", "list", "friends").text
