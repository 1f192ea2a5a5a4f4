"""Limits of the machine are told as such, and not as a mistake of the program."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from sqlalchemy import text

from communique.machine.limits import limit_reached
from communique.store.database import Database
from tests.ticking import serving_town
from tests.workspaces import Town


def test_who_may_have_no_more_is_told_which_limit_to_raise() -> None:
    """Threads, memory; anything else is not about a limit."""
    large = threading.stack_size(1 << 46)  # more than a process can address
    try:
        with pytest.raises(RuntimeError) as refused:
            threading.Thread(target=int).start()
    finally:
        threading.stack_size(large)
    assert "`TasksMax=`" in limit_reached(refused.value)
    with pytest.raises(MemoryError) as full:
        bytearray(1 << 60)
    assert "`MemoryMax=`" in limit_reached(full.value)
    assert limit_reached(RuntimeError("another")) == ""


@contextmanager
def no_look_for_garbage() -> Iterator[None]:
    """But for those that are asked for."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_tick_that_ran_out_of_memory_locks_out_no_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though there was not even enough to end its transaction."""

    def begin(database: Database) -> NoReturn:
        left: list[object] = [connection := database.engine.connect()]
        left.append(left)  # falls out of use, and nobody notices
        connection.execute(text("DELETE FROM alerts"))
        raise MemoryError

    with serving_town(town) as service, no_look_for_garbage():
        with monkeypatch.context() as machine:
            machine.setattr(Database, "begin", begin)
            machine.setattr(Database, "beside", begin)
            assert "MemoryMax=" in str(service.healthz(service.tick())[1])
        service.tick()
        assert len(service.sink.accepted) == 1
