"""`communique` and `python -m communique`: the command line.

Ctrl-C ends it without a traceback from here on, while everything else is loaded, too.
"""

import sys

_STOPPED = 130  #: as `communique.commands.usage` has it, which is not loaded yet


def main() -> None:
    """Entry point."""
    try:
        from communique.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        sys.exit(_STOPPED)


if __name__ == "__main__":
    main()
