"""Checks that an officer has waived, with a reason: which may be, and what a waiver takes away."""

from collections.abc import Iterator, Sequence

from communique.explain.problem_codes import CODES
from communique.phrase import phrase
from communique.problems import Problem, did_you_mean
from communique.read.campaign_draft import Draft
from communique.read.yaml_document import Path


def check_waivers(draft: Draft) -> Iterator[Problem]:
    """Waivers of checks that do not exist, or that cannot be waived."""
    paths: list[Path] = [("waive",), *(("announcements", name, "waive") for name in draft.announcements)]
    waivable = [code for code, explanation in CODES.items() if explanation.waivable]
    for path in paths:
        waived = draft.at(path)
        for code in waived if isinstance(waived, dict) else ():
            if code not in CODES:
                message = phrase("expected the code of a check, found `{code}`", code=code)
                yield draft.problem((*path, code), "unknown-waiver", message, did_you_mean(code, waivable), at_key=True)
            elif not CODES[code].waivable:
                message = phrase("expected a check that can be waived, found `{code}`", code=code)
                hint = phrase("Mend what it reports instead. Can be waived: {waivable}.", waivable=", ".join(waivable))
                yield draft.problem((*path, code), "not-waivable", message, hint, at_key=True)


def without_waived(problems: Sequence[Problem], draft: Draft) -> list[Problem]:
    """The problems that are left when what the campaign waives is taken away."""
    waived = draft.at(("waive",))
    codes = {code for code in waived if code in CODES and CODES[code].waivable} if isinstance(waived, dict) else set()
    return [problem for problem in problems if problem.code not in codes]
