"""`communique people`: lists that are refused whole, and who is on record for one that was taken."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from communique.bounces.consequences import follow
from communique.bounces.reading import read_report
from communique.postal_address import PostalAddress
from communique.settings.mailboxes import Bounces
from communique.store.desk import journal
from communique.store.recipients import domains, list_import, postal_addresses, returns
from tests.command_line import CommandLine, Said
from tests.returned_reports import KEY
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a town nobody is known in yet."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=START)
    return found


def imported(line: CommandLine, folder: Path, rows: str, *more: str, audience: str = "friends") -> Said:
    """Import these rows."""
    file = folder / "list.csv"
    file.write_text(f"address;name\n{rows}", encoding="utf-8")
    return line("people", "import", str(file), "--audience", audience, "--basis", "They asked.", "--as", "Ines", *more)


def test_a_list_without_a_good_row_is_no_list(line: CommandLine, tmp_path: Path) -> None:
    """Also when bad rows may be skipped: nothing is imported, and nothing is on record."""
    said = imported(line, tmp_path, "x;X\ny;Y\n", "--skip-bad-rows")
    assert (said.code, "Nothing was imported." in said.text) == (1, True)
    assert line("log").text == "Nothing has fallen due yet. communique plan shows what is to come.\n"


def test_a_file_that_is_far_too_large_is_refused_unread(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has chosen the wrong file."""
    monkeypatch.setattr("communique.commands.people.MOST_BYTES", 10)
    said = imported(line, tmp_path, "ana@example.org;Ana\n")
    assert (said.code, "list.csv: expected at most" in said.errors) == (1, True)
    assert line("people", "list", "friends").text == ""


def test_an_import_is_on_record(line: CommandLine, tmp_path: Path) -> None:
    """Who did it, how many, why, and no address."""
    assert imported(line, tmp_path, "ana@example.org;Ana\n").code == 0
    (entry,) = line("log", "--json").json["journal"]
    assert (entry["who"], entry["what"]) == ("Ines", "imported 1 person into friends (1 new): They asked.")


def test_an_audience_that_is_not_there_is_told_with_what_was_meant(line: CommandLine, tmp_path: Path) -> None:
    """When importing and when listing."""
    for said in (imported(line, tmp_path, "a@example.org;A\n", audience="freinds"), line("people", "list", "freinds")):
        assert (said.code, "Did you mean `friends`?" in said.errors) == (1, True)


def traces(root: Path, word: str) -> list[str]:
    """Files below a folder in which a word stands."""
    return [str(file) for file in root.rglob("*") if file.is_file() and word.encode() in file.read_bytes()]


def test_what_is_held_about_somebody_can_be_given_to_them(line: CommandLine, tmp_path: Path) -> None:
    """As JSON, and as a table in which no cell is a formula."""
    imported(line, tmp_path, "ana@example.org;=1+1\n")
    record = line("people", "export", "ANA@example.org").json
    assert record["person"][0]["name"] == "=1+1"
    assert record["audiences"][0] | {"added_at": ""} == {
        "audience": "friends",
        "person_id": 1,
        "basis": "They asked.",
        "source": "list.csv",
        "added_at": "",
    }
    assert "person,1,name,'=1+1" in line("people", "export", "ana@example.org", "--format", "csv").text
    nobody = line("people", "export", "ben@example.org")
    assert (nobody.code, "Nothing is held" in nobody.errors) == (1, True)


def test_who_is_erased_leaves_no_trace_and_stays_away(town: Town, line: CommandLine, tmp_path: Path) -> None:
    """Nothing of them is left in any file of the ledger, and an import leaves them out."""
    imported(line, tmp_path, "zacharias.unique@example.org;Zacharias Unique\nben@example.org;Ben\n")
    town.suppress("someone")
    town.run()
    assert town.account() == "2 planned = 2 sent"
    said = line("people", "erase", "Zacharias.Unique@example.org", "--as", "Inés Vidal")
    assert (said.code, "is erased" in said.text) == (0, True)
    town.database.close()
    for word in ("zacharias", "Zacharias", "Unique"):
        assert traces(town.root / "var", word) == []
    again = imported(line, tmp_path, "zacharias.unique@example.org;Zacharias Unique\ncleo@example.org;Cleo\n")
    assert "1 of them asked to be erased" in again.text
    assert "zacharias" not in line("people", "list", "friends").text
    assert "cleo@example.org" in line("people", "list", "friends").text
    assert town.account() == "2 planned = 2 sent"


