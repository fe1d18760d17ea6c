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
import inspect
import os
import sys
from typing import Any, NoReturn

import click

from tierwise import __version__
from tierwise.cli.help import SpokenContext, asked_language, usage_error_text
from tierwise.cli.session import Session
from tierwise.cli.stopping import Stopping
from tierwise.cli.streams import sound_streams
from tierwise.cli.visible import say
from tierwise.core.errors import DataError, TierwiseError
from tierwise.plugins.sentences.catalogue import LANGUAGES, said

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
    "visits",
    "readiness",
    "impact",
    "diff",
    "watch",
    "serve",
    "console",
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

EXIT_FINDINGS, EXIT_POLICY, EXIT_DATA, EXIT_DEFECT, EXIT_INTERRUPTED = 1, 3, 4, 5, 130


class CommandGroup(click.Group):
    """The built-in commands in the order in which a newcomer meets them, then those of plugins.

    A command's module is imported only when it runs or when help is printed; it imports what is heavy inside its function.
    """

    context_class = SpokenContext

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **more: Any) -> click.Context:
        """Read the options in the language that they ask for; those that print a text at once, such as ``--help``, may lose their reader, too."""
        stopping = more.pop("obj", None)
        session = Session(language=asked_language(args), stopping=stopping if isinstance(stopping, Stopping) else Stopping())
        try:
            return super().make_context(info_name, args, parent, obj=session, **more)
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
        return Session.of(ctx).plugin_commands().get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with the first sentence of each."""
        language = Session.of(ctx).language
        if language == "en":
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            helps = ((name, inspect.cleandoc(command.help or "")) for name in COMMANDS if (command := self.get_command(ctx, name)))
            firsts = ((name, " ".join(text.split("\n\n")[0].split())) for name, text in helps)
            formatter.write_dl([(name, said(first, language).partition("。")[0]) for name, first in firsts])


def _with_language(command: click.Command) -> click.Command:
    """Let a command take ``--language`` after its name, too, and say its help in it."""
    command.context_class = SpokenContext
    if not any("--language" in option.opts for option in command.params):
        help = "The same as before the command: language of all that is said."
        command.params.append(click.Option(["--language"], type=click.Choice(LANGUAGES), expose_value=False, help=help))
    return command


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
    expose_value=False,
    help="Language of all that is said [default: TIERWISE_LANGUAGE, else zh if the locale is Chinese, else en].",
)
@click.pass_context
def cli(ctx: click.Context, disabled: tuple[str, ...], error_format: str) -> None:
    """Grading policies as files: checked before they run, exact while they run, explained after.

    \b
    Start with:
      tierwise demo
      tierwise policies
      tierwise check POLICY
      tierwise grade DATABASE --policy POLICY
    """
    session = Session.of(ctx)
    session.disabled, session.error_format = disabled, error_format


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code; no traceback ever reaches the user unless ``TIERWISE_DEBUG`` is set."""
    sound_streams()
    gc.set_threshold(GARBAGE_THRESHOLD, 10, 10)
    with Stopping() as stopping:
        code = _run(arguments, stopping)
    sys.exit(code)


def _run(arguments: list[str] | None, stopping: Stopping) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    try:
        result: Any = cli.main(args=arguments, prog_name="tierwise", standalone_mode=False, obj=stopping)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as wrong:
        say(usage_error_text(wrong, asked_language(words)), err=True)
        return wrong.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  a defect of ours must still be a message
        if stopping.exit_code or isinstance(error, (click.exceptions.Abort, KeyboardInterrupt)):
            say(said(f"stopped; {stopping.saved or 'nothing'} was saved", asked_language(words)), err=True)
            return stopping.exit_code or EXIT_INTERRUPTED
        return _report_failure(error, words)
    return result if isinstance(result, int) else 0


def _report_failure(error: Exception, words: list[str]) -> int:
    if isinstance(error, TierwiseError):
        return _report(error, words)
    if isinstance(error, OSError):
        what = error.strerror or str(error)
        return _report(DataError(f"{what}: `{error.filename}`" if error.filename else what), words)
    return _report_defect(error, asked_language(words))


def _silence_stdout() -> None:
    # The reader of our output has gone (`| head`): point stdout elsewhere so that the interpreter's last flush stays quiet.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: TierwiseError, words: list[str]) -> int:
    from tierwise.cli.findings import render_error

    context = click.get_current_context(silent=True)
    error_format = context.obj.error_format if context is not None and context.obj is not None else _asked_error_format(words)
    click.echo(render_error(error, error_format, asked_language(words)), err=True)
    return EXIT_DATA if isinstance(error, DataError) else EXIT_POLICY


def _asked_error_format(words: list[str]) -> str:
    """Return the form that the command line asks for, where the session has ended with the error."""
    for index, word in enumerate(words):
        if word.startswith("--error-format="):
            return word.partition("=")[2]
        if word == "--error-format" and index + 1 < len(words):
            return words[index + 1]
    return "human"


def _report_defect(error: Exception, language: str) -> int:
    if os.environ.get("TIERWISE_DEBUG"):
        raise error
    say(said(f"error: a defect of tierwise, not of your files: `{type(error).__name__}: {error}`", language), err=True)
    say(said("  help: set TIERWISE_DEBUG=1 to see where, and report it with the command you typed", language), err=True)
    return EXIT_DEFECT
