"""What is due, whether it may go, and to whom it is owed."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from communique.delivery import Mode, State
from communique.moments import parse_milestone
from communique.occasion import Occasion
from communique.plan import cancelling, outlook, planning
from communique.plan.plan_view import planned
from communique.plan.planning import Planner
from communique.store.announcements import copies, declarations, publications
from communique.store.announcements.cancellations import Cancelled
from communique.store.database import deliveries
from communique.store.deliveries import ledger
from communique.store.desk import approvals
from communique.store.recipients.people import address_key
from communique.workspace import Workspace
from tests.workspaces import FOLLOWING, PUBLIC, START, Town


def declare(town: Town, milestone: str, moment: str) -> None:
    """Give a milestone another time."""
    with town.database.begin() as connection:
        declarations.declare(connection, "news", milestone, parse_milestone(moment), by="Ana Gil", now=town.clock.now)


def test_nothing_goes_before_its_time(town: Town) -> None:
    """A minute early, nothing is frozen and nothing goes."""
    town.invite("ana")
    town.clock.turn(minutes=-1)
    town.run()
    assert town.balances() == {}
    assert town.email.taken == []


def test_the_audience_is_frozen_once(town: Town) -> None:
    """Who joins after the count gets nothing, and planning again adds nothing."""
    town.invite("ana", "ben")
    assert len(town.freeze()) == 1
    town.invite("carla")
    assert town.freeze() == []
    assert town.account() == "2 planned = 2 scheduled"


def test_two_planners_at_the_same_time_never_double(town: Town) -> None:
    """Two planners that both saw it unfrozen freeze it once."""
    town.invite("ana", "ben")
    planners = [town.planner, town.planner]
    seen = threading.Barrier(2)

    def freeze(planner: Planner) -> None:
        with town.database.reading() as connection:
            standing = planner.standings(connection, START)[0]
        seen.wait(60)
        assert standing.occasion is not None
        with town.database.begin() as connection:
            frozen.append(planner._freeze(connection, standing, standing.occasion, START))

    frozen: list[bool] = []
    threads = [threading.Thread(target=freeze, args=(planner,)) for planner in planners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(frozen) == [False, True]
    assert town.account() == "2 planned = 2 scheduled"


def test_what_cannot_be_frozen_keeps_nothing_else(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours in one announcement is loud, and the others fall due all the same; also those after it."""
    town.add(FOLLOWING.replace("goodbye", "welcome").replace("    after: hello\n", "").replace(" + 1 hours", ""))
    town.invite("ana")

    def break_on_hello(
        _workspace: Workspace, _connection: Connection, _mode: Mode, of: Occasion, *_: Any, **__: Any
    ) -> None:
        if of.announcement == "hello":
            raise ZeroDivisionError

    monkeypatch.setattr(planning, "publish", break_on_hello)
    with pytest.raises(ZeroDivisionError):
        town.freeze()
    assert {name: str(each) for name, each in town.balances().items()} == {"welcome": "1 planned = 1 scheduled"}


def cancelled(town: Town) -> None:
    """Ana says that it is not to go."""
    what = Cancelled(campaign="news", announcement="hello")
    with town.database.begin() as connection:
        cancelling.cancel(town.planner, connection, what, who="Ana Gil", why="the date is wrong", now=START)


def changes_asked_for(town: Town) -> None:
    """Ben wants it to wait."""
    standing = town.standing()
    assert standing.occasion is not None
    assert standing.preflight is not None
    digest = standing.preflight.digest
    with town.database.begin() as connection:
        approvals.ask_for_changes(connection, standing.occasion, digest, by="Ben Roy", note="not so", now=START)


@pytest.mark.parametrize(
    "stop", [cancelled, changes_asked_for, lambda town: declare(town, "start", "2026-12-08 10:00")]
)
def test_what_is_stopped_between_the_look_and_the_count_does_not_fall_due(
    town: Town, stop: Callable[[Town], None]
) -> None:
    """A look takes seconds in a large city. What the desk has said by then holds, for people and for the website."""
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.campaign("through: [email]", "through: [email, website, feed]")
    town.say("hello", {"en": PUBLIC})
    town.invite("ana")
    town.approve("Ana Gil")
    planner = town.planner
    with town.database.reading() as connection:
        (standing,) = planner.standings(connection, START)
    assert standing.due
    assert standing.occasion is not None
    stop(town)
    with town.database.begin() as connection:
        assert not planner._freeze(connection, standing, standing.occasion, START)
    assert town.freeze() == []
    assert town.balances() == {}
    with town.database.reading() as connection:
        assert publications.on_website(connection, Mode.LIVE) == []
        assert publications.in_feed(connection, Mode.LIVE) == []


