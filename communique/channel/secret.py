"""Values that must not be seen."""

_secrets: set[str] = set()


def known_secrets() -> tuple[str, ...]:
    """The values of all secrets that this process has made, for what must keep them out of sight."""
    return tuple(_secrets)


class Secret:
    """A value from the environment that must not be seen: its repr and str are masked."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        _secrets.add(value)

    def reveal(self) -> str:
        """The value itself, for the wire only."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__