def test_the_domain_of_somebody_erased_is_a_trace_too(town: Town, line: CommandLine, tmp_path: Path) -> None:
    """A channel with a rate for each domain has written it down; the copy is left out all the same."""
    imported(line, tmp_path, "z@zacharias-unique.example;Z\n")
    town.freeze()
    with town.database.begin() as connection:
        assert domains.sort_in(connection, "email", town.clock.now, 10) == 1
    line("people", "erase", "z@zacharias-unique.example", "--as", "Inés Vidal")
    town.database.close()
    assert traces(town.root / "var", "zacharias-unique") == []
    town.run()
    assert town.account() == "1 planned = 1 excluded"


def test_a_servers_words_about_somebody_erased_are_kept_without_the_address(town: Town, line: CommandLine) -> None:
    """Its answer often repeats whom the mail was for."""
    from communique.channel import PermanentError

    town.invite("ana")

    def refuse(_message: object) -> None:
        raise PermanentError("550 <ana@example.org>: no such user")

    town.email.before = refuse
    town.run()
    assert "ana@example.org" in str(town.copies()[0])
    line("people", "erase", "ana@example.org", "--as", "Inés Vidal")
    town.database.close()
    assert traces(town.root / "var", "ana@") == []
    assert "no such user" in str(town.copies()[0])
    assert "ana@" not in str(town.copies()[0])


def test_who_is_erased_stands_in_nobody_elses_words(town: Town, line: CommandLine, tmp_path: Path) -> None:
    """In what officers have typed, and in mails that nobody could assign; they were shown all of it before.

    Who has a longer address of the same letters is left as they are.
    """
    who, other = "zacharias.unique@example.org", "mr.zacharias.unique@example.org"
    imported(line, tmp_path, f"{who};Zacharias Unique\n{other};Other\n")
    line("people", "suppress", other, "--reason", f"{other} has moved", "--as", "Ana")
    line(
        "people",
        "suppress",
        who,
        "--reason",
        f"Zacharias Unique, {who.upper()}, asked by telephone, like eva@example.org",
        "--as",
        "Ana",
    )
    for number, sender in enumerate((who, other)):
        mail = f"From: {sender}\nSubject: From Zacharias\nMessage-ID: <{number}@example.org>\n\nHello"
        bounce = f"From: MAILER-DAEMON@a.example\nSubject: Undelivered\n\n<{sender}>: 550 5.1.1 {sender} unknown\n"
        for data in (mail.replace("From Zacharias", sender), bounce):
            with town.database.begin() as connection:
                follow(connection, read_report(data.encode()), KEY, Bounces(), place="cur/1", now=town.clock.now)
    shown = line("people", "export", who).json["mentions"]
    assert "asked by telephone, like (another address)" in str(shown)
    assert sorted(each["where"] for each in shown) == ["journal", "returns", "returns", "suppressions"]

    said = line("people", "erase", who, "--as", "Ana").text
    assert "cur/1 holds a mail that came back from them, or names them" in said
    with town.database.reading() as connection:
        kept = [
            *(each.what for each in journal.latest(connection, 9)),
            *(each.words + each.subject for each in returns.unmatched(connection, 9)),
        ]
    assert sum(other in each for each in kept) == 3
    assert "(erased), (erased), asked by telephone" in str(kept)
    assert not re.search(r"(?<!mr\.)zacharias|unique(?!@)", str(kept), re.IGNORECASE)


