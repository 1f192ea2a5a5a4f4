"""What follows when a mail comes back: for the person, for the next announcement, and in the account."""

from datetime import timedelta

import pytest

from communique.alerts.causes import Cause, in_ledger
from communique.bounces.consequences import Effect, Finding, follow
from communique.bounces.reading import read_report
from communique.channel import PermanentError, TemporaryError, UncertainError
from communique.delivery import Mode, State, junk_mark
from communique.plan.reasons import why
from communique.settings.mailboxes import Bounces
from communique.store.recipients import people, returns, suppression_list
from tests.moving import move
from tests.returned_reports import KEY, about
from tests.single_delivery import failing, only
from tests.workspaces import Town


def take(town: Town, data: bytes) -> Finding:
    """Read a report, as the daemon does."""
    with town.database.begin() as connection:
        return follow(
            connection, read_report(data), KEY, town.workspace.settings.bounces, place="here", now=town.clock.now
        )


def reason(town: Town, name: str = "ana") -> str | None:
    """Why somebody must not be written to."""
    with town.database.reading() as connection:
        return suppression_list.suppression(connection, f"{name}@example.org")


def sent(town: Town, *names: str) -> None:
    """An announcement has gone to these."""
    town.invite(*names)
    town.run()


def again(town: Town, number: int) -> None:
    """Another announcement, to the same people, now."""
    town.add(f"  more-{number}:\n    when: start + {number} hours\n    to: [friends]\n    through: [email]\n")
    town.clock.turn(hours=1)
    town.run()


def test_an_address_that_nobody_has_is_written_to_no_more(town: Town) -> None:
    """At once, with the server's words; what was sent stays sent, and the next announcement says why it does not go."""
    sent(town, "ana", "ben")
    assert take(town, about("postfix-unknown-user", town.copies()[0].delivery)).effect is Effect.SUPPRESSED
    assert reason(town) == (
        "its mail comes back: nobody has this address (5.1.1): 550 5.1.1 …: Recipient address rejected: "
        "User unknown in virtual mailbox table"
    )
    assert town.account() == "2 planned = 2 sent; 1 came back"
    town.add()
    town.clock.turn(hours=1)
    town.run()
    assert town.account("goodbye") == "2 planned = 1 sent + 1 excluded"
    excluded = next(copy for copy in town.copies() if copy.delivery.state is State.EXCLUDED)
    assert "nobody has this address" in excluded.delivery.reason
    with town.database.reading() as connection:
        ana = people.by_address(connection, "ana@example.org")
        said = why(town.planner, connection, ana, "ana@example.org", ("news", "hello"), town.clock.now)
    assert "got it" in said
    assert "It came back (2026-12-01 10:00 CET): 550 5.1.1 <ana@example.org>" in said


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("postfix-unknown-user", "it came back"),
        ("postfix-delayed", "it says that it is late"),
        ("postfix-delivered", "it says that it was delivered"),
        ("complaint-yahoo", "its reader complained"),
        ("out-of-office-outlook", "it was answered by itself"),
    ],
)
@pytest.mark.parametrize("before", ["in doubt", "scheduled"])
def test_what_comes_back_had_gone_out(town: Town, report: str, said: str, before: str) -> None:
    """A copy in doubt is not in doubt any more, and is not repeated where that was to be."""
    if before == "in doubt":
        town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.email.after = failing(UncertainError("the answer was lost"))
    sent(town, "ana")
    assert town.account() == f"1 planned = 1 {before}"
    take(town, about(report, only(town)))
    assert town.account().startswith("1 planned = 1 sent")
    assert only(town).reason == f"the mail server had it: {said}"


def test_what_was_refused_stays_refused(town: Town) -> None:
    """Whatever somebody sends about it."""
    town.email.before = failing(PermanentError("554 5.7.1 no"))
    sent(town, "ana")
    take(town, about("postfix-delayed", only(town)))
    assert town.account() == "1 planned = 1 failed"


def test_read_twice_it_counts_once(town: Town) -> None:
    """Also by another way, with other trace lines and line ends."""
    sent(town, "ana")
    data = about("postfix-mailbox-full", only(town))
    assert take(town, data).effect is Effect.COUNTED
    assert take(town, data).effect is Effect.KNOWN
    other_way = b"Received: from elsewhere\r\n" + data.replace(b"\n", b"\r\n")
    assert take(town, other_way).effect is Effect.KNOWN
    assert take(town, data + b"x").effect is Effect.COUNTED  # about the same mail: once
    assert town.account() == "1 planned = 1 sent; 1 came back"
    assert reason(town) is None


