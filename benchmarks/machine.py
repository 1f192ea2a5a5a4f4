"""On what was measured: figures without it mean nothing."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.sink import INSTALLED, ROOT

_CPUINFO = Path("/proc/cpuinfo")
_PEERS = ("aiosmtplib", "django", "django-post-office", "dkimpy", "emails", "redmail")


def machine() -> dict[str, str]:
    """Processor, memory, system, and how busy it is with other things."""
    names = [line.partition(": ")[2] for line in _read(_CPUINFO).splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{os.cpu_count()} × {names[0] if names else platform.processor()}",
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": f"Linux {platform.release()}, {_system()}",
        "load before": " ".join(f"{each:.2f}" for each in os.getloadavg()),
        "ledger": "PostgreSQL (DATABASE_URL)" if os.environ.get("DATABASE_URL") else "SQLite, WAL, synchronous=FULL",
    }


def versions() -> dict[str, str]:
    """Of everything that was run."""
    found = {
        "Communiqué": _said("git", "describe", "--always", "--dirty"),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "SQLAlchemy": version("sqlalchemy"),
        "Postfix (smtp-sink, smtp-source)": _postfix(),
        "Node.js": _said(str(INSTALLED / "bin" / "node"), "--version"),
        "nodemailer": _said(
            str(INSTALLED / "bin" / "node"), "-p", 'require("./var/bench/node/node_modules/nodemailer/package").version'
        ),
        "Go": _said("go", "version").removeprefix("go version "),
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
