"""``tierwise export``: writes a policy as an Excel workbook, or one that a company fills with what it must supply."""

from __future__ import annotations

import click

from tierwise.cli.session import Session
from tierwise.cli.telling import tell


@click.command("export")
@click.argument("policy", metavar="POLICY")
@click.argument("file", type=click.Path(dir_okay=False), metavar="FILE.xlsx")
@click.option("--overlay", "as_overlay", is_flag=True, help="Write what a company must supply instead, ready to fill: an overlay.")
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
@click.pass_context
def command(context: click.Context, policy: str, file: str, as_overlay: bool, replace: bool) -> None:
    """Write a policy as an Excel workbook: rules, facts, parameters and cases as tables, all else on a sheet of settings.

    `tierwise import` reads it back. Words are offered where a list of them may stand; structure is protected, without a password.

    \b
    Example:
      tierwise export big-customer-tiers tiers.xlsx
      tierwise export --overlay scorecard-100-rights to-fill.xlsx
    """
    from tierwise.cli.destination import write_file
    from tierwise.cli.options import Layers
    from tierwise.plugins.loading import policy_files
    from tierwise.plugins.supply import supply_of

    session = Session.of(context)
    loaded = session.load(policy, Layers())
    if as_overlay:
        from tierwise.plugins.workbook.overlay_workbook import overlay_workbook

        write_file(file, overlay_workbook(loaded, session.language), replace)
        open_ = supply_of(loaded.policy, loaded.plan)
        parts = f"{len(open_.parameters)} parameters, {len(open_.readings)} readings, {len(open_.tables)} tables"
        tell(f"written: {file}, to fill: {parts}" if not open_.is_nothing else f"written: {file}; the policy leaves nothing open")
        return
    from tierwise.plugins.workbook.policy_workbook import documents_of, policy_workbook

    files = policy_files(policy, session.plugins.policies())
    write_file(file, policy_workbook(loaded, documents_of(files, files.shown()), session.language), replace)
    tell(f"written: {file} (fingerprint {loaded.fingerprint[:12]})")