def test_a_full_mailbox_is_given_up_the_third_time_in_a_month(town: Town) -> None:
    """Also of somebody who gets one mail a week."""
    sent(town, "ana")
    for number in (1, 2):
        assert take(town, about("postfix-mailbox-full", town.copies()[-1].delivery)).effect is Effect.COUNTED
        again(town, number)
        town.clock.turn(days=7)
    assert take(town, about("microsoft365-mailbox-full", town.copies()[-1].delivery)).effect is Effect.SUPPRESSED
    assert "came back 3 times within 30 days" in (reason(town) or "")


def test_what_came_back_long_ago_does_not_count(town: Town) -> None:
    """A mailbox that was full in spring is not given up in autumn."""
    town.settings("mode: live", "mode: live\nbounces: {soft: 2, within: 3 days}")
    sent(town, "ana")
    take(town, about("postfix-mailbox-full", only(town)))
    again(town, 1)
    town.clock.turn(days=4)
    assert take(town, about("postfix-mailbox-full", town.copies()[-1].delivery)).effect is Effect.COUNTED
    assert reason(town) is None


def barred(town: Town, address: str) -> bool:
    """Whether nothing is mailed there."""
    with town.database.reading() as connection:
        return suppression_list.suppression(connection, address) is not None


def test_what_comes_back_from_an_address_that_was_changed_says_nothing_of_the_new_one(town: Town) -> None:
    """A report may come days later. It stays on record and in the account, and the new address is written to."""
    sent(town, "ana")
    first = town.copies()[0].delivery
    town.clock.turn(hours=1)
    move(town, "ana", "nueva@example.net")
    town.clock.turn(hours=1)
    assert take(town, about("postfix-unknown-user", first)).effect is Effect.COUNTED
    assert town.account() == "1 planned = 1 sent; 1 came back"
    assert not barred(town, "nueva@example.net")
    again(town, 1)
    (second,) = [each.delivery for each in town.copies() if each.delivery.announcement == "more-1"]
    assert take(town, about("postfix-unknown-user", second)).effect is Effect.SUPPRESSED
    assert barred(town, "nueva@example.net")


def test_full_mailboxes_of_two_addresses_are_counted_apart(town: Town) -> None:
    """Two at the first, and one at the second, are no third time."""
    sent(town, "ana")
    again(town, 1)
    for copy in town.copies():
        assert take(town, about("postfix-mailbox-full", copy.delivery)).effect is Effect.COUNTED
    move(town, "ana", "nueva@example.net")
    again(town, 2)
    (third,) = [each.delivery for each in town.copies() if each.delivery.announcement == "more-2"]
    assert take(town, about("postfix-mailbox-full", third)).effect is Effect.COUNTED
    assert not barred(town, "nueva@example.net")


def test_who_has_another_address_and_calls_an_earlier_mail_junk_is_believed(town: Town) -> None:
    """It is the person who does not want it, and not the mailbox."""
    sent(town, "ana")
    first = town.copies()[0].delivery
    town.clock.turn(hours=1)
    move(town, "ana", "nueva@example.net")
    assert take(town, about("complaint-yahoo", first)).effect is Effect.SUPPRESSED
    assert barred(town, "nueva@example.net")


def test_a_complaint_takes_off_every_list(town: Town) -> None:
    """At once, by whatever channel the mail went."""
    sent(town, "ana")
    assert take(town, about("complaint-yahoo", only(town))).effect is Effect.SUPPRESSED
    assert (reason(town) or "").startswith("its reader has called a mail of ours junk: feedback report (abuse)")
    assert town.account() == "1 planned = 1 sent; 1 called it junk"


def test_many_complaints_are_told_at_their_marks(town: Town) -> None:
    """Not of one reader, nor of each one more: when providers begin to count, and when they begin to refuse."""

    def marks() -> list[str]:
        with town.database.reading() as connection:
            found = in_ledger(connection, town.workspace, Mode.LIVE, town.clock.now)
            return [f"{each.subject}: {each.detail}" for each in found if each.cause is Cause.COMPLAINTS]

    def complaint(copy: int) -> bytes:
        return about("complaint-yahoo", town.copies()[copy].delivery)

    sent(town, "ana", "ben", "carl")
    take(town, complaint(0))
    assert marks() == []
    take(town, complaint(1))
    assert marks() == ["news/hello (email): ≥ 0.3 %"]
    assert town.account().endswith("2 called it junk (66.7 %; from 0.3 % on providers refuse mails)")
    take(town, complaint(2))
    assert marks() == ["news/hello (email): ≥ 0.3 %"]
    town.clock.turn(days=3)
    assert marks() == []


