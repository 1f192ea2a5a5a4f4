"""Why a file of the workspace cannot be used, in the words of who can mend it: whose it is, and who was refused."""

import os
import pwd
from pathlib import Path

from communique.phrase import phrase


class SecretFileError(OSError):
    """A variable names a file for a secret, and that gives none."""

    def __init__(self, variable: str, file: str, why: str) -> None:
        super().__init__(phrase("{variable} names the file {file}: {why}", variable=variable, file=file, why=why))


def file_fault(error: BaseException) -> str:
    """What is wrong with which file, in a sentence; empty for another error."""
    if isinstance(error, SecretFileError):
        return str(error)
    if not isinstance(error, OSError) or error.filename is None:
        return ""
    return f"{error.filename}: {refusal(error)}"


def refusal(error: OSError) -> str:
    """What the system has against a file, in a clause."""
    if isinstance(error, FileNotFoundError):
        return phrase("it is not there")
    if isinstance(error, PermissionError) and error.filename is not None:
        return phrase(
            "the user {user} may not use it, and it belongs to {owner}. Run this as {owner}, or give the file to "
            "{user}",
            user=_name_of(os.geteuid()),
            owner=_name_of(_owner(Path(os.fsdecode(error.filename)))),
        )
    return error.strerror or type(error).__name__


def _owner(file: Path) -> int:
    """Of a file, or of the folder in which it would lie."""
    while True:
        try:
            return file.stat().st_uid
        except OSError:
            if file == file.parent:
                return 0
            file = file.parent


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # as in a container, where numbers have no names
        return str(number)
