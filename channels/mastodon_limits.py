"""What an instance of Mastodon allows, and how it counts."""

from dataclasses import dataclass

import regex

#: `@user@server` counts as `@user` (Mastodon, app/validators/status_length_validator.rb).
_MENTION = regex.compile(r"(?<![/\w])@(\w+)@[a-z0-9.\-]+[a-z0-9]", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an instance allows; these are Mastodon's own defaults."""

    characters: int = 500
    per_address: int = 23

    def count(self, text: str) -> int:
        """The length as the instance counts it: graphemes, addresses at a flat rate."""
        from mastodon._url_regex import url_regex  # loads all of Mastodon.py

        shortened = url_regex.sub(lambda found: found.group(2) + "x" * self.per_address, text)
        return len(regex.findall(r"\X", _MENTION.sub(r"@\1", shortened)))
