"""What a test does when the server or checker it talks to is not installed."""

import os

import pytest


def require(condition: object, sentence: str) -> None:
    """Go on when `condition` holds; else skip the test on a developer's machine, and fail it where `CI` is set.

    `sentence` says what is missing and what to do about it.
    """
    if condition:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{sentence} (A missing counterpart is an error where CI is set.)", pytrace=False)
    pytest.skip(sentence)
