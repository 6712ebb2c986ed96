"""`psi memory`."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import HELP, watch

if TYPE_CHECKING:
    from psi_ecs.components.memory import Wish
    from psi_ecs.systems.formats.memory import Store

FILE = click.Path(path_type=Path)
Command = Callable[..., Any]


def place(command: Command) -> Command:
    """Options that say whose memory, and where."""
    for option in (
        click.option("--key", type=FILE, metavar="FILE", help="Key of an encrypted memory. [the keyring of this system]"),
        click.option("--memory", "folder", type=FILE, metavar="DIR", help="Folder of NAME.psimem. [PSI_MEMORY]"),
        click.option("--persona", default="mira", show_default=True, help="Whose memory."),
    ):
        command = option(command)
    return command


def filters(command: Command) -> Command:
    """Options that say which entries: all that are given must hold."""
    for option in (
        click.option("--until", metavar="WHEN", help="Not after: as --since."),
        click.option("--since", metavar="WHEN", help="Not before: 2026-05-01, '2026-05-01 14:30', or how long ago: 3d, 5h."),
        click.option("--text", default="", help="Has these words in its text, whatever their case."),
        click.option("--scene", default="", help="Of this scene."),
        click.option("--name", default="", help="Of this name."),
        click.option("--kind", default="", help="utterance, event, expression or intonation."),
        click.option("--person", default="", help="Said by or with this person."),
        click.option("--topic", "topics", multiple=True, help="About this; given several times: about any of them."),
        click.option("--tag", "tags", multiple=True, help="Has this tag; may be given several times: all of them."),
    ):
        command = option(command)
    return command


def opened(persona: str, folder: Path | None, key: Path | None, readonly: bool = True) -> "Store":
    """The memory that is meant; it must be there."""
    from psi_ecs.systems.formats.memory import open_memory

    if not readonly:
        open_memory(persona, folder, key=key, readonly=True).close()  # a slip of the pen makes no new file
    return open_memory(persona, folder, key=key, readonly=readonly)


def wish(given: dict[str, Any], **more: Any) -> "Wish":
    """What the filters say."""
    from psi_ecs.components.memory import Wish
    from psi_ecs.tools.memory.words import moment

    now = time.time()
    since, until = (None if given[name] is None else moment(given[name], now) for name in ("since", "until"))
    plain = {name: given[name] for name in ("person", "kind", "name", "scene", "text")}
    return Wish(tags=given["tags"], concepts=given["topics"], since=since, until=until, **plain, **more)


@click.group("memory", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """Look into what a persona remembers, and take out of it.

    A memory is one file, DIR/NAME.psimem. It never leaves your machine by itself.

    \b
    psi memory show                                 what there is, in all
    psi memory list --topic music --since 3d        some of it
    psi memory list --like 12                       what sounds and looks most like number 12
    psi memory show 12                              all of number 12
    psi memory play 12 -o moment.mp4                that moment again, bit for bit
    psi memory blend 12 31 -o between.wav           a text said between two tones
    psi memory plot -o mira.png                     moods and styles as a picture
    psi memory forget --person Ann                  really remove it: from file, log and index
    psi memory export -o mira.jsonl                 everything, as text; psi memory import takes it in
    psi memory pack -o mira.zip                     persona, voice and memory in one file
    psi memory verify --deep                        is every byte as it was written?
    """


@command.command("list")
@filters
@click.option("--feeling", metavar="NAME", help="Nearest to this feeling first: joy, anger, sadness, fear, surprise, calm …")
@click.option("--like", type=int, metavar="NUMBER", help="Nearest to this entry first.")
@click.option("--by", type=click.Choice(["both", "style", "meaning"]), default="both", help="What --like compares. [both]")
@click.option("-n", "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many.")
@place
def listed(
    persona: str, folder: Path | None, key: Path | None, limit: int, feeling: str | None, like: int | None, by: str,
    **given: Any,
) -> None:
    """List entries, the latest or nearest first.

    \b
    psi memory list --tag greeting --person Ann
    psi memory list --feeling joy -n 5
    psi memory list --like 12 --by style
    """
    from psi_ecs.tools.memory import words

    with opened(persona, folder, key) as store:
        order: dict[str, Any] = {} if like is None else {"key": half(store.get(like).key, by)}
        if feeling is not None:
            order["feeling"] = felt(feeling)
        found = store.find(wish(given, limit=limit, **order))
        width = max(shutil.get_terminal_size((120, 24)).columns, 80)
        click.echo("\n".join(words.table(found, width)) if found else "nothing of that kind")
        if found and order == {}:
            click.echo(f"{len(found)} shown, {found[0].reason.rpartition(' of ')[2]} of that kind, {len(store)} in all")


def half(key: Any, by: str) -> Any:
    """A key with one half alone."""
    kept = key.copy()
    middle = len(key) // 2
    kept[{"both": slice(0, 0), "style": slice(middle, None), "meaning": slice(0, middle)}[by]] = 0.0
    return kept


def felt(name: str) -> tuple[float, ...]:
    """A feeling by its name."""
    from psi_ecs.components.text import EMOTIONS, FEELINGS

    if name not in EMOTIONS:
        raise click.BadParameter(f"{name!r} is no feeling; write one of {', '.join(EMOTIONS)}", param_hint="--feeling")
    return tuple(float(other == name) for other in FEELINGS)


@command.command("show")
@click.argument("number", type=int, required=False)
@place
def show(number: int | None, persona: str, folder: Path | None, key: Path | None) -> None:
    """Show all of entry NUMBER; of all entries together when it is left out.

    Bars compare its style with the latest entries: the end of a bar is two standard deviations.
    """
    from psi_ecs.systems.formats.memory import memory_file
    from psi_ecs.tools.memory import words

    with opened(persona, folder, key) as store:
        if number is None:
            lines = words.summary(store, str(memory_file(persona, folder)))
        else:
            lines = words.page(store, store.get(number))
    click.echo("\n".join(lines))


@command.command("forget")
@click.argument("numbers", type=int, nargs=-1)
@filters
@click.option("--all", "everything", is_flag=True, help="Everything, named states too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@place
def forget(
    numbers: tuple[int, ...], persona: str, folder: Path | None, key: Path | None, everything: bool, yes: bool, **given: Any
) -> None:
    """Remove entries: by NUMBERS, or all for which every option given holds. A --topic is removed wherever it was linked or
    is in the text.

    They are gone from the file, its log and its index: the file is written anew. What you exported is not touched.

    \b
    psi memory forget 12 13
    psi memory forget --person Ann
    psi memory forget --topic hospital --yes
    psi memory forget --since 2026-05-01 --until 2026-05-02
    """
    from psi_ecs.components.memory import Wish
    from psi_ecs.tools.memory import words

    if not (everything or numbers or any(given.values())):
        raise click.UsageError("say what: numbers, --person, --topic, --text, --since or another option; --all is everything")
    with opened(persona, folder, key, readonly=False) as store:
        most = max(len(store), 1)
        wishes = [Wish(limit=most)] if everything else [wish(given, ids=numbers, limit=most)]
        if given["topics"] and not everything:
            wishes += [wish({**given, "topics": (), "text": topic}, ids=numbers, limit=most) for topic in given["topics"]]
        found = {f.entry.id: f for w in wishes for f in store.find(w)}
        damaged = store.damaged.intersection(numbers)
        if not found and not damaged and not everything:
            click.echo("nothing of that kind; nothing was removed")
            return
        latest = sorted(found.values(), key=lambda f: (-f.entry.time, -f.entry.id))
        if not yes:
            for line in words.table(latest[:5], 100):
                click.echo(line)
            count = len(store) if everything else len(found) + len(damaged)
            click.confirm(f"remove {count} of {len(store)} entries for good?", abort=True)
        click.echo(removed(store, None if everything else (*found, *damaged)))


def removed(store: "Store", numbers: tuple[int, ...] | None) -> str:
    """Remove entries, or with None everything; what is to be said of it."""
    from psi_ecs.components.memory import Wish

    states = store.states() if numbers is None else []
    for name in states:
        store.put(name, None)
    count = store.forget(Wish() if numbers is None else Wish(ids=numbers))
    more = f", and {len(states)} states" if states else ""
    return f"{count} removed{more}, {len(store)} left; the file was written anew, copies you made elsewhere are as they were"


@command.command("verify")
@click.option("--deep", is_flag=True, help="Read every byte of every index too.")
@click.option("--repair", is_flag=True, help="Make the indexes again from the entries that are whole.")
@place
def verify(persona: str, folder: Path | None, key: Path | None, deep: bool, repair: bool) -> int:
    """Tell whether every byte is as it was written: SQLite's own check, the checksum and contents of every entry, the indexes.
    The exit code is 1 if something is damaged.
    """
    with opened(persona, folder, key, readonly=not repair) as store:
        if repair:
            store.repair()
        report = store.verify(deep=deep)
    for problem in report.problems:
        click.echo(problem)
    if report.bad:
        shown = ", ".join(map(str, report.bad[:20])) + ", …" * (len(report.bad) > 20)
        click.echo(f"damaged, never served: {shown}; forget removes them, import brings back a copy")
    click.echo(f"{report.entries} entries are whole, {len(report.bad)} damaged" + ("; all is sound" if report.sound else ""))
    return int(not report.sound)


@command.command("export")
@click.option("-o", "--out", type=FILE, help="JSON lines to write. [NAME.jsonl]")
@place
def export(persona: str, folder: Path | None, key: Path | None, out: Path | None) -> None:
    """Write everything into one file of text, a JSON object a line: entries with what replays them, and named states.

    It is not encrypted, whatever the memory is; only you can read it.
    """
    out = out or Path(f"{persona}.jsonl")
    with opened(persona, folder, key) as store:
        count = store.export(out, lambda entries: watch("writing", entries, length=len(store)))
    click.echo(f"{out}: {count} entries")


@command.command("import")
@click.argument("file", type=FILE)
@place
def load(file: Path, persona: str, folder: Path | None, key: Path | None) -> None:
    """Take in FILE, which psi memory export wrote, or a pack that psi memory pack did. What is there already is not taken
    twice; a file that is not whole is refused."""
    from psi_ecs.systems.formats.memory import open_memory
    from psi_ecs.systems.formats.pack import read_packed

    with open_memory(persona, folder, key=key) as store, tempfile.TemporaryDirectory() as aside:
        if file.suffix == ".zip":
            unpacked = Path(aside) / "memory.jsonl"
            unpacked.write_bytes(read_packed(file / unpacked.name))
            file = unpacked
        merged = store.load(file)
    click.echo(f"{merged.added} added, {merged.known} were there already")


@command.command("new")
@click.option("--encrypt", is_flag=True, help="Encrypt it; its key goes into the keyring of this system, or into --key FILE.")
@place
def new(persona: str, folder: Path | None, key: Path | None, encrypt: bool) -> None:
    """Make an empty memory: needed only for an encrypted one, others make themselves.

    \b
    psi memory new --encrypt                        the key goes into the keyring
    psi memory new --encrypt --key ~/mira.key       the key goes into a file; keep it, nothing is read without it
    """
    from psi_ecs import PsiError
    from psi_ecs.systems.formats.memory import Store, memory_file, secret

    path = memory_file(persona, folder)
    if path.exists():
        raise PsiError(f"{path}: is there already; psi memory export it and move it away first")
    if key is not None and not encrypt:
        raise click.UsageError("--key goes with --encrypt; give both, or none")
    if encrypt:
        secret.library()
    Store(path, persona, secret=secret.make(path, key) if encrypt else None).close()
    click.echo(f"{path}" + (", encrypted; its key is in " + (str(key) if key else "the keyring") if encrypt else ""))


@command.command("plot")
@filters
@click.option("-n", "--limit", type=click.IntRange(3, 20_000), default=2000, show_default=True, help="How many, the latest.")
@click.option("-o", "--out", type=FILE, help="PNG to write. [NAME-memory.png]")
@place
def plot(persona: str, folder: Path | None, key: Path | None, limit: int, out: Path | None, **given: Any) -> None:
    """Draw moods and styles over time, and a map on which entries that sound and look alike lie together."""
    from psi_ecs import PsiError
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.memory.picture import picture

    with opened(persona, folder, key) as store:
        found = [f.entry for f in store.find(wish(given, limit=limit))]
    if len(found) < 3:
        raise PsiError(f"there are {len(found)} entries of that kind, too few to draw; give a wider choice")
    out = out or Path(f"{persona}-memory.png")
    write_file(out, picture(found, f"what {persona} remembers: {len(found)} entries"))
    click.echo(out)


from . import recall  # noqa: E402, F401  adds play, blend and pack
