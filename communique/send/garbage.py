"""Fewer looks for garbage while thousands of mails are made."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_AT_ONCE = 3_000  #: objects more than there were, before they are looked through: some hundred kilobytes


@dataclass
class _Kept:
    """What a process has that no look during a run goes through."""

    blocks: int = 0  #: of memory, when it was last looked through, or first counted

    def set_aside(self) -> None:
        """Leave all there is out of what is looked through.

        A process that does little else than send would never look through it: each look falls into a run. So it is
        looked through here, when a quarter has been added to it, which is Python's own rule.
        """
        if self.blocks and sys.getallocatedblocks() > self.blocks + self.blocks // 4:
            gc.collect()
            self.blocks = 0
        # To count objects takes as long as to send hundreds of mails; blocks, in which they lie, are counted already.
        self.blocks = self.blocks or sys.getallocatedblocks()
        gc.freeze()


_KEPT = _Kept()


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """What a mail leaves behind is freed as it falls out of use, and hardly any of it is in a cycle.

    Python would look all the same, after each few mails, through what is there and stays: workspace, texts, modules.
    That took a sixth of the time.
    """
    often = gc.get_threshold()
    _KEPT.set_aside()
    gc.set_threshold(_AT_ONCE, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
