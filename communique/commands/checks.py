"""Commands that look for mistakes: check, explain, schema, init."""

import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from communique.commands.console import (
    JSON_VERSION,
    PROBLEMS,
    Session,
    in_words,
    json_option,
    language,
    refuse,
    show_json,
    show_problems,
    tell,
)
from communique.commands.names_in_files import campaigns
from communique.commands.new_folder import new_folder
from communique.delivery import Mode
from communique.explain.explanation import Explanation
from communique.explain.problem_codes import CODES
from communique.installation import Installation
from communique.language.catalogue import OWN
from communique.machine.file_faults import SecretFileError
from communique.occasion import Occasion
from communique.phrase import phrase, told_by
from communique.plan.checking import check
from communique.plan.checks.told_once import told_once
from communique.plan.findings import Channels, Findings
from communique.plan.planning import Planner
from communique.problems import Problem, ProblemsError, Severity, did_you_mean, errors, in_order
from communique.read.schema import campaign_schema, dumps, process_schema, settings_schema
from communique.workspace import Workspace

LooksAt = Callable[[Workspace, Channels, Occasion], Findings]

_WIDTH = 100  #: of a line that explains
_MARKS = {"wrong:": phrase("wrong:"), "right:": phrase("right:")}


@click.command("check")
@click.argument("campaigns", nargs=-1, shell_complete=campaigns)
@click.option("--links", is_flag=True, help="Ask each page of others that a text links to whether it is there.")
@click.option("--evidence", is_flag=True, help="Say instead what monitors of the process would find on its page.")
@json_option
@click.pass_obj
def check_command(session: Session, campaigns: tuple[str, ...], *, links: bool, evidence: bool, as_json: bool) -> None:
    """Find every problem in the workspace, without sending or writing anything.

    Names every fault at once, with its place, what was expected and what to do. CAMPAIGNS limits it to these.
    """
    if evidence:
        from communique.commands.evidence import show_evidence

        show_evidence(session, as_json=as_json)
    problems = find_problems(session, asks_links=links)
    if campaigns:
        problems = _of_campaigns(session, problems, campaigns)
    problems = told_once(problems)
    if as_json:
        stopping = len(errors(problems))
        show_json(
            {
                "version": JSON_VERSION,
                "errors": stopping,
                "warnings": len(problems) - stopping,
                "problems": [problem.as_json() for problem in problems],
            }
        )
    else:
        show_problems(problems)
    sys.exit(PROBLEMS if errors(problems) else 0)


def _of_campaigns(session: Session, problems: list[Problem], campaigns: tuple[str, ...]) -> list[Problem]:
    """Problems of these campaigns and of what all campaigns share."""
    known = [Path(path).stem for path in session.installation.sources.paths("campaigns")]
    names = [name.removeprefix("campaigns/").removesuffix(".yaml") for name in campaigns]
    for name in names:
        if name not in known:
            refuse(phrase("No campaign `{name}`. {hint}", name=name, hint=did_you_mean(name, known)))
    files = tuple(f"campaigns/{name}.yaml" for name in names)
    folders = (*(f"templates/{name}/" for name in names), "templates/layouts/", "config/")
    return [each for each in problems if each.file in files or not each.file or each.file.startswith(folders)]


@dataclass
class _Gathering:
    """Looks as another one does, and keeps what is linked to."""

    look: LooksAt
    links: dict[tuple[str, str], None] = field(default_factory=dict)

    def __call__(self, workspace: Workspace, channels: Channels, occasion: Occasion) -> Findings:
        found = self.look(workspace, channels, occasion)
        self.links |= dict.fromkeys(found.links)
        return found


def find_problems(session: Session, *, asks_links: bool = False) -> list[Problem]:
    """Everything `check` says; the network is asked only with `asks_links`."""
    installation = session.installation
    workspace, problems = installation.read()
    if workspace is None:
        return problems
    opened = installation.channels(workspace)
    database = installation.database()
    known = installation.known_preflights
    try:
        gathering = _Gathering(known)
        planner: Planner = replace(
            installation.planner(workspace, database, opened), preflight=gathering, ahead=known.look_ahead
        )
        with database.reading() as connection:
            milestones = planner.milestones(connection)
        # A trial needs no secrets, but a setting that makes no sense makes none in a trial either.
        is_live = workspace.settings.mode is Mode.LIVE
        stopping = [each for each in opened.problems if is_live or each.severity is Severity.ERROR]
        found = check(planner, milestones, session.clock())
        if asks_links:
            from communique.doctor.link_answers import dead_links  # loads what asks over the network

            found += dead_links(workspace, gathering.links)
        return in_order([*found, *stopping, *_missing_for_mailboxes(installation, workspace)])
    finally:
        known.keep()
        opened.close()
        database.close()


