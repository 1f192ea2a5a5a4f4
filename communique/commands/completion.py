"""The command that lets a shell complete what is typed: click writes the script, and answers it."""

from collections.abc import Mapping

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete


class _Bash(BashComplete):
    """Click's own, but that an address is one word: bash divides at `@`, `:` and `=`, and what is behind it moves."""

    source_template = """\
%(complete_func)s() {
    local IFS=$'\\n' rest=$COMP_LINE word completion type value response begun i
    local -a words=()

    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then
            words+=("$word")
        else
            words[-1]+=$word
        fi
        rest=${rest#*"$word"}
    done
    begun=${words[-1]%%"${COMP_WORDS[COMP_CWORD]}"}

    response=$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((${#words[@]} - 1)) %(complete_var)s=bash_complete "$1")

    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        if [[ $type == dir ]]; then
            COMPREPLY=()
            compopt -o dirnames
        elif [[ $type == file ]]; then
            COMPREPLY=()
            compopt -o default
        elif [[ $type == plain ]]; then
            COMPREPLY+=("${value#"$begun"}")
        fi
    done
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Zsh(ZshComplete):
    """Click's own, but that it answers each time: kept in a file, it did not the second time it was asked."""

    source_template = ZshComplete.source_template.replace(
        "$zsh_eval_context[-1] == loadautofunc", "$funcstack[1] == _%(prog_name)s"
    )


_SHELLS: Mapping[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": FishComplete}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_SHELLS)))
def completion_command(shell: str) -> None:
    """Print what lets SHELL complete commands, options, and names of campaigns, announcements and channels by Tab.

    Put it where your shell looks for it, then open a new terminal:

    \b
    communique completion bash > ~/.local/share/bash-completion/completions/communique
    communique completion zsh > ~/.zfunc/_communique    (with fpath+=~/.zfunc before compinit in ~/.zshrc)
    communique completion fish > ~/.config/fish/completions/communique.fish
    """  # noqa: D301 (click reads the sign, and not its name)
    root = click.get_current_context().find_root()
    name = root.info_name or ""
    click.echo(_SHELLS[shell](root.command, {}, name, f"_{name.upper()}_COMPLETE").source(), nl=False)