@pytest.mark.parametrize(
    ("complaints", "sent_ones", "mark"),
    [(1, 10, None), (2, 2001, None), (2, 2000, 0.001), (2, 667, 0.001), (2, 666, 0.003), (3, 1000, 0.003)],
)
def test_complaints_have_two_marks(complaints: int, sent_ones: int, mark: float | None) -> None:
    """One in a thousand, three in a thousand; one reader is none."""
    assert junk_mark(complaints, sent_ones) == mark


def test_a_complaint_without_our_return_path_is_known_by_the_message_id(town: Town) -> None:
    """Mailbox providers blacken addresses."""
    sent(town, "ana")
    assert take(town, about("complaint-without-return-path", only(town))).effect is Effect.SUPPRESSED


def test_who_does_not_want_us_costs_nobody_their_place(town: Town) -> None:
    """The operator is told, with the words of the server and no address."""
    sent(town, "ana")
    assert take(town, about("gmail-dmarc", only(town))).effect is Effect.TOLD
    assert reason(town) is None
    with town.database.reading() as connection:
        found = list(in_ledger(connection, town.workspace, Mode.LIVE, town.clock.now))
        later = list(in_ledger(connection, town.workspace, Mode.LIVE, town.clock.now + timedelta(days=3)))
    (concern,) = (each for each in found if each.cause is Cause.REJECTED)
    assert concern.subject == "news/hello (email)"
    assert concern.detail.startswith("1: 550-5.7.26 Unauthenticated email")
    assert [each for each in later if each.cause is Cause.REJECTED] == []


@pytest.mark.parametrize(
    "name", ["postfix-delayed", "postfix-delivered", "out-of-office-outlook", "read-receipt", "one-of-two-forwards"]
)
def test_what_is_no_bounce_leaves_no_trace(town: Town, name: str) -> None:
    """Nobody is counted for being on holiday."""
    sent(town, "ana")
    assert take(town, about(name, only(town))).effect is Effect.NOTHING
    assert (reason(town), town.account()) == (None, "1 planned = 1 sent")


def test_where_a_mail_was_sent_on_the_tag_decides(town: Town) -> None:
    """The address in the report is none of ours; the one it was written to is."""
    sent(town, "ana", "ben")
    take(town, about("forwarded-to-another-address", town.copies()[1].delivery))
    assert (reason(town, "ana"), reason(town, "ben") is not None) == (None, True)


def test_a_forged_report_changes_nothing_and_is_kept(town: Town) -> None:
    """A wrong tag, none, or somebody else's number with one's own: nobody takes off another."""
    sent(town, "ana", "ben")
    ana, ben = (copy.delivery for copy in town.copies())
    own = about("postfix-unknown-user", ana).decode()
    for tag in ("a" * 18, "x", "untagged"):
        assert take(town, about("postfix-unknown-user", ben, tag=tag)).effect is Effect.KEPT
    assert take(town, own.replace(ana.reference, ben.reference + "x").encode()).delivery == ana.id
    assert reason(town, "ben") is None
    with town.database.reading() as connection:
        kept = returns.unmatched(connection, 10)
    assert [(each.kind, each.status, each.place) for each in kept] == [("failed", "5.1.1", "here")] * 3


def test_what_a_person_wrote_is_kept_for_a_person(town: Town) -> None:
    """An answer to the return path is no bounce, even with our Message-ID in it."""
    sent(town, "ana")
    for name in ("answer-of-a-person", "challenge-of-a-filter"):
        assert take(town, about(name, only(town))).effect is Effect.KEPT
    assert town.account() == "1 planned = 1 sent"


