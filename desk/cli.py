"""The command line `postloan`: its commands, and what is said of an error."""

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from desk.commands import ask, decide, fit, show, simulate
from desk.commands.options import DONE_NOT, INPUT_WRONG, INTERRUPTED

FINISHED = "finished runs are kept; the same command goes on."


class Answered(TyperGroup):
    """Turns what went wrong into a message on stderr and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            kept = "desk.sweep" in sys.modules  # then finished runs are in its store
            typer.echo(f"Interrupted: {FINISHED if kept else 'nothing was written.'}", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if "sim" not in sys.modules:  # then it is not ours, and importing it takes seconds
                raise
            message, status = _verdict(error)
            if not status:
                raise
            typer.echo(message, err=True)
            raise typer.Exit(status) from None


def _verdict(error: Exception) -> tuple[str, int]:
    """The message and exit status of an expected error; status 0 for any other."""
    from concurrent.futures.process import BrokenProcessPool

    from sim.errors import InputError, PostloanError
    from sim.shown import shown

    if isinstance(error, InputError):
        return str(error), INPUT_WRONG
    if isinstance(error, PostloanError):
        return f"{type(error).__name__}: {error}", DONE_NOT
    if isinstance(error, BrokenProcessPool | MemoryError):
        return "Stopped for want of memory: expected fewer accounts or --workers.", DONE_NOT
    if isinstance(error, UnicodeEncodeError):  # as the system's own names of files can be
        return f"{shown(error.object)}: expected a name and a locale in UTF-8", INPUT_WRONG
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        where = error.filename or "current folder or output"
        return f"{where}: expected to read and write there ({error.strerror})", INPUT_WRONG
    return "", 0


app = typer.Typer(
    cls=Answered, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Simulate and compare the pay schemes of the people who collect overdue loans.",
)  # fmt: skip
for group in (simulate, ask, decide, show, fit):
    app.add_typer(group.app)


def main() -> None:
    """Run the command that the arguments name; ends the process with its status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell: nobody wants to read
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (as long as the process)
        getattr(sys, name).reconfigure(errors="backslashreplace")  # where a terminal lacks 方案
    app(prog_name="postloan")


if __name__ == "__main__":
    sys.exit(main())
