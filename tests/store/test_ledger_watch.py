"""The watch of the tests sees what others write, and is in nobody's way."""

import pytest
from sqlalchemy import text

from tests import ledger_audit
from tests.daemon_process import wait_until
from tests.ledger_watch import watched
from tests.workspaces import Town


@pytest.mark.ledger_by_hand
def test_a_copy_that_gets_lost_is_seen_from_beside(town: Town, database_url: str) -> None:
    """Without anybody in this process who would look at the commit; nothing is said of a ledger that is right."""
    town.invite("ana", "ben")
    with watched(database_url, 0.02) as watch:
        town.run()
        watch.look()
        assert ledger_audit.found == []
        with town.database.begin() as connection:
            connection.execute(text("DELETE FROM attempts"))
            connection.execute(text("DELETE FROM deliveries"))
        wait_until(lambda: bool(ledger_audit.found), "a look that nobody asked for")
    said = ledger_audit.found.pop()
    ledger_audit.found.clear()
    assert said.startswith("from beside: planned is not the number of its deliveries")


@pytest.mark.ledger_by_hand
def test_it_waits_for_nobody_and_nobody_for_it(town: Town, database_url: str) -> None:
    """While somebody writes it sees what was before; a ledger that is away is no fault of its books."""
    town.invite("ana")
    town.run()
    with watched(database_url) as watch, watched(database_url.replace("/communique.sqlite", "/none")) as elsewhere:
        with town.database.begin() as connection:
            connection.execute(text("DELETE FROM attempts"))
            connection.execute(text("DELETE FROM deliveries"))
            watch.look()
            elsewhere.look()
            connection.rollback()
        watch.look()
    assert ledger_audit.found == []
