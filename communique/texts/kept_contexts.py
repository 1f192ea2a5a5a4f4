"""What texts may say of an occasion, kept for a while: each of its channels asks for the same."""

from dataclasses import dataclass, field
from typing import Any

from communique.occasion import Occasion
from communique.texts.facts import Facts


@dataclass
class KeptContexts:
    """Those of the last occasion."""

    facts: Facts
    _kept: tuple[Occasion | None, dict[tuple[str, bool], dict[str, Any]]] = field(default_factory=lambda: (None, {}))

    def of(self, occasion: Occasion, language: str, *, counted: bool) -> dict[str, Any]:
        """As `Facts.of`, which raises UntranslatedError; whoever asks may add to it."""
        whose, kept = self._kept
        if whose is not occasion:
            kept = {}
            self._kept = occasion, kept  # both at once: another thread may ask
        key = language, counted
        found = kept.get(key)
        if found is None:
            found = kept[key] = self.facts.of(occasion, language, counted=counted)
        return dict(found)
