"""An address as a page shows it to whoever has the link: its owner knows it again, and nobody else learns it."""


def shortened(address: str) -> str:
    """`an…@example.org`."""
    name, _, domain = address.rpartition("@")
    shown = name[: min(2, len(name) - 1)]
    return f"{shown}…@{domain}"
