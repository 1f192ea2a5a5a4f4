"""A ledger has the tables of the program that opens it: made, brought up to date, or refused in a sentence."""

import importlib
import pkgutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from communique import store
from communique.store.database import DatabaseError, open_database
from communique.store.desk import journal
from communique.store.engine import make_engine
from communique.store.metadata import metadata
from communique.store.recipients import people
from communique.store.schema_version import MIGRATIONS, alembic_config, versions
from tests.databases import KINDS, Databases

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    with databases.address(request.param, tmp_path, empty=True) as address:
        yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """The same, connected."""
    made = make_engine(url)
    yield made
    made.dispose()


def test_the_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """A path that was mistyped: nothing is written into what somebody else keeps there."""
    file = tmp_path / "accounts.sqlite"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE invoices (number INTEGER)")
        other.commit()
    with pytest.raises(DatabaseError, match=r"the SQLite file of another program \(invoices\)"):
        open_database(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]


def change(engine: Engine, to: str) -> None:
    """By Alembic, as far as a version."""
    with engine.connect().execution_options(communique_upgrading=True) as connection:
        with connection.begin():
            config = alembic_config(connection)
            (command.downgrade if to == "base" else command.upgrade)(config, to)
        connection.invalidate()


def _index(found: Any) -> dict[str, Any]:
    """With the conditions of partial ones in words, which can be compared."""
    return {**found, "dialect_options": {key: str(value) for key, value in found.get("dialect_options", {}).items()}}


def described(connection: Connection) -> dict[str, Any]:
    """All tables as the database describes them."""
    look = inspect(connection)
    kept = "SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL AND relname = 'attempts'"
    options = [] if connection.dialect.name == "sqlite" else sorted(map(str, connection.execute(text(kept))))
    assert connection.dialect.name == "sqlite" or not look.has_table("attempts") or options
    return {"options": options} | {
        name: (
            [(each["name"], str(each["type"]), each["nullable"], each["default"]) for each in look.get_columns(name)],
            look.get_pk_constraint(name),
            sorted(look.get_unique_constraints(name), key=str),
            sorted((_index(each) for each in look.get_indexes(name)), key=str),
            sorted(look.get_foreign_keys(name), key=str),
        )
        for name in look.get_table_names()
    }


def test_the_program_s_tables_are_those_of_the_newest_version(engine: Engine) -> None:
    """A change of a table needs a version that makes it."""
    change(engine, "head")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == [], (
        'Write the next version: make migration NAME="what changes". Before the first release there is only one; '
        'write it anew: rm communique/store/migrations/versions/0001_*; make migration NAME="first schema"'
    )


def test_a_new_ledger_is_one_that_has_come_all_the_way(url: str, engine: Engine) -> None:
    """Made at once or version by version, names of constraints and the version itself included."""
    open_database(url).close()
    with engine.connect() as connection:
        at_once = described(connection)
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        connection.commit()
    change(engine, "head")
    with engine.connect() as connection:
        assert described(connection) == at_once
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == versions()[-1]


def test_versions_are_numbered_in_their_order() -> None:
    """Each leads on from the one before, and the newest is the one that programs expect."""
    revisions = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())[::-1]
    assert [each.revision for each in revisions] == versions() == [f"{n:04}" for n in range(1, len(revisions) + 1)]
    assert [each.down_revision for each in revisions] == [None, *versions()[:-1]]


def test_down_and_up_again_works(engine: Engine) -> None:
    """Back to nothing, and to the same tables once more."""
    change(engine, "head")
    with engine.connect() as connection:
        before = described(connection)
    change(engine, "base")
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    change(engine, "head")
    with engine.connect() as connection:
        assert described(connection) == before


def test_what_is_in_the_first_version_is_there_in_the_newest(
    url: str, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows stay, references hold, and the log says what was done, if anything was."""
    change(engine, versions()[0])
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO people (id, address, address_key, domain, name, language, organisation, created_at) "
                "VALUES (7, 'Ana@example.org', 'ana@example.org', 'example.org', 'Ana', 'es', '', '2026-12-01 09:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO memberships (audience, person_id, basis, source, added_at) "
                "VALUES ('friends', 7, 'asked', 'list', '2026-12-01 09:00:00')"
            )
        )
    with closing(open_database(url)) as database, database.reading() as connection:
        assert [each.person.name for each in people.members(connection, ["friends"])] == ["Ana"]
    said = [record.message for record in caplog.records if record.name == "communique.store.schema_version"]
    changes = [f"bringing the ledger from version 0001 to {versions()[-1]}", f"the ledger has version {versions()[-1]}"]
    assert said == (changes if len(versions()) > 1 else [])


def test_a_ledger_of_a_newer_program_is_refused(url: str, engine: Engine) -> None:
    """It says which versions there are, and what to do."""
    open_database(url).close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseError, match=r"or older, found version 9999, made by a newer Communiqué: use that one"):
        open_database(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_tables_without_a_version_are_refused(url: str, engine: Engine) -> None:
    """Somebody else's, or from before the first release: they are left as they are."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE people (id INTEGER)"))

    with pytest.raises(DatabaseError, match="found tables without one: people"):
        open_database(url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["people"]


def test_programs_that_start_together_make_one_ledger(url: str) -> None:
    """All of them open it, and what each writes is there."""
    start = threading.Barrier(6)
    faults: list[BaseException] = []

    def work(number: int) -> None:
        start.wait(60)
        try:
            with closing(open_database(url)) as database, database.begin() as connection:
                journal.note(connection, who=str(number), what="was here", now=NOW)
        except Exception as error:  # noqa: BLE001 - told by the test
            faults.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert faults == []
    with closing(open_database(url)) as database, database.reading() as connection:
        assert {line.who for line in journal.latest(connection, 10)} == set("012345")


def test_a_daemon_that_fails_half_way_leaves_no_half_ledger(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables and version come together or not at all."""
    monkeypatch.setattr("communique.store.schema_version.insert", lambda _table: text("nonsense"))
    with pytest.raises(DatabaseError):
        open_database(url)
    monkeypatch.undo()

    with closing(open_database(url)) as database, database.reading() as connection:
        assert journal.latest(connection, 1) == []


def test_alembic_is_not_loaded_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    """Neither for a new ledger nor for one that is as it should be: commands start quickly."""
    script = (
        "import sys; from communique.store.database import open_database as o; "
        f"[o('sqlite:///{tmp_path}/l').close() for _ in 'ab']; sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_every_table_is_made_whoever_opens_the_ledger_first() -> None:
    """By a command that knows little of it, too: `check` makes the ledger that `plan` reads."""
    alone = "from communique.store.database import metadata; print(*metadata.tables)"
    known = subprocess.run([sys.executable, "-c", alone], capture_output=True, text=True, check=True).stdout.split()
    for each in pkgutil.walk_packages(store.__path__, f"{store.__name__}."):
        if ".migrations" not in each.name:
            importlib.import_module(each.name)
    assert set(known) == {table.name for table in metadata.tables.values() if table.schema is None}
