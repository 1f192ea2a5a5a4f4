"""The public record as files: JSON, CSV, and a small program with which anybody can check the chain."""

import csv
import io
import json
from collections.abc import Sequence

from communique.language.escaping import harmless
from communique.localisation.localised import localise
from communique.public_record import FORMAT, HASH, Sealed
from communique.settings import Settings
from communique.texts import addresses
from communique.website.site_contents import Render

JSON, CSV, PROGRAM = "record.json", "record.csv", "verify-record.txt"
_COLUMNS = (
    *("number", "recorded_at", "kind", "at", "campaign", "announcement", "occurrence", "channel", "channel_kind"),
    *("to", "people", "fewer_than", "languages", "texts", "approved", "previous"),
)
#: With the canonical JSON of the row, which its hash is made of.
COLUMNS = (*_COLUMNS, HASH, "entry")


def record_files(record: Sequence[Sealed], settings: Settings, render: Render) -> dict[str, bytes]:
    """By their paths below the website's root."""
    first = settings.languages[0]
    return {
        addresses.record_file(JSON): as_json(record, settings).encode(),
        addresses.record_file(CSV): as_csv(record),
        addresses.record_file(PROGRAM): render(f"site/{PROGRAM}", first, {}).encode(),
    }


def as_json(record: Sequence[Sealed], settings: Settings) -> str:
    """Who says it, and all entries, each with its hash."""
    whole = {
        "format": FORMAT,
        "government": str(localise(settings.government.name, settings.languages[0], settings.languages)),
        "address": settings.public_address,
        "mode": str(settings.mode),
        "entries": [{**each.values, HASH: each.hash} for each in record],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_csv(record: Sequence[Sealed]) -> bytes:
    """A row an entry, in UTF-8 with the mark by which spreadsheets know it. No cell is a formula."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for each in record:
        cells = [_cell(each, name) for name in _COLUMNS]
        table.writerow([harmless(cell) for cell in (*cells, each.hash, each.text)])
    return written.getvalue().encode("utf-8-sig")


def _cell(entry: Sealed, name: str) -> str:
    value = entry.values[name]
    if name == "texts":
        return " ".join(f"{each['language']}:{each['sha256']}" for each in value)
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
