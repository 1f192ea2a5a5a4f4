"""The commands about what became of messages: status, log, why, resolve."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from communique.channel import Receipt, UncertainError
from communique.delivery import State
from tests.command_line import CommandLine, at
from tests.single_delivery import failing, in_doubt
from tests.workspaces import FOLLOWING, START, Town

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")


def documented(heading: str, table: int = 0) -> set[str]:
    """The keys that a table of docs/json.md names."""
    section = DOCUMENTED.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [part for part in section.split("\n\n") if part.startswith("| key |")][table]
    return {key for line in found.splitlines()[2:] for key in re.findall(r"`(\w+)`", line.split("|")[1])}


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line at the time of the announcement."""
    return at(town.root, monkeypatch, START)


@pytest.fixture
def doubtful(town: Town) -> Town:
    """Ana's mail may have gone out, Ben's has, Eva must not have one."""
    in_doubt(town, "strict")
    town.invite("ana", "ben", "eva")
    town.suppress("eva")
    town.email.receipt = Receipt(detail="250 2.0.0 queued as 4F2", reference="4F2")
    town.email.after = failing(UncertainError("the answer was lost"), times=1)
    town.run()
    return town


def number(town: Town, name: str) -> str:
    """Of a person's copy."""
    return next(str(copy.delivery.id) for copy in town.copies() if copy.name == name)


def test_status_before_anything_is_due(line: CommandLine) -> None:
    """Nothing is said to be missing, and where to look instead."""
    said = line("status", now=START - timedelta(hours=1))

    assert (said.code, said.text) == (0, "Nothing has fallen due yet. communique plan shows what is to come.\n")
    assert line("status", "--json").json == {
        "version": 1,
        "mode": "live",
        "held": "",
        "paused": [],
        "resting": [],
        "stopped": [],
        "canary": None,
        "paces": [],
        "announcements": [],
        "in_doubt": [],
        "by_hand": [],
        "cancelled": [],
        "due": [],
        "failing": [],
        "given_up": [],
        "put_off": [],
        "nobody_sends": False,
        "problems": [],
    }


def test_status_shows_the_balance_and_what_is_in_doubt(line: CommandLine, doubtful: Town) -> None:
    """With its number and the reason, how to settle it, and exit code 1."""
    said = line("status")

    assert said.code == 1
    assert "Tue 2026-12-01 10:00 CET  news/hello  3 planned = 1 sent + 1 excluded + 1 in doubt" in said.text
    assert "1 copy in doubt: it may have gone out." in said.text
    assert re.search(rf"#{number(doubtful, 'Ana')}  email  Ana  .*the answer was lost", said.text)
    assert "communique resolve NUMBER sent|resend|failed --as NAME" in said.text


def test_status_speaks_json_as_documented(line: CommandLine, doubtful: Town) -> None:
    """The keys of the document and no others; no addresses."""
    said = line("status", "--json")
    (announcement,), (copy,) = said.json["announcements"], said.json["in_doubt"]

    assert said.code == 1
    assert documented("communique status --json") >= set(announcement)
    assert documented("communique status --json", 1) == set(copy)
    assert set(announcement["by_state"]) == {str(state) for state in State}
    assert (announcement["planned"], sum(announcement["by_state"].values()), announcement["holds"]) == (3, 3, True)
    assert (announcement["due_at"], announcement["late"]) == ("2026-12-01T09:00:00Z", False)
    assert (copy["state"], copy["attempts"], copy["person"]) == ("in_doubt", 1, 1)
    assert "@example.org" not in said.text.replace("@open.littleton.example.org", "")
    assert doubtful.account() == "3 planned = 1 sent + 1 excluded + 1 in doubt"


def test_packs_for_a_person_are_listed_and_are_no_fault(line: CommandLine, town: Town) -> None:
    """Exit code 0: somebody is to post them, and says so afterwards."""
    town.campaign("    to: [friends]\n    through: [email]", "    through: [handoff]")
    town.say_to_nobody_in_particular()
    town.run()
    said, found = line("status"), line("status", "--json").json

    assert said.code == 0
    assert "1 copy written for a person to post" in said.text
    assert (found["in_doubt"], len(found["by_hand"])) == ([], 1)
    assert line("resolve", str(found["by_hand"][0]["number"]), "sent", "--as", "Ana").code == 0
    assert line("status", "--json").json["by_hand"] == []


