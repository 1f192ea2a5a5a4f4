"""The shipped city's desk on a day on which something has gone wrong."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from communique.store.desk.officers import Duty
from tests.command_line import Said, at
from tests.desk import desk_of
from tests.workspaces import Clock, Town

_REPOSITORY = Path(__file__).parents[2]
_WHO = "Inés Vidal"
#: How many people are in each.
_AUDIENCES = {
    "internal-promoters": 14,
    "external-promoters": 11,
    "supporters": 23,
    "administration": 86,
    "stakeholders": 47,
    "media": 19,
}


@contextmanager
def working_day(root: Path, now: datetime) -> Iterator[tuple[str, str]]:
    """The desk's address, and the session of an officer who may do everything."""
    for folder in ("campaigns", "config", "templates"):
        shutil.copytree(_REPOSITORY / folder, root / folder)
    (root / "campaigns" / "join-ogp-local.yaml").unlink()  # over on that day
    everybody = {name: [f"{name}-{number}@example.org" for number in range(most)] for name, most in _AUDIENCES.items()}
    _allow(root / "config" / "settings.yaml", [each for addresses in everybody.values() for each in addresses])
    with pytest.MonkeyPatch.context() as patch:
        communique = at(root, patch, now - timedelta(days=1))
        for audience, addresses in everybody.items():
            people = root / f"{audience}.csv"
            people.write_text("address,name,language\n" + "".join(f"{each},Ana,es\n" for each in addresses), "utf-8")
            _done(
                communique(
                    "people", "import", str(people), "--audience", audience, "--basis", "invited", "--as", "Marta Soler"
                )
            )
        for campaign in ("accepted-into-ogp", "co-creation-kickoff/invite-the-promoters"):
            _done(communique("approve", campaign, "--as", _WHO))
        _done(communique("pause", "x", "--as", _WHO, "--why", "until the press office has answered", now=now))
        text = root / "templates/co-creation-kickoff/invite-the-promoters/es/article.md"
        text.write_text(text.read_text(encoding="utf-8") + "\nTraiga sus ideas.\n", encoding="utf-8")
        faulty = root / "templates/co-creation-kickoff/send-the-agenda/es/article.md"
        faulty.write_text(faulty.read_text(encoding="utf-8").replace("meeting", "meetng", 1), encoding="utf-8")
        town = Town(root=root, clock=Clock(now))
        with desk_of(town) as made:
            yield made.address, made.sit(made.hire(_WHO, *Duty)).session
        town.database.close()


def _allow(settings: Path, addresses: Sequence[str]) -> None:
    """Trial mode counts those whom mail may reach."""
    written = settings.read_text(encoding="utf-8")
    first = re.search(r"^allow_list:.*\n", written, flags=re.MULTILINE)
    assert first is not None
    lines = "".join(f"  - {each}\n" for each in addresses)
    settings.write_text(written[: first.end()] + lines + written[first.end() :], encoding="utf-8")


def _done(said: Said) -> None:
    assert said.code in {0, 2}, said.text + said.errors
