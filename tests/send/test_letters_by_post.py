"""Who has no e-mail address gets a letter: one, through batches that a person posts."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pdfplumber
import pytest

from channels.paper.tray import Tray
from communique.delivery import State
from communique.postal_address import PostalAddress
from communique.store.recipients import people, suppression_list
from tests.command_line import CommandLine, at
from tests.plan.test_correcting import CORRECTION
from tests.workspaces import START, Town

LETTER = "  letter: {kind: letter, directory: var/letters}\n"
BATCH = "letter/news-hello-once/en-1"


@pytest.fixture
def by_post(town: Town) -> Town:
    """`hello` goes by mail and by letter, to one person each."""
    town.settings("channels:\n", f"channels:\n{LETTER}")
    town.campaign("through: [email]", "through: [email, letter]")
    town.invite("ana")
    town.invite_by_post("remedios")
    return town


@pytest.fixture
def line(by_post: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of the town."""
    return at(by_post.root, monkeypatch, START)


def test_mails_go_before_letters_are_printed(town: Town) -> None:
    """Whatever the channels are called: where printing brings the daemon down, at each start, mails have gone."""
    town.settings("channels:\n", f"channels:\n{LETTER.replace('letter:', 'carta:')}")
    town.campaign("through: [email]", "through: [carta, email]")
    town.invite("ana")
    town.invite_by_post("remedios")
    town.freeze()
    assert list(town.dispatcher().due()) == ["email", "carta"]


def printed(town: Town, root: str = "var/letters") -> list[Path]:
    """Letters that lie in batches."""
    return sorted((town.root / root).rglob("letters/*.pdf"))


def states(town: Town) -> dict[tuple[str, str], State]:
    """By channel and name."""
    return {(each.delivery.channel, each.name): each.delivery.state for each in town.copies()}


def test_only_whom_no_mail_reaches_gets_a_letter(by_post: Town) -> None:
    """Each exactly once, by one way; a letter waits until somebody has posted it."""
    by_post.run()
    by_post.run()

    assert states(by_post) == {
        ("email", "Ana"): State.SENT,
        ("email", "Remedios"): State.EXCLUDED,
        ("letter", "Remedios"): State.IN_DOUBT,
    }
    assert len(printed(by_post)) == 1


def test_a_letter_alone_goes_to_everybody_with_a_postal_address(by_post: Town) -> None:
    """Institutions want it on paper; who has no postal address is counted, with the reason."""
    by_post.campaign("through: [email, letter]", "through: [letter]")
    by_post.run()

    assert states(by_post) == {("letter", "Ana"): State.EXCLUDED, ("letter", "Remedios"): State.IN_DOUBT}
    assert [each.delivery.reason for each in by_post.copies() if each.name == "Ana"] == ["no postal address"]


def test_whose_mail_comes_back_gets_letters_from_then_on_and_who_has_left_nothing(by_post: Town) -> None:
    """A dead address is no word of its owner's; who leaves after it has died gets no letter either."""
    home = PostalAddress(street="1 Quay Street", city="Harbourton", postcode="41999", country="ES")
    names = ("ben", "cleo", "dora")
    rows = [
        people.Row(address=f"{name}@example.org", name=name.title(), language="en", organisation="", postal=home)
        for name in names
    ]
    now = by_post.clock.now
    with by_post.database.begin() as connection:
        people.add(connection, rows, audience="friends", basis="test", source="test", now=now)
        for name in names[:2]:
            suppression_list.suppress(
                connection, f"{name}@example.org", reason="its mail comes back", now=now, is_dead=True
            )
    by_post.suppress("cleo", "left")
    by_post.suppress("dora", "left")
    by_post.run()

    found = states(by_post)
    assert {name: found.get(("letter", name)) for name in ("Ana", "Ben", "Cleo", "Dora")} == {
        "Ana": None,
        "Ben": State.IN_DOUBT,
        "Cleo": None,
        "Dora": None,
    }
    assert {found["email", name] for name in ("Ben", "Cleo", "Dora")} == {State.EXCLUDED}
    assert len(printed(by_post)) == 2
    with by_post.database.reading() as connection:
        assert suppression_list.suppression(connection, "cleo@example.org") == "left"
    by_post.add("  paper:\n    when: start\n    to: [friends]\n    through: [letter]\n")
    by_post.run()
    last = {each.name: each.delivery.state for each in by_post.copies() if each.delivery.announcement == "paper"}
    assert (last["Ben"], last["Cleo"], last["Dora"]) == (State.IN_DOUBT, State.EXCLUDED, State.EXCLUDED)