def test_the_ledger_itself_refuses_a_second_copy(town: Town) -> None:
    """Whatever a program does wrong, the same copy cannot be in the ledger twice."""
    town.invite("ana")
    town.freeze()
    with town.database.reading() as connection:
        row = dict(connection.execute(deliveries.select()).mappings().one())
    again = {**row, "id": 99, "reference": "another@example.org"}
    with pytest.raises(IntegrityError), town.database.begin() as connection:
        connection.execute(insert(deliveries).values(**again))


def test_everybody_gets_one_copy_in_their_own_language(town: Town) -> None:
    """Each in their own language; who speaks none of them gets the first."""
    town.campaign("languages: [en]", "languages: [en, es]")
    town.invite("ana", language="es")
    town.invite("ben", language="en")
    town.invite("chloe", language="fr")
    town.freeze()
    assert [(copy.name, copy.delivery.language) for copy in town.copies()] == [
        ("Ana", "es"),
        ("Ben", "en"),
        ("Chloe", "en"),
    ]


def test_in_trial_only_the_allow_list_is_written_to(town: Town) -> None:
    """Nobody outside the allow-list is written to, networks go to a folder, and files stay below var/trial."""
    town.settings("mode: live", "mode: trial\nallow_list: [Ana@EXAMPLE.org]")
    town.campaign("through: [email]", "through: [email, website, feed, x, handoff]")
    town.say("hello", {"en": PUBLIC})
    town.invite("ana", "ben")
    town.run()
    assert town.email.addresses == ["ana@example.org"]
    ben = next(copy for copy in town.copies(Mode.TRIAL) if copy.name == "Ben")
    assert (ben.delivery.state, ben.delivery.reason) == (State.EXCLUDED, "trial mode: not on the allow-list")
    assert town.account() == "6 planned = 4 sent + 1 excluded + 1 in doubt"
    below = {path.relative_to(town.root).parts[:2] for path in town.root.glob("var/*/*")}
    assert below == {("var", "trial")}
    assert list((town.root / "var/trial/outbox/x").rglob("*.json"))


def test_what_was_tried_out_does_not_count_as_said(town: Town) -> None:
    """After the trial the same announcement goes out live, to everybody."""
    town.settings("mode: live", "mode: trial")
    town.invite("ana")
    town.run()
    assert town.account() == "1 planned = 1 excluded"
    town.settings("mode: trial", "mode: live")
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_suppressed_people_are_counted_as_excluded(town: Town) -> None:
    """Who must not be written to stays in the account, with the reason."""
    town.invite("ana", "ben")
    town.suppress("ben", "asked to be left alone")
    town.run()
    assert town.email.addresses == ["ana@example.org"]
    assert town.account() == "2 planned = 1 sent + 1 excluded"
    assert "asked to be left alone" in town.copies()[1].delivery.reason


def test_a_language_whose_only_reader_is_excluded_says_nothing_of_the_others(town: Town) -> None:
    """Its line of the plan says why it does not go; what goes to the others goes, without a reason against it."""
    town.campaign("languages: [en]", "languages: [en, es]")
    town.invite("ana")
    town.invite("eva", language="es")
    town.suppress("eva")
    town.clock.turn(hours=-1)

    def seen() -> tuple[dict[str, str], str]:
        with town.database.reading() as connection:
            (whole,) = outlook.coming(town.planner, connection, town.clock.now)
            lines = planned(town.planner, connection, [whole.standing], town.clock.now)
        return {line.language: line.reason for line in lines if line.channel == "email"}, whole.reason

    assert seen() == (
        {"en": "", "es": "its only reader is excluded: must not be written to: asked to be left alone"},
        "",
    )
    town.suppress("ana")
    lines, whole = seen()
    assert whole == lines["en"] == "its only reader is excluded: must not be written to: asked to be left alone"


def test_a_gate_waits_until_the_other_is_finished(town: Town) -> None:
    """`after` holds an announcement back while the other is under way, and lets it go afterwards."""
    town.add()
    town.invite("ana")
    town.freeze()
    town.clock.turn(hours=1)
    town.freeze()
    assert town.standing("goodbye").reason == "waits for hello, which is still going out"
    town.dispatcher().run()
    town.run()
    assert town.account("goodbye") == "1 planned = 1 sent"


def test_a_gate_stays_shut_when_nothing_went_out(town: Town) -> None:
    """What follows an announcement that was missed as a whole never goes."""
    town.add()
    town.campaign("when: start + 1 hours", "when: start + 30 hours")
    town.invite("ana")
    town.clock.turn(hours=31)
    town.run()
    assert town.account("hello") == "1 planned = 1 missed"
    assert "goodbye" not in town.balances()
    assert town.standing("goodbye").reason.endswith("waits for hello, of which nothing went out")


