"""An alert as its readers see it: plain words from `templates/layouts/`, in a language of the settings."""

import re
from collections.abc import Sequence

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
#: As `troubles.named` writes it, at the beginning of a subject.
_ANNOUNCEMENT = re.compile(r"(?P<campaign>[^/\s]+)/(?P<announcement>[^/\s]+)")


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
        "present": _shown(workspace, alert.present, language),
        "over": _shown(workspace, alert.over, language),
        "are_quoted": any(_is_quoted(each.detail, language) for each in alert.present),
        "more": max(len(alert.present), len(alert.over)) > _MOST,
    }
    return service_mail(workspace, language, "alert.md", headline, context, role="alerts")


def _is_quoted(detail: str, language: str) -> bool:
    """Whether it is words of the program or of a server, as they are; a number is nobody's words."""
    return any(map(str.isalpha, detail)) and (language == OWN or not recognised(detail, language))


def _shown(workspace: Workspace, concerns: Sequence[Concern], language: str) -> list[dict[str, object]]:
    return [
        {
            "title": _title(workspace, each.subject, language),
            "subject": each.subject,
            "detail": recognised(each.detail, language) or each.detail,
            "since": each.since.astimezone(workspace.settings.timezone),
        }
        for each in concerns[:_MOST]
    ]


def _title(workspace: Workspace, subject: str, language: str) -> str:
    """What officers call the announcement that a subject begins with; empty where it is none, or has no title."""
    found = _ANNOUNCEMENT.match(subject)
    campaign = workspace.campaigns.get(found["campaign"]) if found else None
    return campaign.title_of(found["announcement"], language) if found and campaign else ""
