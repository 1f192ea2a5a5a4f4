"""On what was measured: figures without it mean nothing."""

import os
import platform
import sqlite3
import statistics
import subprocess
import time
import tomllib
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile

from benchmarks.sink import INSTALLED, ROOT

_SYNCS = 200
_CPUINFO = Path("/proc/cpuinfo")
_PEERS = ("aiosmtplib", "django", "django-post-office", "dkimpy", "emails", "py-spy", "redmail")


def machine() -> dict[str, str]:
    """Processor, memory, system, disk."""
    names = [line.partition(": ")[2] for line in _read(_CPUINFO).splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{os.cpu_count()} × {names[0] if names else platform.processor()}",
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": f"Linux {platform.release()}, {_system()}",
        "one write on disk (4 kB, fdatasync)": f"{_sync_us():,.0f} µs",
        "ledger": "SQLite, WAL, synchronous=FULL, in the folder for temporary files",
    }


def version_of_ours() -> str:
    """The commit."""
    return _said("git", "describe", "--always", "--dirty")


def _locked(crate: str) -> str:
    """The version of a Rust package that its program is built with."""
    packages = tomllib.loads(_read(ROOT / "benchmarks/senders/with_lettre/Cargo.lock"))["package"]
    return next(str(each["version"]) for each in packages if each["name"] == crate)


def _sync_us() -> float:
    """Microseconds: the median of what a commit costs at the least, where the ledgers lie."""
    took = []
    with TemporaryFile() as file:
        for _ in range(_SYNCS):
            file.write(bytes(4096))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def versions() -> dict[str, str]:
    """Of everything that was run."""
    found = {
        "Communiqué": version_of_ours(),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "SQLAlchemy": version("sqlalchemy"),
        "Postfix (smtp-sink, smtp-source)": _postfix(),
        "Node.js": _said(str(INSTALLED / "bin" / "node"), "--version"),
        "nodemailer": _said(
            str(INSTALLED / "bin" / "node"), "-p", 'require("./var/bench/node/node_modules/nodemailer/package").version'
        ),
        "Go": _said("go", "version").removeprefix("go version "),
        "Rust": _said("rustc", "--version").removeprefix("rustc "),
        "lettre": _locked("lettre"),
    }
    python = str(INSTALLED / "python" / "bin" / "python")
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    peers = _said(python, "-c", code, *_PEERS).split()
    return {name: value for name, value in {**found, **dict(zip(_PEERS, peers, strict=False))}.items() if value}


def _postfix() -> str:
    changes = list((INSTALLED / "postfix" / "usr" / "share" / "doc" / "postfix").glob("changelog.Debian.gz"))
    shown = _said("sh", "-c", f"zcat {changes[0]} | head -n 1") if changes else ""
    return shown.partition("(")[2].partition(")")[0]


def _system() -> str:
    for line in _read(Path("/etc/os-release")).splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return "unknown"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
