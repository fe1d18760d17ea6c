"""``tierwise console``: policies in the browser, to look at, to change, to try and to save."""

from __future__ import annotations

from datetime import date

import click

from tierwise.cli.options import as_of_option
from tierwise.cli.session import Session


@click.command("console")
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(exists=True, file_okay=False))
@click.option("--database", metavar="DATABASE", help="The customers, read-only: results, a customer tried, who moves.")
@as_of_option
@click.option("--read-only", is_flag=True, help="Write nothing: policies are looked at and tried, and drafts cannot be saved.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen at.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 is any that is free.")
@click.option(
    "--host-name",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name by which browsers call this server, such as that of a proxy; may be repeated.",
)
@click.option("--token-file", type=click.Path(), metavar="FILE", help="The token, for a proxy that knows it; else one is made up.")
@click.option(
    "--user-header",
    default="",
    metavar="NAME",
    help="The header in which a proxy names the user; believed with `Authorization: Bearer` and the token alone.",
)
@click.pass_context
def command(
    context: click.Context,
    folder: str | None,
    database: str | None,
    as_of: date | None,
    read_only: bool,
    host: str,
    port: int,
    names: tuple[str, ...],
    token_file: str | None,
    user_header: str,
) -> None:
    """Open policies in the browser: look at them, change them, see at once what that breaks and who moves, save with a reason.

    The address that is printed holds a token: whoever has it may do what you may. FOLDER holds a folder for each policy, or is one.

    \b
    Example:
      tierwise console our-policies --database demo/demo.db --as-of 2026-06-30
    """
    import getpass
    import secrets
    from datetime import datetime
    from pathlib import Path

    from tierwise.cli.telling import tell
    from tierwise.cli.token_file import token_of

    session = Session.of(context)
    token = token_of(token_file)
    if user_header and token is None:
        raise click.UsageError("`--user-header` demands a token that the proxy knows: give it by `--token-file`")
    try:
        from tierwise.plugins.console.app import Console, ConsoleSettings, console_app
        from tierwise.plugins.console.entrance import Entrance, admitted_console
        from tierwise.plugins.web.admission import hosts_of
        from tierwise.plugins.web.server import Draining, address_of, listening, run_server
    except ImportError as error:
        raise click.UsageError(f"the console needs `{error.name}`: `pip install 'tierwise[console]'`") from error

    settings = ConsoleSettings(Path(folder) if folder else None, database, as_of, session.language, read_only)
    console = Console(settings, session.plugins, lambda: datetime.now().astimezone().isoformat(timespec="seconds"))
    secret = token or secrets.token_urlsafe(24)
    entrance = Entrance(console_app(console), secret, getpass.getuser(), user_header.lower())
    bound = listening(host, port)
    tell(f"open {address_of(bound)}/{'' if token else f'?token={secret}'}; Ctrl-C stops")
    run_server(admitted_console(entrance, hosts_of(host, names)), bound, Draining())
