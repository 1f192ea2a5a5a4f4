"""An alert as its readers see it: plain words from `templates/layouts/`, in the first language of the settings."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from communique.alerts.causes import COMMANDS, Cause
from communique.channel import Mail
from communique.language.formatting import direction
from communique.store.concerns import Alert, Concern
from communique.texts import markdown
from communique.texts.accent import WHITE, readable_on
from communique.workspace import Workspace

_LAYOUT = "templates/layouts/alert.md"
#: More would not be read.
_MOST = 20


def alert_mail(workspace: Workspace, alert: Alert) -> Mail:
    """The mail about one cause.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
        KeyError: the phrases of the cause are missing.
    """
    settings = workspace.settings
    language = settings.languages[0]
    words = workspace.words.of(language)
    phrases = words["alerts"]
    headline = phrases["causes"][alert.cause]["headline"]
    if not alert.present:
        headline = f"{phrases['settled']}: {headline}"
    about = workspace.renderer.facts.about_us(language)
    context = {
        **about,
        "dir": direction(language),
        "words": words,
        "cause": phrases["causes"][alert.cause],
        "command": Markup(COMMANDS[Cause(alert.cause)]),  # noqa: S704 - ours; in Markdown it stands as code
        "is_trial": settings.mode == "trial",
        "present": _shown(alert.present, settings.timezone),
        "over": _shown(alert.over, settings.timezone),
        "more": max(len(alert.present), len(alert.over)) > _MOST,
    }
    source = workspace.sources.read(_LAYOUT) or b""
    body = workspace.templates.fill_markdown(_LAYOUT, source.decode(), context)
    shell = {
        **context,
        "subject": headline,
        "headline": headline,
        "preheader": "",
        "greeting": "",
        "body": Markup(markdown.to_html(body)),  # noqa: S704 - made by markdown.to_html, where raw HTML is text
        "text_body": Markup(markdown.to_text(body)),  # noqa: S704 - plain text for a plain text shell
        "role": "alerts",
        "pages": {},
        "look": {"accent": readable_on(WHITE, settings.look.accent), "logo": ""},
    }
    return Mail(
        subject=headline,
        text=workspace.templates.fill_layout("mail.txt", shell),
        html=workspace.templates.fill_layout("mail.html", shell),
        reply_to=settings.government.contact.email,
    )


def _shown(concerns: Sequence[Concern], zone: ZoneInfo) -> list[dict[str, object]]:
    return [
        {"subject": each.subject, "detail": each.detail, "since": each.since.astimezone(zone)}
        for each in concerns[:_MOST]
    ]