def test_whose_mail_comes_back_gets_this_one_by_letter_while_it_makes_sense(by_post: Town) -> None:
    """Once, and nobody else: not who complains of it, nor who has no postal address."""
    home = PostalAddress(street="1 Quay Street", city="Harbourton", postcode="41999", country="ES")
    names = ("ben", "cleo", "dora")
    rows = [
        people.Row(address=f"{name}@example.org", name=name.title(), language="en", organisation="", postal=home)
        for name in names
    ]
    with by_post.database.begin() as connection:
        people.add(connection, rows, audience="friends", basis="test", source="test", now=by_post.clock.now)
    by_post.run()
    assert by_post.account() == "6 planned = 4 sent + 1 excluded + 1 in doubt"
    by_post.clock.turn(hours=1)
    with by_post.database.begin() as connection:
        for name, is_dead in (("ana", True), ("ben", True), ("cleo", False)):
            address, now = f"{name}@example.org", by_post.clock.now
            suppression_list.suppress(connection, address, reason="its mail comes back", now=now, is_dead=is_dead)
    by_post.run()
    by_post.run()
    found = states(by_post)
    assert {name for channel, name in found if channel == "letter"} == {"Remedios", "Ben"}
    assert found["letter", "Ben"] is State.IN_DOUBT
    assert found["email", "Ben"] is State.SENT
    assert by_post.account() == "7 planned = 4 sent + 1 excluded + 2 in doubt"
    by_post.clock.turn(hours=48)
    with by_post.database.begin() as connection:
        suppression_list.suppress(
            connection, "dora@example.org", reason="its mail comes back", now=by_post.clock.now, is_dead=True
        )
    by_post.run()
    assert ("letter", "Dora") not in states(by_post)


def test_a_letter_instead_of_a_mail_that_was_corrected_is_followed_by_the_correction(
    by_post: Town, line: CommandLine
) -> None:
    """The mails were wrong, and were put right; then both come back."""
    home = PostalAddress(street="1 Quay Street", city="Harbourton", postcode="41999", country="ES")
    row = people.Row(address="ben@example.org", name="Ben", language="en", organisation="", postal=home)
    with by_post.database.begin() as connection:
        people.add(connection, [row], audience="friends", basis="test", source="test", now=by_post.clock.now)
    by_post.run()
    by_post.write("templates/news/hello/en/correction.md", CORRECTION)
    assert line("correct", "news/hello", "--as", "Ana Gil").code == 0
    by_post.run()
    by_post.clock.turn(hours=1)
    with by_post.database.begin() as connection:
        suppression_list.suppress(
            connection, "ben@example.org", reason="its mail comes back", now=by_post.clock.now, is_dead=True
        )
    for _ in range(3):
        by_post.run()
        by_post.clock.turn(hours=1)
    letters = [
        (each.delivery.occurrence, each.delivery.state)
        for each in by_post.copies()
        if (each.name, each.delivery.channel) == ("Ben", "letter")
    ]
    assert letters == [("once", State.IN_DOUBT), ("once-corrected-1", State.IN_DOUBT)]


def test_no_letter_is_written_instead_of_a_mail_about_what_has_been_overtaken(by_post: Town) -> None:
    """The meeting is called off, and then a mail that invited to it comes back."""
    by_post.campaign("    to: [friends]", "    unless: later\n    to: [friends]")
    by_post.run()
    home = PostalAddress(street="1 Quay Street", city="Harbourton", postcode="41999", country="ES")
    row = people.Row(address="ana@example.org", name="Ana", language="en", organisation="", postal=home)
    by_post.clock.turn(hours=1)
    by_post.campaign("later: unknown", "later: 2026-12-01 10:30")
    with by_post.database.begin() as connection:
        people.add(connection, [row], audience="friends", basis="test", source="test", now=by_post.clock.now)
        suppression_list.suppress(
            connection, "ana@example.org", reason="its mail comes back", now=by_post.clock.now, is_dead=True
        )
    by_post.run()
    by_post.run()
    assert states(by_post)["letter", "Ana"] is State.CANCELLED
    assert len(printed(by_post)) == 1


def test_a_batch_is_done_when_a_person_says_so(by_post: Town, line: CommandLine) -> None:
    """By the name on its cover; a slip in the name settles nothing, and nothing is done twice."""
    by_post.run()
    listed, slip = line("status"), line("done", BATCH[:-1], "--as", "Inés")

    assert (listed.code, BATCH in listed.text) == (0, True)
    assert (slip.code, f"Did you mean `{BATCH}`?" in slip.errors) == (1, True)
    assert line("done", BATCH, "--as", "Inés Vidal", "--note", "Monday").code == 0
    assert states(by_post)["letter", "Remedios"] is State.SENT
    assert "posted by Inés Vidal: Monday" in line("log").text
    assert line("done", BATCH, "--as", "Inés").code == 1