def test_status_of_one_campaign_says_nothing_of_another(line: CommandLine, doubtful: Town) -> None:
    """Neither its balance nor its doubts; a slip in the name is an error, never "nothing has fallen due"."""
    doubtful.write("campaigns/other.yaml", (doubtful.root / "campaigns/news.yaml").read_text().replace("news", "other"))
    other = line("status", "other")
    slip = line("status", "newz")

    assert (other.code, "DUE since" in other.text, "news" in other.text) == (0, True, False)
    assert (slip.code, slip.text) == (1, "")
    assert "No campaign or announcement `newz`. Did you mean `news`? Known here: " in slip.errors


def test_what_is_over_is_found_when_its_file_is_gone(line: CommandLine, doubtful: Town) -> None:
    """The ledger remembers what officers have tidied away."""
    (doubtful.root / "campaigns/news.yaml").unlink()

    assert "3 planned" in line("status", "news").text
    assert "queued as 4F2" in line("log", "news/hello").text


def test_log_shows_the_words_of_the_next_system(line: CommandLine, doubtful: Town) -> None:
    """Newest first, each copy with its state and the proof or the reason; at the most so many."""
    said = line("log")
    rows = [row.split() for row in said.text.splitlines()]

    assert said.code == 0
    assert "250 2.0.0 queued as 4F2" in said.text
    assert "asked to be left alone" in said.text
    assert [row[0] for row in rows] == [f"#{number(doubtful, name)}" for name in ("Eva", "Ben", "Ana")]
    assert len(line("log", "-n", "1").text.splitlines()) == 1


@pytest.mark.parametrize("most", ["0", "-1", "many"])
def test_a_number_of_lines_is_a_number(line: CommandLine, most: str) -> None:
    """From one on; anything else is refused."""
    assert line("log", "-n", most).code == 64


def test_log_speaks_json_as_documented(line: CommandLine, doubtful: Town) -> None:
    """Copies with the documented keys, and what people did; of one announcement the copies only."""
    assert line("resolve", number(doubtful, "Ana"), "sent", "--as", "Ines", "--note", "she wrote back").code == 0
    found = line("log", "--json").json
    one = line("log", "hello", "--json").json

    assert set(found) == {"version", "deliveries", "journal"}
    assert all(set(each) == documented("communique status --json", 1) for each in found["deliveries"])
    assert [each["state"] for each in found["deliveries"]] == ["excluded", "sent", "sent"]
    assert (found["deliveries"][1]["proof"], found["deliveries"][1]["receipt"]) == ("250 2.0.0 queued as 4F2", "4F2")
    assert found["deliveries"][0]["last_attempt_at"] is None
    (entry,) = found["journal"]
    assert (set(entry), entry["who"], entry["at"]) == ({"at", "who", "what"}, "Ines", "2026-12-01T09:00:00Z")
    assert "sent, decided by Ines: she wrote back" in entry["what"]
    assert (one["deliveries"], one["journal"]) == (found["deliveries"], [])


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("log", "news/helo"), "No announcement `helo`. Did you mean `hello`?"),
        (("log", "other/hello"), "No campaign `other`. Known here: news."),
        (("why", "ana@example.org", "news/helo"), "Did you mean `news/hello`?"),
        (("why", "ana", "hello"), "ana: "),
        (("resolve", "99", "sent", "--as", "Ana"), "No copy has the number 99. communique log lists them."),
    ],
)
def test_slips_are_refused_with_what_was_meant(line: CommandLine, words: tuple[str, ...], hint: str) -> None:
    """In a sentence, and with nothing on the other stream that could be taken for an answer."""
    said = line(*words)

    assert (said.code, said.text) == (1, "")
    assert hint in said.errors


@pytest.mark.parametrize(
    "words",
    [("resolve", "one", "sent", "--as", "Ana"), ("resolve", "1", "done", "--as", "Ana"), ("resolve", "1", "sent")],
)
def test_a_decision_has_a_number_an_outcome_and_a_name(line: CommandLine, words: tuple[str, ...]) -> None:
    """What is missing or unknown is said, with how the command is used; exit code 64."""
    said = line(*words)

    assert said.code == 64
    assert "Usage:" in said.errors


def test_a_decision_is_somebody_s(line: CommandLine, doubtful: Town) -> None:
    """An empty name is none."""
    said = line("resolve", number(doubtful, "Ana"), "sent", "--as", " ")

    assert (said.code, "expected the name of a person" in said.errors) == (64, True)
    assert doubtful.account() == "3 planned = 1 sent + 1 excluded + 1 in doubt"


def test_why_answers_in_a_sentence(line: CommandLine, doubtful: Town) -> None:
    """For each person, whether the campaign is named or not, however the address is written."""
    assert "Ana may have got it" in line("why", "ana@example.org", "hello").text
    assert "  Ana  a…@example.org  " in line("status").text
    assert "Ben got it" in line("why", "BEN@example.org", "news/hello").text
    assert "asked to be left alone" in line("why", "eva@example.org", "hello").text
    nobody = line("why", "zoe@example.org", "hello")
    assert (nobody.code, "Nobody with the address zoe@" in nobody.text) == (0, True)


