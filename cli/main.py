"""The command line: the group of commands, its global options and its exit codes; nothing else.

Exit codes, the same for every command and format:

    0  done
    1  findings of severity error, or failed cases
    2  wrong usage
    3  a policy or a plugin cannot be loaded
    4  data cannot be read or written
    5  a defect of ours
    130  stopped by Ctrl-C (143: by SIGTERM)
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Any, NoReturn

import click

from tierwise import __version__
from tierwise.cli.stopping import Stopping
from tierwise.cli.streams import sound_streams
from tierwise.cli.visible import say
from tierwise.core.errors import DataError, TierwiseError

__all__ = ["cli", "main"]

COMMANDS = (
    "demo",
    "policies",
    "show",
    "check",
    "test",
    "decide",
    "grade",
    "explain",
    "path",
    "borders",
    "readiness",
    "impact",
    "diff",
    "watch",
    "bind",
    "history",
    "init",
    "export",
    "import",
    "plugins",
    "schema",
)

# Nearly all that one command makes lives to its end; looking through it as often as Python does by default took a tenth of the time.
GARBAGE_THRESHOLD = 20_000

LANGUAGES = ("en", "zh")
EXIT_FINDINGS, EXIT_POLICY, EXIT_DATA, EXIT_DEFECT, EXIT_INTERRUPTED = 1, 3, 4, 5, 130


class CommandGroup(click.Group):
    """The built-in commands in the order in which a newcomer meets them, then those of plugins.

    A command's module is imported only when it runs or when help is printed; it imports what is heavy inside its function.
    """

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """Read the options; those that print a text at once, such as ``--help``, may lose their reader, too."""
        try:
            return super().make_context(*arguments, **more)
        except BrokenPipeError:
            _silence_stdout()
            raise click.exceptions.Exit(0) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; that the reader of its output has gone (`| head`) is no error."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _silence_stdout()
            return None
        return result

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the built-in commands; commands of plugins are found by name, and listed by ``tierwise plugins``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a built-in command, else one that a plugin adds."""
        if cmd_name in COMMANDS:
            command: click.Command = importlib.import_module(f"tierwise.cli.commands.{cmd_name}").command
            return _with_language(command)
        from tierwise.cli.session import Session

        return Session.of(ctx).plugin_commands().get(cmd_name)


def _with_language(command: click.Command) -> click.Command:
    """Let a command take ``--language`` after its name, too."""
    if not any("--language" in option.opts for option in command.params):
        said = "The same as before the command: language of labels and explanations."
        choice = click.Choice(LANGUAGES)
        command.params.append(click.Option(["--language"], type=choice, expose_value=False, callback=_set_language, help=said))
    return command


def _set_language(context: click.Context, option: click.Parameter, value: str | None) -> None:
    from tierwise.cli.session import Session

    if value is not None:
        Session.of(context).language = value


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tierwise")
@click.option("--disable-plugin", "disabled", multiple=True, metavar="NAME", help="Do without a plugin; may be repeated.")
@click.option(
    "--error-format",
    type=click.Choice(["human", "plain", "json"]),
    default="human",
    show_default=True,
    help="How findings are written to stderr.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    envvar="TIERWISE_LANGUAGE",
    default=None,
    help="Language of labels and explanations [default: zh if the locale is Chinese, else en].",
)
@click.pass_context
def cli(ctx: click.Context, disabled: tuple[str, ...], error_format: str, language: str | None) -> None:
    """Grading policies as files: checked before they run, exact while they run, explained after.

    \b
    Start with:
      tierwise demo
      tierwise policies
      tierwise check POLICY
      tierwise grade DATABASE --policy POLICY
    """
    from tierwise.cli.session import Session

    stopping = ctx.obj if isinstance(ctx.obj, Stopping) else Stopping()
    ctx.obj = Session(disabled=disabled, error_format=error_format, language=language or _locale_language(), stopping=stopping)


def _locale_language() -> str:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code; no traceback ever reaches the user unless ``TIERWISE_DEBUG`` is set."""
    sound_streams()
    gc.set_threshold(GARBAGE_THRESHOLD, 10, 10)
    with Stopping() as stopping:
        code = _run(arguments, stopping)
    sys.exit(code)


def _run(arguments: list[str] | None, stopping: Stopping) -> int:
    try:
        result: Any = cli.main(args=arguments, prog_name="tierwise", standalone_mode=False, obj=stopping)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  a defect of ours must still be a message
        if stopping.exit_code or isinstance(error, (click.exceptions.Abort, KeyboardInterrupt)):
            say(f"stopped; {stopping.saved or 'nothing'} was saved", err=True)
            return stopping.exit_code or EXIT_INTERRUPTED
        return _report_failure(error, sys.argv[1:] if arguments is None else arguments)
    return result if isinstance(result, int) else 0


def _report_failure(error: Exception, words: list[str]) -> int:
    if isinstance(error, TierwiseError):
        return _report(error, words)
    if isinstance(error, OSError):
        return _report(DataError(f"{error.strerror or error}: `{error.filename}`" if error.filename else str(error)), words)
    return _report_defect(error)


def _silence_stdout() -> None:
    # The reader of our output has gone (`| head`): point stdout elsewhere so that the interpreter's last flush stays quiet.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: TierwiseError, words: list[str]) -> int:
    from tierwise.cli.findings import render_error

    context = click.get_current_context(silent=True)
    error_format = context.obj.error_format if context is not None and context.obj is not None else _asked_error_format(words)
    click.echo(render_error(error, error_format), err=True)
    return EXIT_DATA if isinstance(error, DataError) else EXIT_POLICY


def _asked_error_format(words: list[str]) -> str:
    """Return the form that the command line asks for, where the session has ended with the error."""
    for index, word in enumerate(words):
        if word.startswith("--error-format="):
            return word.partition("=")[2]
        if word == "--error-format" and index + 1 < len(words):
            return words[index + 1]
    return "human"


def _report_defect(error: Exception) -> int:
    if os.environ.get("TIERWISE_DEBUG"):
        raise error
    say(f"error: a defect of tierwise, not of your files: {type(error).__name__}: {error}", err=True)
    say("  help: set TIERWISE_DEBUG=1 to see where, and report it with the command you typed", err=True)
    return EXIT_DEFECT