def test_where_a_preview_shows_who_was_erased_is_said(line: CommandLine, town: Town, tmp_path: Path) -> None:
    """As they read it: a folder that a command has made is named once; what is about others is not."""
    imported(line, tmp_path, "zacharias@example.org;Zacharias & Unique\nben@example.org;Ben\n")
    assert (
        line("preview", "news", "--as", "zacharias@example.org", "--out", str(town.root / "var/previews/one")).code == 0
    )
    line("preview", "news", "--as", "ben@example.org", "--out", str(town.root / "var/previews/two"))
    town.write("var/note.txt", "ZACHARIAS@example.org has called")
    town.write("var/public/en/index.html", "zacharias@example.org is the town's architect")
    said = [
        each
        for each in line("people", "erase", "zacharias@example.org", "--as", "Ana").text.splitlines()
        if "still" in each
    ]
    places = [each.partition(" still ")[0].partition("/var/")[2] for each in said]
    assert places == ["note.txt", "previews/one"]


def test_traces_that_cannot_be_wiped_now_are_said(
    line: CommandLine, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody reads the file for too long: the same command again does the rest."""
    file = town.root / "var" / "communique.sqlite"
    if not file.exists():
        pytest.skip("The files of a PostgreSQL server are its own.")
    imported(line, tmp_path, "ana@example.org;Ana\n")
    monkeypatch.setattr("communique.store.recipients.erasure.PATIENCE", 0)
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM people").fetchall()
        said = line("people", "erase", "ana@example.org", "--as", "Inés Vidal")
        assert (said.code, "traces are left" in said.errors) == (1, True)
    assert line("people", "erase", "ana@example.org", "--as", "Inés Vidal").code == 0
    town.database.close()
    assert traces(town.root / "var", "ana@") == []


def test_a_person_is_told_each_kind_of_mistake_of_a_long_list_once(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of bad rows fill no terminal; how many there are and where is said, and a file gets every one."""
    rows = "".join(f"nobody{number};N\n" for number in range(30)) + "ana@example.org;Ana\n" * 2
    in_a_file = imported(line, tmp_path, rows)
    monkeypatch.setattr("communique.commands.list_problems.may_write_over", lambda _: True)
    on_a_terminal = imported(line, tmp_path, rows)

    assert [said.text.count("error[bad-address]") for said in (in_a_file, on_a_terminal)] == [31, 6]
    assert "bad-address: 25 more rows are of this kind, too: 7, 8, 9, " in on_a_terminal.text
    assert all("31 errors, no warnings." in said.text for said in (in_a_file, on_a_terminal))
    assert all("Nothing was imported." in said.text for said in (in_a_file, on_a_terminal))


def test_an_import_that_is_stopped_has_changed_nothing(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of writing: it says so, no list has anybody of it, and who was new is not in the ledger."""
    imported(line, tmp_path, "ana@example.org;Ana\n")
    before = line("people", "list", "friends").text
    monkeypatch.setattr(list_import, "_PIECE", 2)
    written = []

    def stopped(_connection: Connection, homes: Mapping[int, PostalAddress]) -> None:
        written.append(homes)
        if homes:
            raise KeyboardInterrupt

    monkeypatch.setattr(postal_addresses, "keep", stopped)
    file = tmp_path / "many.csv"
    at_home = "Street 1;12345;Littleton;ES"
    rows = "".join(f"p{number}@example.org;P{number};{at_home if number == 3 else ';;;'}\n" for number in range(5))
    file.write_text(f"address;name;street;postcode;city;country\n{rows}ana@example.org;Changed;;;;\n", encoding="utf-8")
    said = line("people", "import", str(file), "--audience", "friends", "--basis", "They asked.", "--as", "Ana")

    assert [len(homes) for homes in written] == [0, 1]
    assert said.code == 130
    told = [each for each in said.errors.split("\n") if each]
    assert told == ["Nothing of many.csv was imported; every list is as it was.", "Stopped."]
    assert line("people", "list", "friends").text == before
    assert "Nothing is held" in line("people", "export", "p0@example.org").errors
