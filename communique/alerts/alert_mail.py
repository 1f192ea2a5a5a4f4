"""An alert as its readers see it: plain words from `templates/layouts/`, in a language of the settings."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from communique.alerts.causes import AT_DESK, COMMANDS, Cause
from communique.channel import Mail
from communique.language.catalogue import OWN
from communique.language.recognised import recognised
from communique.service_mail import service_mail
from communique.store.deliveries.concerns import Alert, Concern
from communique.workspace import Workspace

#: More would not be read.
_MOST = 20


def alert_mail(workspace: Workspace, alert: Alert, language: str) -> Mail:
    """The mail about one cause.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
        KeyError: the phrases of the cause are missing.
    """
    settings = workspace.settings
    phrases = workspace.words.of(language)["alerts"]
    headline = phrases["causes"][alert.cause]["headline"]
    if not alert.present:
        headline = f"{phrases['settled']}: {headline}"
    context = {
        "cause": phrases["causes"][alert.cause],
        "command": Markup(COMMANDS[Cause(alert.cause)].replace("\n", "\n    ")),  # noqa: S704 - ours; as code of Markdown
        "desk": settings.desk.address if alert.cause in AT_DESK else None,
        "is_trial": settings.mode == "trial",
        "present": _shown(alert.present, settings.timezone, language),
        "over": _shown(alert.over, settings.timezone, language),
        "are_quoted": any(_is_quoted(each.detail, language) for each in alert.present),
        "more": max(len(alert.present), len(alert.over)) > _MOST,
    }
    return service_mail(workspace, language, "alert.md", headline, context, role="alerts")


def _is_quoted(detail: str, language: str) -> bool:
    """Whether it is words of the program or of a server, as they are; a number is nobody's words."""
    return any(map(str.isalpha, detail)) and (language == OWN or not recognised(detail, language))


def _shown(concerns: Sequence[Concern], zone: ZoneInfo, language: str) -> list[dict[str, object]]:
    return [
        {
            "subject": each.subject,
            "detail": recognised(each.detail, language) or each.detail,
            "since": each.since.astimezone(zone),
        }
        for each in concerns[:_MOST]
    ]
