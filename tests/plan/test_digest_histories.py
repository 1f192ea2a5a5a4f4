"""Histories drawn at random: everybody is told of each announcement of their topics once, by one way."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from communique.channel import Receipt, TemporaryError, UncertainError
from communique.store.deliveries import digests
from communique.subscription import Frequency
from tests.digest_towns import DigestTown
from tests.workspaces import START, Town

_PEOPLE = {"ana": (), "ben": ("news",), "cleo": ("works",), "dora": (), "eli": ("news", "works")}
_DAYS = 12


class _KilledError(BaseException):
    """The process ends here, and nothing of it goes on."""


class _History:
    """One town, and what befalls it."""

    def __init__(self, town: Town, seed: int) -> None:
        self.chance, self.made, self.named = random.Random(seed), DigestTown(town), dict[str, list[str]]()
        for campaign in ("news", "works"):
            whens = {
                f"{campaign}-{number}": f"2026-12-{self.chance.randint(1, _DAYS):02} {self.chance.randint(0, 23):02}:10"
                for number in range(4)
            }
            self.made.announce(campaign, whens, through="[newsletter, email]", more="    to: [friends]\n")
            self.named[campaign] = list(whens)
        self.made.newsletter.answer = self._found

    def _found(self, message: object) -> Receipt | None:
        """What an in-doubt mail's own server says."""
        taken = any(each.reference == getattr(message, "reference", "") for each in self.made.newsletter.taken)
        return Receipt(detail="250 found") if taken else None

    def choose(self, *names: str) -> None:
        """Somebody wants to be written to so often from now on."""
        for name in names:
            self.made.choose(name, self.chance.choice(list(Frequency)), *_PEOPLE[name])

    def play(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Days of it, and then a quiet fortnight."""
        clock = self.made.town.clock
        clock.now = START - timedelta(days=2)
        self.choose(*_PEOPLE)
        self.made.town.invite("dora")
        end = START + timedelta(days=_DAYS + 1)
        while clock.now < end:
            hours = self.chance.choice([1, 5, 9, 14, 14, 30, 60, -3])
            clock.turn(hours=hours)
            if self.chance.random() < 0.5:
                self.choose(self.chance.choice(list(_PEOPLE)))
            self._fail(monkeypatch)
            try:
                self.made.tick()
            except _KilledError:
                self.made.town.gone.append(self.made.town.owner)
                self.made.town.owner = f"here/{len(self.made.town.gone) + 1}"
        self._fail(monkeypatch, quiet=True)
        for _ in range(28):
            clock.turn(hours=12)
            self.made.tick()

    def _fail(self, monkeypatch: pytest.MonkeyPatch, *, quiet: bool = False) -> None:
        chance, newsletter = self.chance, self.made.newsletter
        before = None if quiet else chance.choice([None, None, _KilledError(), TemporaryError("away")])
        after = None if quiet else chance.choice([None, None, _KilledError(), UncertainError("lost")])
        newsletter.before, newsletter.after = _raising(before), _raising(after)
        monkeypatch.undo()
        if not quiet and self.chance.random() < 0.2:
            monkeypatch.setattr(digests, "_hand_over", _raising(_KilledError()))


def _raising(error: BaseException | None) -> Callable[..., None]:
    def step(*_given: object) -> None:
        if error is not None:
            raise error

    return step


@pytest.mark.parametrize("seed", range(3))
def test_everybody_is_told_of_each_announcement_once(town: Town, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever changes, breaks, sleeps, or is set back meanwhile."""
    history = _History(town, seed)
    history.play(monkeypatch)
    for name, topics in _PEOPLE.items():
        wanted = [each for campaign in (topics or history.named) for each in history.named[campaign]]
        everything = [each for names in history.named.values() for each in names]
        expected = everything if name == "dora" else wanted
        assert history.made.got(name, everything) == dict.fromkeys(expected, 1), name