def test_killed_after_the_point_of_no_return_nobody_gets_two_letters_or_none(
    by_post: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the batch has its name, and after it: whoever takes over finds it there, or writes it."""
    by_post.invite_by_post("tomas")
    put_out = Tray.put_out
    for late in (False, True):

        def killed(tray: Tray, staging: Path, name: str, *, late: bool = late) -> None:
            if late:
                put_out(tray, staging, name)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Tray, "put_out", killed)
            with pytest.raises(KeyboardInterrupt):
                by_post.run()
        by_post.gone, by_post.owner = [by_post.owner], f"{by_post.owner}1"
        by_post.run()
        by_post.clock.turn(minutes=5)
    by_post.run()

    assert [each.name for each in printed(by_post)] == ["2.pdf", "3.pdf"]
    assert len(list(by_post.root.rglob("to-print.pdf"))) == 1
    assert list(states(by_post).values()).count(State.IN_DOUBT) == 2


def test_in_trial_mode_letters_are_written_apart(by_post: Town) -> None:
    """They reach nobody by themselves, so nobody needs to be on the allow-list."""
    by_post.settings("mode: live", "mode: trial")
    by_post.run()

    assert (len(printed(by_post)), len(printed(by_post, "var/trial/letters"))) == (0, 1)


def test_a_letter_that_cannot_be_filled_stops_all(by_post: Town) -> None:
    """Whatever it asks of a person is tried for each, before anybody gets anything."""
    by_post.say("hello", {"en": "---\nheadline: H\nsummary: S\n---\n{% if on_paper %}{{ facts.nothing }}{% endif %}\n"})

    assert not by_post.freeze()


def test_who_got_a_letter_is_told_of_a_withdrawal_by_letter(by_post: Town, line: CommandLine) -> None:
    """In a batch of its own, which a person posts; what was not yet posted may have been."""
    by_post.run()
    assert line("retract", "hello", "--reason", "en=The date in it was wrong.", "--as", "Ana Gil").code == 0
    by_post.run()
    (letter,) = printed(by_post, "var/letters/letter/news-hello-once-retracted")
    with pdfplumber.open(letter) as pdf:
        text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    said = ("Withdrawn: Hello Dear ", "date in it was wrong.", "1 Quay Street")
    assert [each for each in said if each not in text] == []
    assert line("done", "letter/news-hello-once-retracted/en-1", "--as", "Ana Gil").code == 0


def test_a_letter_on_the_tray_is_no_doubt(by_post: Town, line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is to be posted, it lies in a folder that is named, and once it is posted that stays on record."""
    by_post.run()
    (own, *_) = re.findall(r"post:\S+", line("people", "list", "friends").text)
    assert f"{BATCH}\n" in (status := line("status").text)
    assert "letter: the packs lie in var/letters\n" in status
    assert "to post by hand" in line("log").text
    waits = "has not got it yet, as far as is known: it is written, and somebody is to post it (news/hello, letter, en,"
    assert waits in (why := line("why", own, "hello").text)
    assert f": once it is posted, communique done {BATCH} --as NAME." in why

    assert line("done", BATCH, "--as", "Ana", "--note", "by noon").code == 0
    assert "got it: somebody has posted it (news/hello, letter, en," in line("why", own, "hello").text
    again = line("done", BATCH, "--as", "Eva")
    assert (again.code, again.errors) == (1, f"Error: {BATCH} is on record already: posted by Ana: by noon.\n")
    monkeypatch.setenv("COMMUNIQUE_LANGUAGE", "es")
    assert "  enviada   lo hizo Ana: by noon\n" in line("log").text
    assert f"{BATCH} ya consta: lo hizo Ana: by noon." in line("done", BATCH, "--as", "Eva").errors


def test_a_trial_names_the_folder_that_it_writes_into(by_post: Town, line: CommandLine) -> None:
    """And not the one of the real letters."""
    by_post.settings("mode: live", "mode: trial")
    by_post.run()
    assert "letter: the packs lie in var/trial/letters\n" in line("status").text


def test_batches_that_were_posted_are_kept_for_a_season(by_post: Town, line: CommandLine) -> None:
    """Names and addresses are on them; what waits to be posted stays, however old it is."""
    by_post.run()
    (letter,) = printed(by_post)
    batch = letter.parents[1]
    made = (START - timedelta(days=91)).timestamp()
    os.utime(batch, (made, made))
    assert "letters        90 days    0" in line("retention", "--act", "--as", "Ana").text
    assert line("done", BATCH, "--as", "Ana").code == 0
    (own,) = re.findall(r"post:\S+", line("people", "list", "friends").text)
    assert f"{batch} holds a printed letter" in line("people", "erase", own, "--as", "Ana").text
    os.utime(batch, (made + 2 * 86_400, made + 2 * 86_400))
    line("retention", "--act", "--as", "Ana")
    assert batch.is_dir()
    os.utime(batch, (made, made))
    assert "letters        90 days    1" in line("retention").text
    line("retention", "--act", "--as", "Ana")
    assert not batch.exists()
