"""Secrets, which come from the environment and from nowhere else: NAME, or NAME_FILE for a file that holds it."""

import errno
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from communique.channel import Secret
from communique.machine.file_faults import SecretFileError, refusal
from communique.phrase import phrase

#: Signs the links in mails. Made on first use below `var/` when the environment names none.
KEY = "COMMUNIQUE_KEY"
_KEY_FILE = "secret.key"


def secret(environment: Mapping[str, str], name: str) -> Secret | None:
    """The secret of this name, or None when neither the variable nor one for its file is set.

    Raises:
        SecretFileError: a file is named, and is not there, cannot be read, or holds nothing. It was meant to be there:
            whoever took its absence for no secret would open another ledger, or speak to a server as nobody.
    """
    if value := environment.get(name):
        return Secret(value)
    variable = f"{name}_FILE"
    file = environment.get(variable)
    if not file:
        return None
    try:
        found = Path(file).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise SecretFileError(variable, file, phrase("it holds no text (UTF-8)")) from None
    except OSError as error:
        raise SecretFileError(variable, file, refusal(error)) from error
    if not found:
        raise SecretFileError(variable, file, phrase("it holds nothing"))
    return Secret(found)


def signing_key(environment: Mapping[str, str], var: Path) -> Secret:
    """The key for links: the environment's, or one that is kept below `var` (readable by its owner only).

    Raises:
        OSError: the file that holds it is empty, or the environment names one that is not there. Links that were
            signed with no key could be made by anybody, and with another one those in mails would be void.
    """
    if given := environment.get(KEY, "").strip():
        return Secret(given)
    named = environment.get(f"{KEY}_FILE")
    file = Path(named) if named else var / _KEY_FILE
    if not named and not file.is_file():
        _make_key(file)
    key = file.read_text(encoding="utf-8").strip()
    if not key:
        why = "expected the key that signs the links in mails, found nothing; put it back from a backup"
        raise OSError(errno.EINVAL, why, str(file))
    return Secret(key)


def _make_key(file: Path) -> None:
    """Whole before it has its name, and never in the place of one that another program has just made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent, prefix=".key-", encoding="utf-8") as made:
        made.write(secrets.token_hex(32))
        made.flush()
        os.fsync(made.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(made.name)
