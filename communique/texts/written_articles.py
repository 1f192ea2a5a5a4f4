"""Articles kept for a while: several channels carry the same one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from communique.occasion import Occasion
from communique.texts.articles import Article, write_article
from communique.texts.templates import Templates
from communique.texts.wording import Wording

_MOST_KEPT = 32  #: articles; written to many people one by one, a text is another one each time


@dataclass
class WrittenArticles:
    """Articles of the last occasion: mails, pages, feeds and cards are made from the same ones in turn."""

    templates: Templates
    _kept: tuple[Occasion | None, dict[tuple[object, ...], Article]] = field(default_factory=lambda: (None, {}))

    def article(self, occasion: Occasion, wording: Wording, context: Mapping[str, Any]) -> Article:
        """An article in a context, which is the occasion's, in the language of the text, with a recipient or without.

        Raises:
            TemplateProblemError: something is missing or wrong, with its place.
        """
        of, kept = self._kept
        if of is not occasion:
            kept = {}
            self._kept = occasion, kept  # both at once: another thread may ask
        recipient = context.get("recipient")
        person = tuple(recipient.items()) if recipient else None
        key = wording.path, wording.raw, context["language"], context["on_paper"], "release" in context, person
        found = kept.get(key)
        if found is None:
            found = write_article(self.templates, wording, context)
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[key] = found
        return found
