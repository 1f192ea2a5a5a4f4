"""Texts and pictures of a workspace as they were at one time, kept in the ledger.

What was approved is what is sent, whoever edits meanwhile; and a half-done edit stops nothing.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from communique.read.sources import Copy, Sources, copy_of, is_picture, is_sound
from communique.store.announcements import pictures
from communique.store.database import copies

_LISTS = "config/audiences/"
_STILL = (1980, 1, 1, 0, 0, 0)  # a fixed time in the archive: the same files are the same bytes


def approved(campaign: str) -> str:
    """The name of a campaign's texts as they were when something of it was last approved."""
    return f"approved/{campaign}"


def approved_campaigns(connection: Connection) -> list[str]:
    """Of which texts are kept as they were when something of them was last approved."""
    names = connection.execute(
        select(copies.c.of).where(copies.c.of.like(approved("%"))).order_by(copies.c.of)
    ).scalars()
    found = (name.removeprefix(approved("")) for name in names)
    return [name for name in found if "/" not in name]


def approved_texts(campaign: str, announcement: str) -> str:
    """The name of one announcement's texts as they were when it was last approved itself."""
    return f"approved/{campaign}/{announcement}"


def asked_about(campaign: str, announcement: str) -> str:
    """The name of one announcement's texts as they were when somebody last asked for changes of it."""
    return f"asked/{campaign}/{announcement}"


def frozen(occurrence: int) -> str:
    """The name of an occurrence's texts as they were when its audience was frozen."""
    return f"frozen/{occurrence}"


def keep(connection: Connection, name: str, sources: Sources, campaign: str, now: datetime) -> None:
    """Keep what one campaign is made from; an earlier copy of the name gives way.

    Of the other campaigns their files are kept, too: an infographic shows the dates of the whole process.
    """
    files = copy_of(sources, under=("campaigns", "config", f"templates/{campaign}", "templates/layouts")).files
    # A list of people that somebody has saved as a text would be kept where nobody is erased.
    _write(connection, name, {path: files[path] for path in files if not path.startswith(_LISTS)}, now)


def _write(connection: Connection, name: str, files: Mapping[str, bytes], now: datetime) -> None:
    """Pictures and recordings are kept once, whatever copies they are in."""
    large = {path for path in files if is_picture(path) or is_sound(path)}
    shown = {path: pictures.keep(connection, files[path]) for path in sorted(large)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(set(files) - large):
            archive.writestr(zipfile.ZipInfo(path, _STILL), files[path], zipfile.ZIP_DEFLATED)
    connection.execute(delete(copies).where(copies.c.of == name))
    connection.execute(insert(copies).values(of=name, files=packed.getvalue(), pictures=dict(shown), taken_at=now))


def keep_texts(
    connection: Connection, name: str, sources: Sources, folder: str, now: datetime, *, also: str = ""
) -> None:
    """Keep the texts of one folder, and `also` one file, to hold later ones against."""
    files = copy_of(sources, under=(folder,)).files
    single = sources.read(also) if also else None
    _write(connection, name, files if single is None else {**files, also: single}, now)


def taken_at(connection: Connection, name: str) -> datetime | None:
    """When the copy of that name was kept; None when there is none."""
    at: datetime | None = connection.execute(select(copies.c.taken_at).where(copies.c.of == name)).scalar()
    return at


def kept(connection: Connection, name: str) -> Copy | None:
    """The texts, or None when no copy of that name is kept."""
    row = connection.execute(select(copies.c.files, copies.c.pictures).where(copies.c.of == name)).first()
    if row is None:
        return None
    data = pictures.kept(connection, row.pictures.values())
    with zipfile.ZipFile(io.BytesIO(row.files)) as archive:
        texts = {path: archive.read(path) for path in archive.namelist()}
    return Copy(texts | {path: data[sha256] for path, sha256 in row.pictures.items()})
