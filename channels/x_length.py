"""The length of a post as X counts it, through twitter_text."""

import importlib.resources
import sys
from types import ModuleType


def _resource_string(module: str, name: str) -> bytes:
    return importlib.resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()


# twitter_text reads a file of its own through pkg_resources: deprecated, gone from setuptools 82, absent from the
# environments that Python 3.12 makes, and slow to load. All it asks of it is this.
_STAND_IN = ModuleType("pkg_resources")
_STAND_IN.resource_string = _resource_string  # type: ignore[attr-defined]
_ours = sys.modules.setdefault("pkg_resources", _STAND_IN) is _STAND_IN
try:
    from twitter_text import extract_urls, parse_tweet
finally:
    if _ours:
        del sys.modules["pkg_resources"]

__all__ = ["extract_urls", "parse_tweet"]