def test_why_asks_which_one_is_meant(line: CommandLine, town: Town) -> None:
    """Two campaigns may use one name: then the campaign must be said."""
    town.write("campaigns/other.yaml", (town.root / "campaigns/news.yaml").read_text().replace("news", "other"))
    said = line("why", "ana@example.org", "hello")

    assert said.code == 1
    assert "`hello` is in several campaigns: say which, news/hello, other/hello." in said.errors


@pytest.mark.parametrize(
    ("decision", "account"),
    [
        ("sent", "3 planned = 2 sent + 1 excluded"),
        ("failed", "3 planned = 1 sent + 1 failed + 1 excluded"),
        ("cancelled", "3 planned = 1 sent + 1 excluded + 1 cancelled"),
        ("resend", "3 planned = 1 scheduled + 1 sent + 1 excluded"),
    ],
)
def test_a_person_settles_what_is_in_doubt(line: CommandLine, doubtful: Town, decision: str, account: str) -> None:
    """The copy takes the state, the balance holds, the journal has who and why, and status is well again."""
    copy = number(doubtful, "Ana")
    said = line("resolve", copy, decision, "--as", "Ines", "--note", "asked her")

    assert said.code == 0
    assert said.text.startswith(f"#{copy}: in doubt -> ")
    assert doubtful.account() == account
    assert line("status").code == 0
    # In the line of the copy, and in what people did.
    assert line("log").text.count(f"{decision}, decided by Ines: asked her") == 2
    spanish = {"sent": "llegó", "failed": "no llegó", "cancelled": "cancelada", "resend": "se envía de nuevo"}
    assert f"  {spanish[decision]}, lo decidió Ines: asked her\n" in line("--language", "es", "log").text


def test_what_is_settled_is_not_decided_again(line: CommandLine, doubtful: Town) -> None:
    """What was sent or must not go stays so."""
    for name, state in (("Ben", "sent"), ("Eva", "excluded")):
        said = line("resolve", number(doubtful, name), "resend", "--as", "Ines")
        assert (said.code, f"is {state}: there is nothing to decide" in said.errors) == (1, True)
    assert "Ines" not in line("log").text


def test_several_copies_are_settled_at_once_or_none_is(line: CommandLine, town: Town) -> None:
    """As after a restore, when hundreds may have gone out: one command, and nothing by half."""
    in_doubt(town, "strict")
    town.invite("ana", "ben", "eva")
    town.email.after = failing(UncertainError("the answer was lost"), times=2)
    town.run()
    ana, ben, eva = (number(town, name) for name in ("Ana", "Ben", "Eva"))
    refused = line("resolve", ana, eva, ben, "sent", "--as", "Ines")
    assert (refused.code, refused.text) == (1, "")
    assert f"Copy #{eva} is sent: there is nothing to decide." in refused.errors
    assert town.account() == "3 planned = 1 sent + 2 in doubt"
    said = line("resolve", ana, ben, ana, "sent", "--as", "Ines")
    assert (said.code, [each.partition(":")[0] for each in said.text.splitlines()]) == (0, [f"#{ana}", f"#{ben}"])
    assert town.account() == "3 planned = 3 sent"


def test_a_late_message_is_marked(line: CommandLine, town: Town) -> None:
    """In the status, and in its JSON."""
    town.invite("ana")
    town.clock.turn(hours=2)
    town.run()

    assert "CET late" in line("status").text
    assert line("status", "--json").json["announcements"][0]["late"] is True


def test_recurring_messages_are_told_apart(line: CommandLine, town: Town) -> None:
    """By their number, in the status and in the log."""
    town.add(FOLLOWING.replace("when: start + 1 hours", "when: start\n    every: 1 days"))
    town.invite("ana")
    town.run()
    town.clock.turn(days=1)
    town.run()

    for command in ("status", "log"):
        assert {"news/goodbye #1", "news/goodbye #2"} <= set(re.findall(r"news/goodbye #\d", line(command).text))


def test_what_everyone_reads_has_no_person(line: CommandLine, town: Town) -> None:
    """`null` for programs, "everyone" for people, and where the public sees it."""
    town.campaign("    to: [friends]\n    through: [email]", "    through: [feed]")
    town.say_to_nobody_in_particular()
    town.run()
    (copy,) = line("log", "--json").json["deliveries"]

    assert (copy["person"], copy["channel"]) == (None, "feed")
    assert copy["url"].startswith("https://open.littleton.example.org/feeds/public/en/")
    assert "everyone" in line("log").text
