"""Explanations of what is wrong with `config/process.yaml`, which the process page is made from."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

PROCESS_CODES = {
    "missing-document": Explanation(
        title="A document is named that is not there",
        severity=Severity.WARNING,
        text="""
            `documents:` in config/process.yaml names files of config/documents/, which the website offers under the
            same name. This one is not there, so the page leaves it out, and whoever monitors the process will miss it.
            Put the file there. Capital letters count, and names have Latin letters, digits, `.`, `_` and `-` only.
            """,
        example="""
            documents:
              - file: roadmap.pdf
                title: {en: Roadmap, es: Hoja de ruta}
                published: 2027-02-16
                language: es
            """,
    ),
    "document-not-public": Explanation(
        title="Readers are sent to a document that is not there yet",
        waivable=True,
        severity=Severity.WARNING,
        text="""
            `document:` of an announcement names what its readers are told to read, as `shows:` below `documents:` in
            config/process.yaml calls it. On the day it goes out none of these is public: “read the plan” would lead to
            a page without a plan. Put the file into config/documents/, and let `published` be no later than that day.
            """,
        example="""
            documents:
              - file: action-plan.pdf
                title: {en: Action plan, es: Plan de acción}
                published: 2027-11-30
                language: es
                shows: plan
            """,
    ),
    "document-too-large": Explanation(
        title="A document is too large",
        text="""
            Documents of the website have 20 MB at most. Scans and photos make files large: save it again with smaller
            pictures ("reduced size" when exporting to PDF), or split it in parts.
            """,
    ),
}
