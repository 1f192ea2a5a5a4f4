"""The shipped city's desk on a day on which something has gone wrong."""

import shutil
from collections.abc import Iterator
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
_AUDIENCES = ("internal-promoters", "external-promoters", "supporters", "administration", "stakeholders", "media")
_PEOPLE = "address,name,language\nana@example.org,Ana,es\nben@example.org,Ben,en\n"


@contextmanager
def working_day(root: Path, now: datetime) -> Iterator[tuple[str, str]]:
    """The desk's address, and the session of an officer who may do everything."""
    for folder in ("campaigns", "config", "templates"):
        shutil.copytree(_REPOSITORY / folder, root / folder)
    (root / "campaigns" / "join-ogp-local.yaml").unlink()  # over on that day
    (root / "people.csv").write_text(_PEOPLE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        communique = at(root, patch, now - timedelta(days=1))
        for audience in _AUDIENCES:
            _done(
                communique("people", "import", str(root / "people.csv"), "--audience", audience, "--basis", "invited")
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


def _done(said: Said) -> None:
    assert said.code in {0, 2}, said.text + said.errors
