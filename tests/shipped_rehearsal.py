"""The shipped campaigns, rehearsed: it takes so long that all who look at it share one."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from channels import KINDS
from communique.installation import Installation
from communique.new_workspace.creation import add_language
from communique.rehearse import rehearsal_report
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.store.database import people
from communique.store.recipients.suppression_list import suppress

ROWS = 7
PEOPLE = 80  #: the audiences times the languages, and some who get letters
FURTHER = "uk"  #: beside those that a new workspace has: the example of docs/officers/languages.md
LEFT = "asked to leave"
#: Two languages of what is drawn and recorded are as good as five to look at, and take less than half the time.
SPOKEN = {"videos": ("ar",), "radio": ("es", "ar"), "tv": ("es", "ar"), "infographics": ("es", "ar")}
_REPOSITORY = Path(__file__).parents[1]
_MORNING = datetime(2027, 1, 18, 10, tzinfo=UTC)


@contextmanager
def rehearsed_and_reported(root: Path) -> Iterator[Rehearsal]:
    """A copy of the repository's workspace, played with people of whom one must not be written to, and reported."""
    for folder in ("campaigns", "config", "templates"):
        shutil.copytree(_REPOSITORY / folder, root / folder)
    add_language(FURTHER, root)
    settings = root / "config/settings.yaml"
    text = settings.read_text(encoding="utf-8")
    for folder, languages in SPOKEN.items():
        one = f"    directory: var/{folder}\n"
        assert one in text
        text = text.replace(one, f"{one}    languages: [{', '.join(languages)}]\n")
    settings.write_text(text, encoding="utf-8")
    workspace = Installation(root=root, variables={}, kinds=KINDS).workspace()
    chance = random.Random(1)
    played = prepare(workspace, root, root / "rehearsal", list(workspace.campaigns), number=PEOPLE, chance=chance)
    with played.database.begin() as connection:
        key = connection.execute(select(people.c.address_key).order_by(people.c.id)).scalars().first()
        suppress(connection, str(key), reason=LEFT, now=_MORNING)
    played.play(lambda _: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal_report, "ROWS", ROWS)
        rehearsal_report.write_report(played)
    yield played
    finish(played)
