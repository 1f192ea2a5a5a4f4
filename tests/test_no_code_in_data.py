"""Whoever can write into the ledger or a file of the workspace runs no program by it: nothing read is unpickled."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Says which classes are looked up for something pickled, in a process of its own: a hook stays to its end.
_PROGRAM = """
import sys
unpickled = set()
sys.addaudithook(lambda event, told: unpickled.add(told[0]) if event == "pickle.find_class" else None)
from pathlib import Path
from tests.workspaces import build
town = build(Path(sys.argv[1]))
town.campaign("through: [email]", "through: [email, website, feed]")
town.say_to_nobody_in_particular()
town.invite("ana", "ben")
town.run()
town.run()
print(town.account(), *sorted(unpickled), sep="; ")
"""


def test_nothing_that_is_read_is_unpickled(tmp_path: Path) -> None:
    """From files to the ledger and out again, but for what Babel has of the world's languages in its own package."""
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "town")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    account, *modules = told.stdout.strip().split("; ")
    assert account == "4 planned = 4 sent"
    assert {module.partition(".")[0] for module in modules} <= {"babel"}
