"""What a process has cost: read from /proc, so on Linux alone."""

import os
from pathlib import Path


def cpu_seconds(process: int) -> float:
    """Processor time in user and system mode."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def bytes_read(process: int) -> int:
    """All it has read, from files and from the network."""
    for line in Path(f"/proc/{process}/io").read_text(encoding="ascii").splitlines():
        if line.startswith("rchar:"):
            return int(line.split()[1])
    return 0
