"""What most tests of the engine begin with."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.channel import secret
from communique.rehearse.rehearsal import Rehearsal
from communique.store import turns
from tests import ledger_audit, ledger_watch, statements
from tests.databases import KINDS, Databases, databases
from tests.shipped_rehearsal import rehearsed_and_reported
from tests.ticking import Service, serving_town
from tests.workspaces import Town, assert_nobody_wrote_through_a_link, build

statements.share()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First who looks at the shared rehearsal: workers take tests from each other's ends, so it is played once for all.

    And it takes long: nobody is to begin it when the others have nothing left to do.
    """
    items.sort(key=lambda item: "rehearsal" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", name="databases")
def _databases() -> Iterator[Databases]:
    """SQLite files and one PostgreSQL server."""
    with databases() as made:
        yield made


@pytest.fixture(scope="session", autouse=True)
def _layouts_of_all_towns() -> Iterator[None]:
    """Linked into each of them."""
    yield
    assert_nobody_wrote_through_a_link()


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The shipped campaigns, played and reported; to be looked at only."""
    with rehearsed_and_reported(tmp_path_factory.mktemp("shipped")) as played:
        yield played


@pytest.fixture(autouse=True)
def _audited(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does to a ledger in this process: the books hold at every commit."""
    if request.node.get_closest_marker("ledger_by_hand"):
        ledger_audit.end()
        yield
        return
    ledger_audit.begin()
    ledger_audit.found.clear()
    yield
    assert ledger_audit.found == []


@pytest.fixture(autouse=True)
def _no_secrets_of_earlier_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process masks every secret it has read, and each test is one that has read none."""
    monkeypatch.setattr(secret, "_secrets", set())


@pytest.fixture(autouse=True)
def _nothing_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the pieces of long work, where others would come in."""
    monkeypatch.setattr(turns, "BREATH", 0)


@pytest.fixture(params=KINDS)
def database_url(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a new ledger's database, of either kind; processes that a test starts find it as operators do."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with databases.address(request.param, tmp_path) as url:
        if request.param != "sqlite":  # which is where a workspace has its ledger anyway
            monkeypatch.setenv("DATABASE_URL", url)
        if request.node.get_closest_marker("ledger_by_hand"):
            yield url
            return
        with ledger_watch.watched(url):
            yield url


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    """A tiny workspace with a ledger of its own; its clock stands at the milestone `start`."""
    made = build(tmp_path)
    made.variables |= {name: value for name, value in os.environ.items() if name == "DATABASE_URL"}
    yield made
    made.database.close()


@pytest.fixture
def service(town: Town) -> Iterator[Service]:
    """A daemon of a town whose one announcement is approved."""
    with serving_town(town) as made:
        yield made
