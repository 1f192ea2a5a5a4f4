"""Small files that a machine keeps beside its ledger: whole, and nothing left of what was killed."""

import os
from pathlib import Path

from communique.send.whole_file import replace_whole


def test_what_was_begun_by_somebody_who_was_killed_is_taken_away(tmp_path: Path) -> None:
    """When nobody is about to name it any more; what another process writes at the moment, and other files, stay."""
    file = tmp_path / "ledger.seen"
    replace_whole(file, {"number": 1})
    now = file.stat().st_mtime
    for name, age in ((".ledger-killed", 700), (".ledger-writing", 5), (".clock-killed", 700), ("ledger-1", 700)):
        (tmp_path / name).write_text("{}")
        os.utime(tmp_path / name, (now - age, now - age))
    replace_whole(file, {"number": 2}, is_on_disk=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        ".clock-killed",
        ".ledger-writing",
        "ledger-1",
        "ledger.seen",
    ]
    assert file.read_text() == '{"number": 2}'
