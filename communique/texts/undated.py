"""What lacks a date because a milestone has none yet: a text that says it is told so, and not that it has a slip."""

from collections.abc import Mapping
from typing import Any


class Undated(dict[str, Any]):
    """Facts or milestones as texts see them; `awaits` has the milestone whose date each missing key waits for."""

    __slots__ = ("awaits",)

    def __init__(self, known: Mapping[str, Any], awaits: Mapping[str, str]) -> None:
        super().__init__(known)
        self.awaits = awaits
