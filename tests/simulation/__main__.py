"""`python -m tests.simulation [--runs N] [--seed N]`: many histories; the seed that is printed gives the same again."""

import argparse
import random
import sys

from tests import ledger_audit
from tests.simulation.runs import simulate

parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
parser.add_argument("--runs", type=int, default=10_000)
parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of the first; the others follow it")
asked = parser.parse_args()
sys.stdout.write(f"histories {asked.seed} to {asked.seed + asked.runs - 1}\n")
sys.stdout.flush()
ledger_audit.begin()
simulate(range(asked.seed, asked.seed + asked.runs))
sys.stdout.write("every one of them kept what is promised\n")