def _missing_for_mailboxes(installation: Installation, workspace: Workspace) -> Iterator[Problem]:
    """Passwords of mailboxes: without them mails go, and what comes is not read."""
    settings = workspace.settings
    of_canary = {"canary": settings.canary.imap} if settings.canary and settings.canary.imap else {}
    for part, imap in (settings.bounces.imaps | of_canary).items():
        try:
            if installation.read_secret(imap.password) is not None:
                continue
            message = phrase(
                "`{part}`: expected the secret {secret} in the environment for `password`, found none",
                part=part,
                secret=imap.password,
            )
        except SecretFileError as error:
            message = phrase(
                "`{part}`: expected the secret {secret} for `password`; {error}",
                part=part,
                secret=imap.password,
                error=told_by(error),
            )
        hint = phrase(
            "Set {variable}, or {variable}_FILE to a file that holds it, and start again.", variable=imap.password
        )
        file = "config/settings.yaml"
        yield Problem(code="missing-secret", message=message, hint=hint, severity=Severity.WARNING, file=file)


@click.command("explain")
@click.argument("code")
def explain_command(code: str) -> None:
    """Explain a problem's CODE: what it means, why it matters, how to mend it."""
    found = CODES.get(code)
    if found is None:
        known = did_you_mean(code, CODES)
        refuse(in_words(phrase("No problem has the code `{code}`. {known}", code=code, known=known)))
    tell(code, bold=True)
    tell(str(found) if language() == OWN else _translated(code, found))


def _translated(code: str, found: Explanation) -> str:
    """The same in the words of the desk; what an example writes into files stays."""
    from communique.web.desk.desk_pages import explanations_of, findings_of  # with all pages of the desk

    text = textwrap.fill(explanations_of(language())[code], _WIDTH, break_long_words=False, break_on_hyphens=False)
    example = re.sub("(?m)^(?:wrong|right):", lambda mark: f"{in_words(_MARKS[mark[0]]):6}", found.example)
    waiver = phrase("Can be waived, with a reason that goes on record: `{way}`.", way=f"waive: {{{code}: …}}")
    parts = [findings_of(language())[code][0], text, example, in_words(waiver) if found.waivable else ""]
    return "\n\n".join(part for part in parts if part)


@click.command("schema")
@click.option("--write", is_flag=True, help="Write the schemas of campaigns, settings and process into config/.")
@click.pass_obj
def schema_command(session: Session, *, write: bool) -> None:
    """Print the JSON Schema of campaign files, which lets editors complete and check them."""
    if not write:
        tell(dumps(campaign_schema(), in_words))
        return
    config = session.installation.root / "config"
    for name, schema in (
        ("campaign", campaign_schema()),
        ("settings", settings_schema()),
        ("process", process_schema()),
    ):
        file = config / f"{name}.schema.json"
        file.write_text(dumps(schema, in_words), encoding="utf-8")
        tell(phrase("Written: {file}", file=file))


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--language", "languages", multiple=True, metavar="TAG", help="Write it in this language as well (uk).")
@click.option(
    "--only",
    "only",
    multiple=True,
    metavar="TAG",
    help="Write it in this language alone, or in those you name, the first one your own (--only es --only fr).",
)
@click.pass_obj
def init_command(session: Session, directory: Path, languages: tuple[str, ...], only: tuple[str, ...]) -> None:
    """Make a workspace in DIRECTORY: three campaigns, their texts, and settings to fill in."""
    from communique.new_workspace.creation import further_languages, make_workspace, shipped_languages

    named = [tag.strip() for each in only for tag in each.split(",")]
    known = [*shipped_languages(), *further_languages()]
    if unknown := sorted(set(named) - set(known)):
        refuse(
            phrase(
                "Expected `--only` and a language that is there ({known}), found {unknown}. {way}",
                known=", ".join(known),
                unknown=", ".join(f"`{each}`" for each in unknown),
                way=phrase("docs/officers/languages.md, “Add a language of your own”, says how to add another."),
            )
        )
    if unknown := sorted(set(languages) - set(further_languages()) - set(named)):
        ready = ", ".join(further_languages())
        way = phrase("docs/officers/languages.md, “Add a language of your own”, says how to add another.")
        refuse(
            phrase(
                "Expected a language that is ready beside the shipped ones ({ready}), found {unknown}. {way}",
                ready=ready,
                unknown=", ".join(unknown),
                way=way,
            )
        )
    try:
        with new_folder(directory.resolve()):
            made = make_workspace(directory, session.clock(), sorted(set(languages)), named)
    except ProblemsError as error:
        show_problems(error.problems)
        sys.exit(PROBLEMS)
    tell(phrase("Made {made} files in {directory}. Next:", made=made, directory=directory))
    tell(phrase("  1. Say who you are in {directory}", directory=directory / "config/settings.yaml"))
    tell(phrase("  2. communique --workspace {directory} check", directory=directory))
    tell(phrase("  3. communique --workspace {directory} rehearse --all", directory=directory))
