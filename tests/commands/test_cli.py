"""The commands before anything goes out: check, explain, init, plan, declare, approve, people."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from communique.store.recipients import suppression_list
from tests.command_line import CommandLine
from tests.workspaces import START, Town

ERROR = ("campaigns/news.yaml", "through: [email]", "through: [emial]")


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in the tiny town, a day before the start."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    for name in ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"):
        monkeypatch.setenv(name, "secret")
    town.clock.turn(days=-1)
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=town.clock.now)
    return found


def test_a_setting_without_sense_has_none_in_a_trial_either(town: Town, line: CommandLine) -> None:
    """A server's name with a space in it; a missing secret is no fault before anything goes out for real."""
    town.settings("mode: live", "mode: trial")
    assert line("check").code == 0
    town.settings("host: localhost", 'host: "local host"')
    said = line("check")
    assert said.code == 1
    assert "`host` is 'local host'" in said.text + said.errors


def test_check_finds_nothing(line: CommandLine) -> None:
    """Exit code 0, and a sentence."""
    said = line("check")

    assert (said.code, said.text) == (0, "no errors, no warnings.\n")


def test_check_says_where_what_and_what_to_do(line: CommandLine, town: Town) -> None:
    """Place, line, caret, expected, found, and the way to learn more; exit code 1."""
    town.edit(*ERROR)
    said = line("check")

    assert said.code == 1
    assert "campaigns/news.yaml:13:15: error[unknown-channel] expected an open channel, found `emial`" in said.text
    assert "13 |     through: [emial]\n     |               ^" in said.text
    assert "Did you mean `email`?" in said.text
    assert "communique explain unknown-channel" in said.text


def test_check_speaks_json(line: CommandLine, town: Town) -> None:
    """The documented fields, and nothing else."""
    town.edit(*ERROR)
    said = line("check", "--json")

    assert said.code == 1
    assert list(said.json) == ["version", "errors", "warnings", "problems"]
    (found,) = said.json["problems"]
    keys = ["code", "severity", "file", "line", "column", "message", "hint", "message_parts", "hint_parts"]
    assert (said.json["errors"], said.json["warnings"], list(found)) == (1, 0, keys)
    assert (found["code"], found["line"], found["column"]) == ("unknown-channel", 13, 15)
    assert line("check", "--json", "news.yaml").json == said.json


@pytest.mark.parametrize("command", ["check", "plan", "rehearse"])
def test_an_unknown_campaign_is_an_error(line: CommandLine, command: str) -> None:
    """A slip in a name does not look like success."""
    said = line(command, "newz")

    assert said.code == 1
    assert "Did you mean `news`?" in said.errors


def test_check_without_campaigns_warns(line: CommandLine, town: Town) -> None:
    """An empty folder announces nothing, and says so."""
    (town.root / "campaigns/news.yaml").unlink()
    said = line("check")

    assert said.code == 0
    assert "campaigns: warning[missing-file]" in said.text


