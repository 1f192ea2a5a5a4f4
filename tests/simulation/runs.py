"""Histories from their seeds, and the shortest that goes wrong."""

import random
from collections.abc import Iterable, Sequence

from tests.simulation.machine import Act, Simulation, drawn


def simulate(seeds: Iterable[int]) -> None:
    """One history for each seed.

    Raises:
        AssertionError: one of them broke a promise, or the program; with its seed and the fewest of its acts that do.
    """
    for seed in seeds:
        acts = drawn(random.Random(seed))
        if wrong := _broken(acts):
            fewest = _fewest(acts)
            told = "\n".join(f"  {name} {about or ''}" for name, about in fewest)
            raise AssertionError(f"seed {seed}: {_broken(fewest) or wrong}\n{told}")


def _broken(acts: Sequence[Act]) -> str:
    try:
        Simulation().run(acts)
    except AssertionError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever it is: no daemon is to die of it
        return f"{type(error).__name__}: {error}"
    return ""


def _fewest(acts: Sequence[Act]) -> Sequence[Act]:
    """Without any act that need not happen for a promise to be broken."""
    for left_out in range(len(acts)):
        fewer = [*acts[:left_out], *acts[left_out + 1 :]]
        if _broken(fewer):
            return _fewest(fewer)
    return acts
