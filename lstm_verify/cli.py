"""The command line: a table of commands, each a file in `commands/`, loaded when it is used."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import sys
import traceback
from importlib import import_module

import click

COMMANDS = {
    "run": "Hold implementations against puzzles, and print the c/h tables.",
    "show": "Work a puzzle by hand, step by step.",
    "list": "List the puzzles that come with lstm-verify.",
    "new": "Write the file of a new puzzle, from flags or questions.",
    "digits": "Write the proven digits of a puzzle into its file.",
    "lint": "Find mistakes in puzzle files, without running them.",
    "activations": "Measure how accurate σ and tanh are in an implementation.",
    "identify": "Find out which LSTM an implementation is, and how it reads its arrays.",
    "scaffold": "Write an adapter for your LSTM, to be edited.",
    "shapes": "Print the shape of every variable of an LSTM.",
    "schema": "Print the JSON Schema of puzzle files, for editors; and of what exec speaks.",
    "faults": "List and explain the faults that real LSTMs have had.",
    "matrix": "Commit every fault on every puzzle: which puzzle sees which.",
    "backends": "List the implementations that can be run.",
    "exec-check": "Check a program that speaks for an LSTM in another language (exec:COMMAND).",
    "published": "Replay the cases of published suites: what they notice, and what is wrong.",
    "reproduce": "Check again what published lessons claim of the LSTM.",
}
"""Command -> one line of help; `commands/NAME.py` has it, as `command` (`_` for each `-`)."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system says where output can no longer be written."""

EPILOG = """Exit status: 0 everything checked agrees; 1 something is wrong; 2 the request, a puzzle or
a backend cannot be used, or nothing was checked; 3 a bug of lstm-verify."""


class Commands(click.Group):
    """The group; a command's file is imported only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the commands in the order of their table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"lstm_verify.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; where there is none of that name, say which is nearest."""
        if args[0] not in COMMANDS:
            from lstm_verify.puzzle.problems import nearest

            near = nearest(args[0], COMMANDS)
            if near:
                ctx.fail(f"No such command '{args[0]}'. Did you mean '{near}'?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; where nobody reads on (`| head`), end quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lstm-verify")
@click.option("--debug", is_flag=True, help="Show the traceback of a bug of lstm-verify.")
def group(*, debug: bool) -> None:
    """The test suite that LSTMs never had.

    A puzzle is a small LSTM with hand-set weights, an input sequence and a table that a person
    works out on paper. Begin with: lstm-verify run memory
    """
    del debug  # read from the arguments by `main`, which is where bugs arrive


def main() -> None:
    """Run the command line and end the process at once: PyTorch takes 0.3 s to take itself down."""
    gc.set_threshold(100_000)  # looking for cycles in puzzles that are being read takes 15 ms and finds none
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the shell, as >&- does
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # σ and ± on a terminal that has none
    os._exit(_flushed(_run(sys.argv[1:])))


def _flushed(code: int) -> int:
    """Write out what is still buffered and return the exit status."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        pass
    except OSError as error:
        return _not_written(error)
    return code


def _not_written(error: OSError) -> int:
    with contextlib.suppress(OSError):
        click.echo(f"Error: the output cannot be written: {error.strerror}", err=True)
    return 2


def _run(arguments: list[str]) -> int:
    """Run a command and return the exit status; a bug of ours is one line, not a traceback."""
    try:
        result = group.main(arguments, prog_name="lstm-verify", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except Exception as error:
        return _bug(error, traced="--debug" in arguments)
    return result if isinstance(result, int) else 0


def _bug(error: Exception, *, traced: bool) -> int:
    """Tell a bug of ours in one line, or with its traceback; a full disk is none."""
    if isinstance(error, OSError) and error.errno in FULL:
        return _not_written(error)
    if traced:
        traceback.print_exception(error)
    else:
        click.echo(
            f"lstm-verify: this is a bug of lstm-verify, please report it: {type(error).__name__}: "
            f"{' '.join(str(error).split())} (lstm-verify --debug … shows where)",
            err=True,
        )
    return 3