def test_explain(line: CommandLine) -> None:
    """What a code means, or which codes there are."""
    assert line("explain", "dates-differ").text.startswith("dates-differ\nTwo languages say different dates")
    assert "Did you mean `dates-differ`?" in line("explain", "date-differ").errors


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # to look at all three campaigns takes long
def test_init_makes_a_workspace_that_checks(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says what to do next; a second time it refuses."""
    directory = line.root / "city"
    said = line("init", str(directory))
    city = CommandLine(directory, monkeypatch)

    assert said.code == 0
    assert f"communique --workspace {directory} check" in said.text
    assert city("check").code == 0
    assert city("plan").code == 2
    assert "found files in" in line("init", str(directory)).errors


def test_plan_tells_what_will_go(line: CommandLine, town: Town) -> None:
    """Local time, zone and UTC, channel, languages, number of people; exit code 2 while something is pending."""
    town.invite("ana", "ben")
    said = line("plan")

    assert said.code == 2
    assert "Now Mon 2026-11-30 10:00 CET; mode live." in said.text
    assert "Tue 2026-12-01 10:00 CET (09:00 UTC)  news/hello\n  email  en  2\n" in said.text
    assert said.text.endswith("1 message to go (2 copies), 0 that will NOT go.\n")


def test_plan_tells_what_will_not_go_and_why_once(line: CommandLine, town: Town) -> None:
    """One line a channel with its languages, and the reason once for all of them."""
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.campaign("languages: [en]", "languages: [en, es, fr]")
    town.campaign("through: [email]", "through: [email, website, feed, x]")
    town.write("templates/news/hello/es/social.txt", "Hola {{ link }}")
    for language in ("en", "es", "fr"):
        text = "---\nheadline: H\nsummary: S\n---\nHello.\n"
        town.write(f"templates/news/hello/{language}/article.md", text)
    town.invite("ana")
    text = line("plan").text

    assert text.count("will NOT go: not approved: 1 approval missing") == 1
    assert "  website  en es fr  1 each" in text
    assert "weighted characters  US$0.200" in text


def test_plan_speaks_json(line: CommandLine, town: Town) -> None:
    """Versioned, with instants in UTC beside local time."""
    town.invite("ana", "ben")
    town.suppress("ben")
    said = line("plan", "--json")
    (message,) = said.json["messages"]

    assert said.code == 2
    assert (said.json["version"], said.json["mode"], said.json["now"]) == (1, "live", "2026-11-30T09:00:00Z")
    expected = {
        "campaign": "news",
        "announcement": "hello",
        "occurrence": "once",
        "channel": "email",
        "kind": "email",
        "language": "en",
        "due_at": "2026-12-01T09:00:00Z",
        "due_local": "2026-12-01T10:00+01:00",
        "recipients": 1,
        "excluded": 1,
        "excluded_reasons": {"must not be written to: asked to be left alone": 1},
        "will_go": True,
        "reason": "",
    }
    assert expected.items() <= message.items()


def test_plan_says_who_must_not_get_it_and_why(line: CommandLine, town: Town) -> None:
    """Before anything is approved, so that nobody is missed by mistake."""
    town.settings("required: 0", "required: 1")
    town.settings("mode: live", "mode: trial\nallow_list: [ana@example.org, ben@example.org]")
    town.invite("ana", "ben", "eva", "zoe")
    town.suppress("ben", "asked by telephone")
    text = line("plan").text

    assert "will NOT go: not approved: 1 approval missing" in text
    assert "  email must not go to 2: trial mode: not on the allow-list\n" in text
    assert "  email must not go to 1: must not be written to: asked by telephone\n" in text


def test_plan_of_what_is_over_has_nothing_pending(line: CommandLine, town: Town) -> None:
    """Exit code 0 once everything has gone."""
    town.invite("ana")
    town.clock.now = START
    town.run()
    said = line("plan", now=town.clock.now)

    assert said.code == 0
    assert "no messages to go" in said.text


def test_plan_with_a_broken_file_is_loud(line: CommandLine, town: Town) -> None:
    """Exit code 1 and the problem, in text and in JSON."""
    town.edit(*ERROR)

    assert line("plan").code == line("plan", "--json").code == 1
    assert "error[unknown-channel]" in line("plan").text
    assert line("plan", "--json").json["problems"][0]["code"] == "unknown-channel"


def test_plan_with_an_unknown_milestone(line: CommandLine, town: Town) -> None:
    """No date yet, and the command that gives it one."""
    town.campaign("when: start", "when: later")
    text = line("plan").text

    assert "no date yet  news/hello" in text
    assert "communique declare news later DATE" in text


def test_declare_moves_what_counts_from_it(line: CommandLine, town: Town) -> None:
    """And lists it, and is on record."""
    said = line("declare", "news", "start", "2026-12-03 10:00", "--as", "Ana")

    assert said.code == 0
    assert "news/start is 2026-12-03 10:00 (was 2026-12-01 10:00)." in said.text
    assert "hello" in said.text
    assert "Thu 2026-12-03 10:00 CET" in line("plan").text
    assert "declared news/start 2026-12-03 10:00" in line("log").text


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("news", "strat", "2026-12-03"), "Did you mean `start`?"),
        (("newz", "start", "2026-12-03"), "Did you mean `news`?"),
        (("news", "start", "soon"), "expected a date (`2026-12-01`)"),
        (("news", "start", "03/12/2026"), "Did you mean `2026-12-03`?"),
        (("news", "start", "2026-02-30"), "expected a day of the calendar"),
    ],
)
def test_declare_refuses_slips(line: CommandLine, words: tuple[str, ...], hint: str) -> None:
    """Each with what was expected."""
    said = line("declare", *words, "--as", "Ana")

    assert said.code == 1
    assert hint in said.errors


def test_approval_by_two(line: CommandLine, town: Town) -> None:
    """Two different people of those named; an edit voids both."""
    town.settings("approvals: {required: 0}", "approvals: {required: 2, approvers: [Ana, Ben, Cleo]}")
    town.campaign("title: News", "title: News\nauthor: Cleo")
    town.invite("ana")

    assert "1 more needed" in line("approve", "news", "--as", "Ana").text
    assert "1 more needed" in line("approve", "news", "--as", "Ana").text
    assert "may not approve" in line("approve", "news", "--as", "Dan").errors
    author = line("approve", "news", "--as", "Cleo")
    assert (author.code, "an author's own does not count" in author.text) == (1, True)
    assert "approved by Ana, Ben\n" in line("approve", "news/hello", "--as", "Ben").text
    assert "1 message to go" in line("plan").text
    town.edit("templates/news/hello/en/article.md", "hello.", "hello!")
    assert "changed since it was approved" in line("plan").text


def test_what_has_a_problem_is_not_approved(line: CommandLine, town: Town) -> None:
    """The problem is said instead; exit code 1."""
    town.edit("templates/news/hello/en/article.md", "hello.", "hello {{ nothing }}.")
    said = line("approve", "news", "--as", "Ana")

    assert said.code == 1
    assert "NOT approved: templates/news/hello/en/article.md: this text needs something that is not there" in said.text


def test_people(line: CommandLine, town: Town, tmp_path: Path) -> None:
    """A list is imported whole or not at all, unless its good rows are asked for; who left stays away."""
    town.suppress("ben")
    file = tmp_path / "list.csv"
    file.write_text("address;name;language\nana@example.org;Ana;en\nben@example.org;Ben;en\nx;X;en\n")
    words = ("people", "import", str(file), "--audience", "friends", "--basis", "They asked.", "--as", "Ana")

    refused = line(*words)
    assert refused.code == 1
    assert f"{file}:4:1: error[bad-address]" in refused.text
    assert "Nothing was imported." in refused.text
    assert line("people", "list").text.split() == ["friends", "0", "Friends"]
    assert "2 people read; 2 new in friends." in line(*words, "--skip-bad-rows").text
    assert "2 people read; 0 new in friends." in line(*words, "--skip-bad-rows").text
    listed = line("people", "list", "friends").text
    assert listed.splitlines()[0].split() == ["ana@example.org", "Ana", "en"]
    assert "asked to be left alone" in listed
    assert "imported 2 people into friends" in line("log").text


def test_people_suppress(line: CommandLine, town: Town) -> None:
    """At once, with a reason, on record without the address."""
    town.invite("ana")
    said = line("people", "suppress", "Ana@Example.org", "--reason", "wrote to us", "--as", "Ben")

    assert said.code == 0
    with town.database.reading() as connection:
        assert suppression_list.suppression(connection, "ana@example.org") == "wrote to us"
    assert "ana@example.org" not in line("log").text
    assert line("people", "suppress", "x", "--reason", "x", "--as", "Ben").code == 1


def test_a_terminal_is_not_steered(line: CommandLine, town: Town) -> None:
    """A server's words, or a name, come without control characters."""
    town.invite("ana")
    town.email.receipt = town.email.receipt.__class__(detail="250 \x1b[2Jgone\x07")
    town.clock.now = START
    town.run()

    assert "250 [2Jgone" in line("log").text
    assert "\x1b" not in line("log").text


def test_json_is_plain_text(line: CommandLine, town: Town) -> None:
    """Accents stay readable."""
    town.campaign("title: News", "title: Noticias del año")
    town.settings("name: City of Littleton", "name: Añover")

    assert json.loads(line("plan", "--json").text)["mode"] == "live"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", ["check", "plan", "status", "log"])
def test_faults_of_the_machine_are_said_in_a_sentence(line: CommandLine, command: str) -> None:
    """A spoilt ledger, no folder to write to, no settings."""
    ledger, var = line.root / "var/communique.sqlite", line.root / "var"
    for beside in var.glob("communique.sqlite*"):
        beside.unlink()
    ledger.parent.mkdir(exist_ok=True)
    ledger.write_bytes(b"nonsense" * 1000)
    said = line(command)
    assert (said.code, "file is not a database" in said.errors, said.errors.count("\n")) == (1, True, 1)

    shutil.rmtree(var)
    (line.root / "config/settings.yaml").rename(line.root / "settings")
    assert "config/settings.yaml: error[missing-file]" in line(command).text
    (line.root / "settings").rename(line.root / "config/settings.yaml")

    var.write_text("")
    said = line(command)
    assert (said.code, f"{var}: File exists" in said.errors, said.errors.count("\n")) == (1, True, 1)
    var.unlink()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://me:hidden@127.0.0.1:1/x", "expected"),
        ("postgres://me:hidden@127.0.0.1:1/x", "Connection refused"),
        ("nonsense", "DATABASE_URL: expected"),
        ("nosuch://me:hidden@x", "DATABASE_URL: expected"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_not_there(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    """The address is shown without its password."""
    monkeypatch.setenv("DATABASE_URL", address)
    said = line("plan")

    assert said.code == 1
    assert words in said.errors
    assert "hidden" not in said.errors


def test_ctrl_c_shows_no_traceback_while_the_program_is_being_loaded() -> None:
    """It comes when what reads the command line is not there yet."""
    interrupted = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from communique.__main__ import main\n"
        "main()"
    )
    ended = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "\n")
