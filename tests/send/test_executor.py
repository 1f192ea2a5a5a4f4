"""Who carries out what is due: a long list of people holds up nobody else."""

import pytest

from communique.send import executor
from communique.send.executor import InProcess
from tests.workspaces import PUBLIC, Town


def test_what_is_quick_goes_first_and_between_slices_others_have_their_turn(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages, then posts, then mails; and what falls due meanwhile goes before the last of a long list."""
    monkeypatch.setattr(executor, "SLICE", 2)
    town.campaign("through: [email]", "through: [email, handoff, website]")
    town.write("templates/news/hello/en/article.md", PUBLIC)
    town.add("  goodbye:\n    when: start\n    through: [feed]\n")
    town.write("templates/news/goodbye/en/article.md", PUBLIC)
    town.invite("ana", "ben", "cleo", "dora", "emil")
    dispatcher = town.dispatcher()
    town.freeze()
    first, *_, last = dispatcher.due()
    assert (first, last) == ("website", "email")
    seen: list[int] = []

    def between() -> None:
        seen.append(len(town.email.taken))

    made = InProcess(dispatcher, between).carry_out(dispatcher.due())
    assert (seen, len(town.email.taken)) == ([2, 4], 5)
    assert made == sum(balance.planned for balance in town.balances().values())
    assert InProcess(dispatcher, between).carry_out(dispatcher.due()) == 0


def test_what_falls_due_between_two_slices_is_carried_out_in_the_same_run(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But nothing of channels that others see to."""
    monkeypatch.setattr(executor, "SLICE", 2)
    town.add("  goodbye:\n    when: start + 1 hours\n    through: [feed, website]\n")
    town.write("templates/news/goodbye/en/article.md", PUBLIC)
    town.invite("ana", "ben", "cleo")
    dispatcher = town.dispatcher()
    town.freeze()

    def between() -> None:
        town.clock.turn(hours=1)
        town.freeze()

    InProcess(dispatcher, between, but_for=("feed",)).carry_out(dispatcher.due())
    assert town.account() == "3 planned = 3 sent"
    assert town.account("goodbye") == "2 planned = 1 scheduled + 1 sent"
