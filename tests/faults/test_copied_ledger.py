"""Copies of the ledger that an operator makes by hand, while mails go out."""

import random

import pytest

from tests.copying import KINDS, copied_while_mails_go
from tests.workspaces import Town


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_copy_made_while_mails_go_asks_before_it_sends(town: Town) -> None:
    """The folder, the database with its log, the database alone: held or named as damaged, and nobody has two mails."""
    opened = copied_while_mails_go(town, people=200, copies=len(KINDS), chance=random.Random(7))
    assert [(str(each), each.broken) for each in opened if each.broken] == []
    assert len(opened) == len(KINDS)
