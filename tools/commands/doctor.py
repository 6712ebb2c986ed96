"""`psi doctor`."""

import click

from .options import HELP

COLOURS = {"ok": "green", "miss": "yellow", "opt": "cyan"}


@click.command("doctor", context_settings=HELP)
def command() -> None:
    """Tell what this machine can do, and for what is missing, how to get it.

    Lines begin with ok, miss, or opt for what few need. The exit code is 0: what does not need the missing things works.

    \b
    psi doctor
    """
    from psi_ecs.tools.doctor import checks

    missing = []
    for name, state, text in checks():
        click.echo(f"{click.style(f'{state:4}', fg=COLOURS[state])}  {name:8}  {text}")
        missing += [name] if state == "miss" else []
    click.echo(f"missing: {', '.join(missing)}; what does not need them works" if missing else "everything is there")
