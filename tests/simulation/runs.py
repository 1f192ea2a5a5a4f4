"""Histories from their seeds, and the shortest that goes wrong."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence

from tests.simulation.machine import Act, Simulation, drawn
from tests.simulation.mail_world import Fault


def simulate(seeds: Iterable[int], *, shortened: bool = True) -> Counter[Fault]:
    """One history for each seed; how often each fault happened.

    Raises:
        AssertionError: one of them broke a promise, or the program; with its seed and, `shortened`, the fewest of its
            acts that do, which takes as long as some dozens of histories.
    """
    happened: Counter[Fault] = Counter()
    for seed in seeds:
        acts = drawn(random.Random(seed))
        if wrong := _broken(acts, happened):
            fewest = _fewest(acts) if shortened else acts
            told = "\n".join(f"  {name} {about or ''}" for name, about in fewest)
            raise AssertionError(f"seed {seed}: {(shortened and _broken(fewest)) or wrong}\n{told}")
    return happened


def _broken(acts: Sequence[Act], happened: Counter[Fault] | None = None) -> str:
    simulation = Simulation()
    try:
        simulation.run(acts)
    except Exception as error:  # noqa: BLE001 - whatever it is: no daemon is to die of it
        return f"{type(error).__name__}: {error}"
    if happened is not None:
        happened.update(simulation.world.happened)
    return ""


def _fewest(acts: Sequence[Act]) -> Sequence[Act]:
    """Without any act that need not happen for a promise to be broken."""
    for left_out in range(len(acts)):
        fewer = [*acts[:left_out], *acts[left_out + 1 :]]
        if _broken(fewer):
            return _fewest(fewer)
    return acts
