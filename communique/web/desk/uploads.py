"""Pictures and documents put there from the browser, with what they were before."""

from datetime import datetime

from sqlalchemy import Connection

from communique.store.desk import file_versions
from communique.web.desk.edited_files import EditedFiles


def put(
    connection: Connection, files: EditedFiles, path: str, data: bytes, *, instead: bool, who: str, now: datetime
) -> bool:
    """Write the file, and keep it and what it replaces among its versions; whether it replaces something.

    `instead` says that it may: without it a file of that name is left alone.

    Raises:
        ConflictError, NotEditableError, TakenError: as `EditedFiles.put`.
    """
    was = files.bytes_at(path) if instead else None
    if was is not None:
        file_versions.note(connection, path, was, who="", now=now)
    files.put(path, data, was=was)
    file_versions.note(connection, path, data, who=who, now=now)
    return was is not None
