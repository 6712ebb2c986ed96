"""`psi doctor`."""

import click


@click.command("doctor", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Tell what this machine can do, and for what is missing, how to get it."""
    from psi_ecs.tools.doctor import checks

    missing = 0
    for name, good, text in checks():
        click.echo(f"{click.style('ok  ', fg='green') if good else click.style('miss', fg='yellow')}  {name:10} {text}")
        missing += not good
    click.echo("everything is there" if not missing else f"{missing} missing; what does not need them works")
