"""What all of the command has: its standard streams, what stops it, an error as one sentence."""

import io
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

import click

from ffanalysis.errors import INTERRUPTED, OutputLost
from ffanalysis.system import as_user_error


class OneSentence(click.Group):
    """Shows a UserError as its sentence, with its exit code; any other error as a traceback."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The commands in the order in which they were added."""
        return list(self.commands)

    def main(self, *args: Any, **more: Any) -> Any:
        """The command, also where it prints its help and nothing else."""
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout is sys.__stdout__:
            sys.stdout = _Output(sys.stdout)
        if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr is sys.__stderr__:
            sys.stderr = _Aside(sys.stderr)
        try:
            return super().main(*args, **more)
        except OutputLost as error:
            with suppress(OSError):
                click.echo(f"ffanalysis: {error}", err=True)
            sys.exit(error.exit_code)

    def invoke(self, ctx: click.Context) -> Any:
        # A console that lacks a sign (£ in ASCII, the minus in cp1252) shows a question mark.
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        stop_on_signals()
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt as stop:
            click.echo(
                "ffanalysis: stopped; what was published before stays as it was. Run it again to go"
                " on from here.",
                err=True,
            )
            ctx.exit(stop.exit_code if isinstance(stop, _Stopped) else INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            known = as_user_error(error)
            if known is None:
                raise
            with suppress(OSError):
                click.echo(f"ffanalysis: {known}", err=True)
            ctx.exit(known.exit_code)


class _Stream(io.TextIOWrapper):
    """A standard stream; what it was opened as is replaced by it."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__(
            stream.buffer,
            stream.encoding,
            "replace",
            line_buffering=stream.line_buffering,
        )

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, _error: OSError) -> None:
        """What is still held back would fail again when Python ends; it goes nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


class _Output(_Stream):
    """The standard output; where it cannot be written, that is an error with a sentence."""

    def _lose(self, error: OSError) -> None:
        super()._lose(error)
        raise OutputLost(error) from error


class _Aside(_Stream):
    """The standard error; where it cannot be written, the work goes on without it."""


class _Stopped(KeyboardInterrupt):
    """The system or the terminal asks the command to end, which it does as on Ctrl-C."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(signal.Signals(number).name)


def stop_on_signals() -> None:
    """End as on Ctrl-C when a service is stopped or a terminal closed.

    A signal that is ignored, as under nohup, stays ignored.
    """

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise _Stopped(number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, stop)
