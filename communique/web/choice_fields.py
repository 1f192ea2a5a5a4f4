"""The fields by which people choose: how often, about what, in which language."""

from typing import Any

from communique.language.formatting import direction
from communique.subscription import Choices, Frequency
from communique.web.visits import Visit
from communique.workspace import Workspace


def choice_fields(workspace: Workspace, choices: Choices, language: str) -> dict[str, Any]:
    """What a template needs to show the fields as they were filled in."""
    names = workspace.settings.topics_in(language)
    return {
        "topics": [{"name": name, "title": title, "chosen": name in choices.topics} for name, title in names.items()],
        "all_topics": not choices.topics,
        "frequencies": [{"name": str(each), "chosen": each is choices.frequency} for each in Frequency],
        "spoken": [
            {
                "language": each,
                "dir": direction(each),
                "name": workspace.words.of(each)["language_name"],
                "chosen": each == choices.language,
            }
            for each in workspace.settings.languages
        ],
    }


def chosen(workspace: Workspace, visit: Visit, otherwise: Choices) -> Choices:
    """What was filled in; what no form of ours offers counts as not filled in, and is as it is `otherwise`."""
    asked, often = visit.field("choice_language"), visit.field("frequency")
    return Choices(
        language=asked if asked in workspace.settings.languages else otherwise.language,
        frequency=Frequency(often) if often in set(Frequency) else otherwise.frequency,
        topics=_topics(workspace, visit, otherwise.topics),
    )


def _topics(workspace: Workspace, visit: Visit, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """Empty: all. Who wants only some, and ticks none, has filled in nothing: nobody gets more for wanting less."""
    scope = visit.field("scope")
    if scope == "all":
        return ()
    ticked = visit.form.get("topic", ()) if scope == "some" else ()
    return tuple(name for name in workspace.settings.subscribing.topics if name in ticked) or otherwise
