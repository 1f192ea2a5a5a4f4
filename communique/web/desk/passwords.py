"""Passwords of officers: Argon2id as RFC 9106 recommends it for little memory (64 MiB, 3 passes, 4 lanes)."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher()
#: One at a time: each takes 64 MiB, and whoever knocks often must not take the memory of what sends.
_ONE = threading.Lock()


def hashed(password: str) -> str:
    """What is kept of a password: PHC string format."""
    with _ONE:
        return _HASHER.hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether it is the password. Where none is kept it takes as long, so that nobody learns who works here."""
    with _ONE:
        try:
            return _HASHER.verify(kept or _nobodys(), password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with less effort than today's."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
