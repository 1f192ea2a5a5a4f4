"""Limits of the machine are told as such, and not as a mistake of the program."""

import threading

import pytest

from communique.machine_limits import limit_reached


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
