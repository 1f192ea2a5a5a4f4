"""Who sends: one process of a workspace at a time, which knows whose work it finds unfinished."""

from pathlib import Path

import pytest

from communique.send.lead import Lead


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A lock in a folder that is not there yet."""
    return tmp_path / "var" / "daemon.lock"


def test_one_leads_until_it_lets_go(file: Path) -> None:
    """The second stands by, and takes over when the first has closed; who leads already goes on."""
    first, second = Lead(file, "city/1-a"), Lead(file, "city/2-b")
    assert (first.take(), first.take(), second.take()) == (True, True, False)
    first.close()
    assert (second.take(), first.take()) == (True, False)
    second.close()


def test_the_one_before_is_known_by_name(file: Path) -> None:
    """Once it had signed; and until the next one signs, so that a second crash loses nothing.

    Who began to take over before it died is named beside the one before.
    """
    first, second, third = (Lead(file, f"city/{number}") for number in (1, 2, 3))
    assert first.take()
    assert first.gone == []
    first.sign()
    first.close()
    assert second.take()
    assert second.gone == ["city/1"]
    second.take_over()
    assert second.gone == ["city/1"]
    second.close()
    assert third.take()
    assert third.gone == ["city/1", "city/2"]
    third.take_over()
    third.sign()
    assert third.gone == []
    third.close()
    assert second.take()
    assert second.gone == ["city/3"]
    second.close()


@pytest.mark.parametrize("named", ["elsewhere/1", "citizens/1", "", "city/2", "\n"])
def test_a_copied_folder_declares_nobody_dead(file: Path, named: str) -> None:
    """Who is named on another host may live there; nor is anybody dead who is oneself, or nobody."""
    file.parent.mkdir()
    file.write_text(named, encoding="utf-8")
    lead = Lead(file, "city/2")
    assert lead.take()
    assert lead.gone == []
    lead.sign()
    lead.close()
    assert file.read_text(encoding="utf-8").strip() == "city/2"


@pytest.mark.parametrize("left", [b"\0" * 4096, b"city/1\n\xff\xfe\x80\n"])
def test_what_a_broken_disk_has_left_stops_nobody(file: Path, left: bytes) -> None:
    """It is no name; what can be read beside it is one."""
    file.parent.mkdir()
    file.write_bytes(left)
    lead = Lead(file, "city/2")
    assert lead.take()
    assert lead.gone == (["city/1"] if b"city/1" in left else [])
    lead.sign()
    lead.close()
    assert file.read_bytes() == b"city/2\n"


def test_who_does_not_lead_signs_nothing(file: Path) -> None:
    """The name in the file is the holder's."""
    first, second = Lead(file, "city/1"), Lead(file, "city/2")
    assert first.take()
    first.sign()
    assert not second.take()
    second.sign()
    assert file.read_text(encoding="utf-8").strip() == "city/1"
    first.close()
