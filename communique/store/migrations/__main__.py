"""For developers: write the revision that leads from the newest version to the tables as they are in the program.

`python -m communique.store.migrations "what changes"` compares with an empty ledger of the newest version.
"""

import sys
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from communique.store.schema_version import MIGRATIONS, alembic_config, versions


def write_revision(what_changes: str) -> Path:
    """The file that was written, to be read and mended before anybody relies on it."""
    with create_engine("sqlite://").begin() as connection:
        config = alembic_config(connection)
        command.upgrade(config, "head")
        number = f"{len(versions()) + 1:04}"
        command.revision(config, what_changes, autogenerate=True, rev_id=number)
    (file,) = (MIGRATIONS / "versions").glob(f"{number}_*.py")
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return file


if __name__ == "__main__":
    print(write_revision(sys.argv[1]))  # noqa: T201 - a developer's program
