"""Fewer looks for garbage while thousands of mails are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_AT_ONCE = 3_000  #: objects more than there were, before they are looked through: some hundred kilobytes


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """What a mail leaves behind is freed as it falls out of use, and hardly any of it is in a cycle.

    Python would look all the same, after each few mails, through what is there and stays: workspace, texts, modules.
    That took a sixth of the time.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_AT_ONCE, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
