"""What `config/process.yaml` says of the process that no milestone changes: documents, the forum, who monitors it."""

from collections.abc import Iterator
from datetime import datetime

from communique.language.formatting import file_size, locale_of, own_name
from communique.localisation.localised import localise
from communique.read.picture_metadata import without_metadata
from communique.read.process_outline import DOCUMENTS, Sector
from communique.website.process import Document, Forum, Monitoring
from communique.workspace import Workspace


def documents_of(workspace: Workspace, language: str, now: datetime) -> Iterator[Document]:
    """Those that are public on this day, the newest first; of one day, in the order of the file.

    A file that is not there is left out: `check` says so.
    """
    settings = workspace.settings
    today = now.astimezone(workspace.almanac.zone).date()
    for each in sorted(workspace.outline.documents, key=lambda one: one.published, reverse=True):
        read = workspace.sources.read(DOCUMENTS + each.file) if each.published <= today else None
        if read is not None:
            data = without_metadata(read).data
            yield Document(
                file=each.file,
                title=str(localise(each.title, language, settings.languages)),
                published=each.published,
                language=each.language,
                language_name=own_name(each.language),
                size=file_size(len(data), locale_of(language, settings.locales)),
                data=data,
                meeting=each.meeting or "",
            )


def forum_of(workspace: Workspace, language: str) -> Forum | None:
    """The forum and who sits in it, from the government and from outside."""
    forum, languages = workspace.outline.forum, workspace.settings.languages
    if forum is None:
        return None
    by_sector = {
        sector: tuple(str(localise(each.name, language, languages)) for each in forum.members if each.sector is sector)
        for sector in Sector
    }
    return Forum(
        text=str(localise(forum.text, language, languages)),
        government=by_sector[Sector.GOVERNMENT],
        non_government=by_sector[Sector.NON_GOVERNMENT],
    )


def monitoring_of(workspace: Workspace, language: str) -> Monitoring | None:
    """The body that is to say whether promises were kept."""
    body, languages = workspace.outline.monitoring, workspace.settings.languages
    if body is None:
        return None
    return Monitoring(
        name=str(localise(body.name, language, languages)),
        text=str(localise(body.text, language, languages)),
        website=body.website or "",
    )
