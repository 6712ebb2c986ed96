"""The `psi` command. Subcommands are imported only when they are called, so that help is quick."""

import os
import signal
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("play", "Play a scene live: loudspeaker and window."),
    "render": ("render", "Render a scene to a film, sound, captions and animation."),
    "say": ("say", "Speak a text, or a list of texts, into WAV files."),
    "new": ("new", "Write a scene or persona to start from."),
    "schema": ("schema", "Print the JSON Schema of scene files, for editors."),
    "doctor": ("doctor", "Tell what this machine can do and what is missing."),
    "bench": ("bench", "Measure speed beside peers, in one run."),
    "eval": ("evaluate", "Measure face and voice, and how well they belong together."),
    "core": ("core", "See, tune and teach the field of oscillators."),
    "voice": ("voice", "Analyse, learn, shape and pack voices."),
    "expression": ("expression", "Make expressions of your own, and see their course."),
    "concepts": ("concepts", "See and edit what words mean, and what they stir."),
    "face": ("face", "Build, import, look at and export heads."),
    "memory": ("memory", "Look into what a persona remembers, and take out of it."),
}


class Lazy(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is asked for."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".commands.{COMMANDS[cmd_name][0]}", __package__).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """As click does, but without its empty line when interrupted."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as why:
            raise click.exceptions.Abort from why

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As click does, with the nearest name for a typing slip."""
        from difflib import get_close_matches

        if args and args[0] not in COMMANDS:
            near = get_close_matches(args[0], COMMANDS, 1, 0.5)
            ctx.fail(
                f"no command {args[0]!r}; " + (f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(COMMANDS)}")
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for --help, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--arch", type=click.Choice(["auto", "numpy", "cpu", "cuda", "vulkan", "metal"]), default="auto", help="Where kernels run."
)
@click.version_option(package_name="psi-ecs", prog_name="psi")
def psi(arch: str) -> None:
    """One field of oscillators drives a voice and a face.

    \b
    psi render scenes/hello.toml -o out/hello.mp4   make a film
    psi run scenes/hello.toml                       play it live
    psi say "Good morning." -o morning.wav          just speak
    """
    import logging

    logging.basicConfig(format="note: %(message)s", level=logging.WARNING)
    if arch != "auto":
        from psi_ecs.backend import set_arch

        set_arch(arch)


def _terminate(_: int, __: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point: errors that people can mend are one line on stderr and exit code 2; an interrupt is 130."""
    from psi_ecs.error import PsiError

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: threads would wait for small matrices
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = psi.main(sys.argv[1:] or ["--help"], prog_name="psi", standalone_mode=False)
    except click.exceptions.Abort:
        _fail("interrupted; nothing unfinished was kept", 130)
    except click.ClickException as why:
        context = getattr(why, "ctx", None)
        _fail(f"error: {why.format_message()}; see {context.command_path if context else 'psi'} --help", why.exit_code)
    except PsiError as why:
        _fail(f"error: {why}", 2)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as why:
        place = f"{why.filename}: " if why.filename else ""
        _fail(f"error: {place}{(why.strerror or str(why)).lower()}; check that the file and its folder can be used", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(text: str, code: int) -> NoReturn:
    """One line on stderr, whatever stands in it."""
    line = " ".join(text.split()).replace(".;", ";")
    click.echo("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line), err=True)
    sys.exit(code)