def test_strangers_cannot_fill_the_ledger(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what nobody can assign, the newest are kept."""
    monkeypatch.setattr(returns, "MOST_UNMATCHED", 5)
    sent(town, "ana")
    take(town, about("postfix-unknown-user", only(town)))
    for number in range(20):
        take(town, f"Subject: {number}\n\nhello".encode())
    with town.database.reading() as connection:
        assert [each.subject for each in returns.unmatched(connection, 99)] == ["19", "18", "17", "16", "15"]
    assert town.account() == "1 planned = 1 sent; 1 came back"
    for number in (1, 2, 3):  # what is ours takes no place away from them
        again(town, number)
        take(town, about("postfix-mailbox-full", town.copies()[-1].delivery))
    take(town, b"Subject: 20\n\nhello")
    with town.database.reading() as connection:
        assert [each.subject for each in returns.unmatched(connection, 99)] == ["20", "19", "18", "17", "16"]


@pytest.mark.parametrize(
    "name", ["person-attaches-a-bounce", "person-attaches-a-complaint", "person-forwards-a-bounce"]
)
def test_who_asks_us_about_a_report_stays_on_the_lists(town: Town, name: str) -> None:
    """It came to their own address, by the tag of our mail to them; what it says is of a mail of theirs."""
    sent(town, "ana")
    assert take(town, about(name, only(town))).effect is Effect.KEPT
    assert reason(town) is None


@pytest.mark.parametrize("name", ["dsn-two-forwards-one-full", "exim-two-forwards-one-full"])
def test_who_has_two_mailboxes_of_which_one_is_full_stays_on_the_lists(town: Town, name: str) -> None:
    """Whatever is said of the other."""
    sent(town, "ana")
    assert take(town, about(name, only(town))).effect is Effect.COUNTED
    assert reason(town) is None


def test_a_former_key_still_tells_whose_mail_it_was(town: Town) -> None:
    """The key was changed after the mail had gone."""
    sent(town, "ana")
    town.variables |= {"COMMUNIQUE_KEY": "new\nolder"}  # and the former one is retired
    tagged = about("qmail-unknown-user", only(town)).replace(only(town).reference.encode(), b"x@example.org")
    with town.database.begin() as connection:
        report, key = read_report(tagged), town.installation.key
        found = follow(connection, report, key, Bounces(), place="", now=town.clock.now)
    assert (found.effect, reason(town)) == (Effect.KEPT, None)
    town.variables |= {"COMMUNIQUE_KEY": "new\nolder\nkey"}
    with town.database.begin() as connection:
        found = follow(
            connection,
            read_report(about("qmail-unknown-user", only(town))),
            town.installation.key,
            Bounces(),
            place="",
            now=town.clock.now,
        )
    assert found.effect is Effect.SUPPRESSED


def test_who_has_been_erased_is_left_alone(town: Town) -> None:
    """Nothing is known to be suppressed any more."""
    sent(town, "ana")
    with town.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM memberships")
        connection.exec_driver_sql("DELETE FROM people")
    take(town, about("postfix-unknown-user", only(town)))
    assert reason(town) is None
    assert town.account() == "1 planned = 1 sent; 1 came back"


@pytest.mark.parametrize(
    ("words", "of_recipient", "suppressed", "verdict"),
    [
        ("550 5.1.1 <ana@example.org>: user unknown", True, True, "hard"),
        ("550 no", True, True, "hard"),
        ("550 no", False, False, "soft"),
        ("552 5.2.2 over quota", True, False, "soft"),
        ("554 5.7.1 blocked using zen.example.net", True, False, "policy"),
    ],
)
def test_refused_at_once_is_as_if_it_had_come_back(
    town: Town, words: str, verdict: str, *, of_recipient: bool, suppressed: bool
) -> None:
    """The same rules; but it has failed, and has not come back."""
    town.invite("ana")
    error = PermanentError(f"refused: {words}")
    error.reply, error.about_recipient = words, of_recipient
    town.email.before = failing(error)
    town.run()
    (copy,) = town.copies()
    assert copy.returned
    assert (copy.delivery.state, copy.returned.verdict) == (State.FAILED, verdict)
    assert (reason(town) is not None) is suppressed
    assert town.account() == "1 planned = 1 failed"


def test_put_off_until_its_time_is_over_counts_as_having_come_back(town: Town) -> None:
    """A mailbox that is full all along is full, whichever server says so."""
    town.settings("mode: live", "mode: live\nbounces: {soft: 1}")
    town.invite("ana")
    error = TemporaryError("later")
    error.reply = "452 4.2.2 mailbox full"
    town.email.before = failing(error)
    for _ in range(30):
        town.run()
        town.clock.turn(hours=1)
    assert town.account() == "1 planned = 1 missed"
    assert "came back 1 times" in (reason(town) or "")


def test_a_server_that_is_away_is_no_fault_of_the_address(town: Town) -> None:
    """Nothing was said about it."""
    town.invite("ana")
    town.email.before = failing(PermanentError("the settings name no password"))
    town.run()
    assert (reason(town), town.copies()[0].returned) == (None, None)
