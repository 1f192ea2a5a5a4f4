"""Bytes of pictures in the ledger, each kept once: copies of texts and publications name them by their hash."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from communique.store.database import pictures


def keep(connection: Connection, data: bytes) -> str:
    """Keep a picture; its SHA-256 (hex), by which it is found again."""
    sha256 = hashlib.sha256(data).hexdigest()
    if connection.execute(select(pictures.c.sha256).where(pictures.c.sha256 == sha256)).first() is None:
        connection.execute(insert(pictures).values(sha256=sha256, data=data))
    return sha256


def kept(connection: Connection, hashes: Iterable[str]) -> dict[str, bytes]:
    """The pictures of these hashes, by hash."""
    rows = connection.execute(select(pictures).where(pictures.c.sha256.in_(set(hashes))))
    return {row.sha256: row.data for row in rows}
