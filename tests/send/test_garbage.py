"""Memory of a process that sends and sends."""

import gc

import pytest

from communique.send.garbage import looked_for_seldom

OF_A_RUN = 30_000


class Cycle:
    """Garbage that only a look for it finds."""

    def __init__(self) -> None:
        self.itself = self


def test_what_falls_out_of_use_between_two_runs_is_found() -> None:
    """However many runs there are, and though a run looks through nothing that was there when it began."""
    runs = 4 + 2 * len(gc.get_objects()) // OF_A_RUN  # a process is looked through when it has grown by a quarter
    for _ in range(runs):
        at_hand = [Cycle() for _ in range(OF_A_RUN)]
        with looked_for_seldom():
            at_hand.clear()
    left = sum(isinstance(each, Cycle) for each in gc.get_objects())
    assert left < runs * OF_A_RUN / 2


def test_all_is_as_before_when_a_run_is_over() -> None:
    """Whatever has ended it."""
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), looked_for_seldom():
        fail_amid(before)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def fail_amid(before: tuple[int, int, int]) -> None:
    """What a run does that does not end well."""
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() != before
    _ = 1 / 0
