"""``tierwise serve``: decides over HTTP by the policies it is given."""

from __future__ import annotations

import click

from tierwise.cli.options import Layers, layers_options
from tierwise.cli.session import Session


@click.command("serve")
@click.argument("policies", metavar="POLICY...", nargs=-1, required=True)
@layers_options
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen at; 0.0.0.0 is every one.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 is any that is free.")
@click.option(
    "--host-name",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name by which others call this server; may be repeated. * is any: for a proxy in front that looks at names.",
)
@click.option(
    "--token-file", type=click.Path(), metavar="FILE", help="Answer only who sends `Authorization: Bearer` with the text in this file."
)
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(0.01, 3600), help="How long one request may take.")
@click.option(
    "--most-bytes", default=1_000_000, show_default=True, type=click.IntRange(1_000, 1_000_000_000), help="The largest body of a request."
)
@click.option("--look-every", default=1.0, show_default=True, type=click.FloatRange(0.05, 3600), help="Seconds between looks at the files.")
@click.pass_context
def command(
    context: click.Context,
    policies: tuple[str, ...],
    layers: Layers,
    host: str,
    port: int,
    names: tuple[str, ...],
    token_file: str | None,
    seconds: float,
    most_bytes: int,
    look_every: float,
) -> None:
    """Decide over HTTP: POST facts to /policies/NAME/decide or /explain; see /openapi.json, /healthz and /metrics.

    A policy whose files change is read and checked, then takes the place of the one in service between two requests. One that is broken is told
    and does not: the one before goes on. An overlay goes over the policy that it names. Ctrl-C or SIGTERM answers what has come, then ends.

    \b
    Example:
      tierwise serve big-customer-tiers ./my-policy --port 8000
    """
    from tierwise.cli.telling import tell
    from tierwise.cli.token_file import token_of

    try:
        from tierwise.cli.serving import serve_policies
        from tierwise.plugins.web.admission import Admitted, hosts_of
    except ImportError as error:
        raise click.UsageError(f"the service needs `{error.name}`: `pip install 'tierwise[serve]'`") from error

    session = Session.of(context)
    token = token_of(token_file)
    if token is None and not host.startswith("127.") and host not in ("localhost", "::1"):
        tell("warning: whoever reaches this address may ask; `--token-file` asks for a token", err=True)
    hosts = {"*"} if "*" in names else hosts_of(host, names)
    serve_policies(session, policies, layers, (host, port), Admitted(hosts, most_bytes, token), seconds, look_every)
