"""What click says of a wrong command line, in the officer's language: its sentences are English."""

import sys

import click

from communique.commands.console import language, tell
from communique.language.catalogue import OWN
from communique.language.recognised import recognised
from communique.phrase import Phrase, phrase

#: Sentences of click, as it puts them together.
SENTENCES = (
    phrase("No such option '{name}'."),
    phrase("No such option '{name}'. Did you mean '{near}'?"),
    phrase("No such option '{name}'. (Did you mean one of: {others}?)"),
    phrase("No such command '{name}'."),
    phrase("No such command '{name}'. Did you mean '{near}'?"),
    phrase("No such command '{name}'. (Did you mean one of: {others}?)"),
    phrase("Missing argument '{name}'."),
    phrase("Missing argument '{name}'. Choose from:{choices}"),
    phrase("Missing option '{name}'. Choose from:{choices}"),
    phrase("Option '{name}' does not take a value."),
    phrase("{value} is not a valid integer range."),
    phrase("{value} is not in the range {range}."),
    phrase("File {file} is a directory."),
    phrase("Directory {folder} is a file."),
    phrase("Missing option '{name}'."),
    phrase("Missing command."),
    phrase("Option '{name}' requires an argument."),
    phrase("Got unexpected extra argument ({words})"),
    phrase("Got unexpected extra arguments ({words})"),
    phrase("Invalid value for '{name}': {error}"),
    phrase("{value} is not one of {choices}."),
    phrase("{value} is not a valid integer."),
    phrase("File {file} does not exist."),
    phrase("Directory {folder} does not exist."),
    phrase("Path {path} does not exist."),
)


def show(error: click.ClickException) -> None:
    """How the command is called, where help is, and what is wrong, to the standard error."""
    if language() == OWN or isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show(sys.stderr)
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        usage = error.ctx.get_usage().partition(" ")[2]
        command = error.ctx.command_path
        tell(phrase("Usage: {usage}", usage=usage), err=True)
        tell(phrase("For help: {command} --help", command=command), err=True)
        tell(err=True)
    said = error.format_message()
    tell(phrase("Error: {message}", message=Phrase(recognised(said, language()) or said)), err=True)
