"""Postfix's own load generator in C: the same bytes for everybody, over kept connections."""

import os
import resource
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import workload

POSTFIX = Path(__file__).parents[2] / "var/bench/postfix/usr"
LENGTH = "7700"  #: with its envelope, as many bytes on the wire as our mail


def main() -> None:
    """Run it, and look at it from outside: it reports nothing by itself."""
    asked = workload.order()
    command = [POSTFIX / "sbin/smtp-source", "-d", "-s", str(asked.connections), "-m", str(asked.number), "-l", LENGTH]
    addresses = ["-f", workload.SENDER, "-t", "reader@example.org", f"127.0.0.1:{asked.port}"]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(POSTFIX / "lib/postfix")}
    began = time.perf_counter()
    with subprocess.Popen([*command, *addresses], env=environment) as process:
        rss = 0
        while process.poll() is None:
            with suppress(FileNotFoundError):
                rss = max(rss, workload.peak_rss(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
    seconds, children = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"smtp-source ended with {process.returncode}")
    workload.say(asked.number, seconds, children.ru_utime + children.ru_stime, rss)


if __name__ == "__main__":
    main()
