"""The command that says what a language still lacks: language."""

import sys
from collections.abc import Sequence

import click

from communique.commands.console import (
    PENDING,
    PROBLEMS,
    Session,
    counted,
    in_words,
    json_option,
    language,
    refuse,
    show_json,
    show_problems,
    tell,
)
from communique.joined_phrases import in_turn
from communique.language.common_words import are_known_in
from communique.language.escaping import in_line
from communique.language.formatting import locale_of
from communique.language.weekday_check import is_known_language
from communique.new_workspace.leaving_out import leave_out, left_out
from communique.phrase import as_phrase, phrase
from communique.problems import ProblemsError
from communique.read.field_hints import language_hint
from communique.texts.gaps import Gap, Step, gaps_of
from communique.texts.newer_phrases import newer_phrases, with_newer

_FIRST = 5  #: gaps of a step that are shown without --all


@click.command("language")
@click.argument("tag")
@click.option("--all", "everything", is_flag=True, help="Show every gap, not only the first of each step.")
@json_option
@click.option("--leave-out", "leaving", is_flag=True, help="Say instead what to take out to give the language up.")
@click.option(
    "--phrases", is_flag=True, help="Show instead the fixed phrases of this version that the workspace's file lacks."
)
@click.option("--act", is_flag=True, help="Take it out, or add them; otherwise it is only shown.")
@click.pass_obj
def language_command(
    session: Session, tag: str, *, everything: bool, as_json: bool, leaving: bool, phrases: bool, act: bool
) -> None:
    """Say what is still to be done for a language (TAG: `uk`, `pt-BR`), step by step, with file and line.

    Works before any file mentions the language, and at each step on the way. Words that still stand as in another
    language are named, too. After an upgrade `--phrases` shows what a new version has brought.
    """
    meant = language_hint(tag)
    if meant or not is_known_language(tag):
        refuse(
            in_turn(
                (
                    phrase("Expected a language by its tag (BCP 47), as `uk` or `pt-BR`; found `{tag}`.", tag=tag),
                    meant or phrase("A browser lists them."),
                )
            )
        )
    if problem := session.installation.is_elsewhere():
        show_problems([problem])
        sys.exit(PROBLEMS)
    if leaving:
        _leave_out(session, tag, act=act)
        return
    if phrases:
        _take_over(session, tag, act=act)
        return
    try:
        steps = gaps_of(session.installation.sources, tag)
    except ProblemsError as error:
        show_problems(error.problems)
        sys.exit(PROBLEMS)
    if as_json:
        show_json({"version": 1, "language": tag, "steps": [_as_json(each) for each in steps]})
    else:
        _show(steps, tag, None if everything else _FIRST)
    sys.exit(PENDING if any(step.gaps for step in steps) else 0)


def _leave_out(session: Session, tag: str, *, act: bool) -> None:
    spoken = session.installation.workspace().settings.languages
    others = [each for each in spoken if each != tag]
    if not others or tag not in spoken:
        refuse(
            phrase(
                "Expected one of several languages of config/settings.yaml ({spoken}), found `{tag}`.",
                spoken=", ".join(spoken),
                tag=tag,
            )
        )
    root = session.installation.root
    found = left_out(root, others, spoken)
    for path in found.changed:
        tell(phrase("change  {path}", path=path))
    for path in found.deleted:
        tell(phrase("delete  {path}", path=path))
    if act:
        leave_out(root, found)
        tell(phrase("Done. Next: communique check, then communique plan."))
    else:
        tell(phrase("Nothing was changed; --act does it."))


def _take_over(session: Session, tag: str, *, act: bool) -> None:
    """Phrases that a new version has brought: added to the town's files, in which nothing else moves."""
    found = list(newer_phrases(session.installation.sources, [tag]))
    if not found:
        tell(phrase("{language} has every fixed phrase of this version.", language=tag))
        return
    for newer in found:
        tell(phrase("{file} lacks:", file=newer.document.file), bold=True)
        for block in newer.blocks.values():
            tell("\n".join(f"  {line}" for line in block.splitlines()))
        for name in newer.by_hand:
            tell(phrase("  {name}  (stands in braces: add it by hand)", name=name))
        if act:
            (session.installation.root / newer.document.file).write_text(with_newer(newer), encoding="utf-8")
    if act:
        tell(phrase("Done. Next: communique check, then communique plan."))
    else:
        tell(phrase("Nothing was changed; --act does it."))
        sys.exit(PENDING)


def _show(steps: Sequence[Step], tag: str, most: int | None) -> None:
    for number, step in enumerate(steps, 1):
        count = phrase("done")
        if step.gaps:
            count = phrase("{number} to do, {words}", number=len(step.gaps), words=counted(_words(step), "word"))
        tell(phrase("{number}. {title}: {count}", number=number, title=as_phrase(step.title), count=count), bold=True)
        for gap in step.gaps[:most]:
            tell(f"   {_place(gap)}  {in_line(in_words(gap.what))}")
        if left := len(step.gaps[most:] if most else ()):
            tell(phrase("   and {number} more (--all shows them)", number=left))
    if not are_known_in(tag):
        tell()
        tell(
            phrase(
                "Some checks go by words, and know none of this language: whether a text is in it, words that stand "
                "twice, sentences that break off with a small word, what is to be confirmed, shares of more than "
                "100 %. Of these they say nothing; let somebody read for them."
            )
        )
    name = str(locale_of(tag, {}).get_display_name(language()))
    gaps = sum(len(step.gaps) for step in steps)
    tell()
    if gaps:
        things, words = counted(gaps, "thing"), counted(sum(map(_words, steps)), "word")
        tell(
            phrase("{language} lacks {things}, about {words} to translate.", language=name, things=things, words=words)
        )
        tell(phrase("docs/officers/languages.md, “Add a language of your own”, tells each step."))
    else:
        tell(
            phrase(
                "{language} lacks nothing. Next: communique check, then communique rehearse --all, and read it.",
                language=name,
            )
        )


def _words(step: Step) -> int:
    return sum(gap.words for gap in step.gaps)


def _place(gap: Gap) -> str:
    return ":".join(str(part) for part in (gap.file, gap.line, gap.column) if part)


def _as_json(step: Step) -> dict[str, object]:
    fields = ("file", "line", "column", "what", "words")
    return {"title": step.title, "gaps": [{name: getattr(gap, name) for name in fields} for gap in step.gaps]}
