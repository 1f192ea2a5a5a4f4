"""What is wrong with `look:` in the settings: a colour that cannot be read, a logo that cannot be shown."""

from collections.abc import Iterator

from communique.phrase import phrase
from communique.problems import Problem, Severity, at_place
from communique.read.yaml_positions import read
from communique.texts.accent import accent_fault
from communique.texts.pictures import UnfitPictureError, read_picture
from communique.workspace import SETTINGS, Workspace


def check_look(workspace: Workspace) -> Iterator[Problem]:
    """Faults at their lines of the settings."""
    look = workspace.settings.look
    document, _ = read(workspace.sources.read(SETTINGS) or b"", SETTINGS)
    if document is None:
        return
    if fault := accent_fault(look.accent):
        hint = phrase("Write that one, or another dark colour.")
        severity = Severity.WARNING
        yield document.problem(("look", "accent"), "accent-too-light", fault, hint=hint, severity=severity)
    if look.logo:
        try:
            read_picture(workspace.sources, ("config",), look.logo, "")
        except UnfitPictureError as error:
            line, column, source = document.place(("look", "logo"))
            yield at_place(error.problem, file=SETTINGS, line=line, column=column, source=source)
