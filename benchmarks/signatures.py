"""What the processor can sign: `openssl speed`, on all cores at once."""

import os
import re
import shutil
import subprocess

from benchmarks.measuring import MeasureError

_RATE = re.compile(r"^rsa 2048 bits +\S+s +\S+s +([\d.]+)", re.MULTILINE)


def rsa_signatures(seconds: int) -> float:
    """RSA-2048 signatures a second on all cores together.

    Raises:
        MeasureError: OpenSSL's program is not there, or says something else.
    """
    if shutil.which("openssl") is None:
        raise MeasureError("openssl is not installed")
    command = ["openssl", "speed", "-multi", str(os.cpu_count() or 1), "-seconds", str(seconds), "rsa2048"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _RATE.search(done.stdout)
    if done.returncode or found is None:
        raise MeasureError(f"openssl speed: expected a line on rsa 2048 bits, found: {done.stderr[-500:]}")
    return float(found[1])