def test_down_across_the_time_it_goes_late_and_says_so(town: Town) -> None:
    """Inside the window it is sent once, flagged as late."""
    town.invite("ana")
    town.clock.turn(hours=23)
    assert town.standing().reason == "late"
    town.run()
    town.run()
    assert town.account() == "1 planned = 1 sent"
    assert town.balances()["hello"].late


def test_after_the_window_it_is_missed_and_never_dropped(town: Town) -> None:
    """Too late: every copy is in the account, missed, with the reason."""
    town.invite("ana", "ben")
    town.clock.turn(hours=25)
    town.run()
    assert town.email.taken == []
    assert town.account() == "2 planned = 2 missed"
    assert town.copies()[0].delivery.reason == "its time has passed"


def test_what_was_missed_and_is_given_a_later_time_is_owed_anew(town: Town) -> None:
    """A milestone that moves ahead again revives what was missed, once."""
    town.invite("ana")
    town.clock.turn(hours=25)
    town.run()
    declare(town, "start", "2026-12-03 10:00")
    town.clock.now = START + timedelta(days=2)
    town.run()
    town.run()
    assert town.email.addresses == ["ana@example.org"]
    assert town.account() == "1 planned = 1 sent"


def test_what_has_gone_stays_gone_when_its_milestone_moves(town: Town) -> None:
    """A sent announcement is not sent again at the new time; one that waited moves with it."""
    town.add()
    town.invite("ana")
    town.run()
    declare(town, "start", "2026-12-08 10:00")
    town.clock.turn(hours=2)
    town.run()
    assert len(town.email.taken) == 1
    town.clock.turn(days=7)
    town.run()
    assert town.account("hello") == "1 planned = 1 sent"
    assert town.account("goodbye") == "1 planned = 1 sent"


def test_what_counts_from_an_unknown_milestone_says_so(town: Town) -> None:
    """Without a date nothing goes, and the plan names the command that sets it."""
    town.campaign("when: start", "when: later")
    town.invite("ana")
    town.run()
    assert town.standing().reason == "the date of later is unknown: communique declare news later DATE"
    declare(town, "later", "2026-12-01 10:00")
    assert town.standing().due


def test_a_fact_that_one_person_lacks_stops_all(town: Town) -> None:
    """A text that cannot be filled for one single recipient freezes nothing."""
    lacking = "{% if recipient.name == 'Ben' %}{{ facts.nothing_like_it }}{% endif %}Hello.\n"
    town.edit("templates/news/hello/en/article.md", "hello.\n", lacking)
    town.invite("ana", "ben")
    town.run()
    assert town.email.taken == []
    assert town.balances() == {}


def test_a_trial_names_nobody_by_another_spelling(town: Town) -> None:
    """Two spellings of one address are one person."""
    assert address_key("Ana@EXAMPLE.org") == address_key("ana@example.org")


def test_a_gate_is_open_for_what_is_in_doubt(town: Town) -> None:
    """What a person has yet to settle holds nothing else back."""
    town.invite("ana")
    town.freeze()
    with town.database.begin() as connection:
        assert ledger.finished(connection, Mode.LIVE, "news", "hello")
        connection.execute(deliveries.update().values(state=State.IN_DOUBT, finished_at=town.clock.now))
        assert ledger.finished(connection, Mode.LIVE, "news", "hello") is None


def test_a_text_that_an_edit_broke_goes_as_it_was_approved(town: Town) -> None:
    """Half an edit does not stop what was approved before; the plan says that the present text has a fault."""
    town.settings("required: 0", "required: 1")
    town.invite("ana")
    town.approve("Ana Gil")
    with town.database.begin() as connection:
        copies.keep(connection, copies.approved("news"), town.workspace.sources, "news", town.clock.now)
    town.write("templates/news/hello/en/article.md", "---\nheadline: Hello\nsummary: A hello\n---\n{{ facts.")
    assert "the present text has a fault" in town.standing().reason
    town.run()
    assert [mail.recipient.name for mail in town.email.taken if mail.recipient] == ["Ana"]


def test_a_text_that_an_edit_broke_before_any_approval_stays(town: Town) -> None:
    """Nothing faulty goes, and nothing that nobody approved."""
    town.settings("required: 0", "required: 1")
    town.invite("ana")
    town.write("templates/news/hello/en/article.md", "---\nheadline: Hello\nsummary: A hello\n---\n{{ facts.")
    town.run()
    assert not town.standing().will_go
    assert town.email.taken == []
