"""One person's record for themselves: JSON for programs, CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from communique.commands.console import instant
from communique.language.escaping import harmless

Record = Mapping[str, Sequence[Mapping[str, Any]]]


def as_json(record: Record) -> str:
    """By table; moments in UTC."""
    return json.dumps(record, default=_plain, ensure_ascii=False, indent=2)


def as_csv(record: Record) -> str:
    """One row a value: which table, which of its rows, what, and the value. No cell is a formula."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(("table", "row", "name", "value"))
    for name, rows in record.items():
        for number, row in enumerate(rows, start=1):
            for column, value in row.items():
                table.writerow((name, number, column, harmless(_cell(value))))
    return written.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(_plain(value))


def _plain(value: Any) -> Any:
    return instant(value) if isinstance(value, datetime) else value
