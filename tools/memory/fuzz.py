"""Hostile memories: files, rows, cells and exports changed at random are read, and whatever happens must be right entries, or
one clear line.

    python -m psi_ecs.tools.memory.fuzz -n 100000

Bits are flipped, bytes replaced, files cut short, pieces of one put into another; rows get the checksum that belongs to their
changed bytes, as whoever means harm would do. Prints how many were served and refused, the slowest, the most memory, and each
failure with its number, which makes the same again.
"""

import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from psi_ecs import PsiError
from psi_ecs.codec import checksum
from psi_ecs.components.memory import KEY, Entry, Wish
from psi_ecs.systems.formats.memory import Store
from psi_ecs.systems.formats.memory import rows as form
from psi_ecs.systems.host import Host
from psi_ecs.systems.memory.moment import MAGIC, opened
from psi_ecs.systems.memory.rerun import fitting
from psi_ecs.tools.bench import workload
from psi_ecs.tools.commands.options import watch
from psi_ecs.tools.face.fuzz import resident

COUNT = 24
"""Entries of the memory that is changed."""
SLOW = 5.0
"""Seconds of CPU above which reading is called hanging."""
ODD = (0, 1, 0x7F, 0x80, 0xC0, 0xC1, 0xC6, 0xC9, 0xCB, 0xCF, 0xD3, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xFF)
"""Bytes that mean much to msgpack and SQLite."""


@dataclass
class Bases:
    """What is changed, and what is right."""

    folder: Path
    file: bytes
    cells: bytes
    export: bytes
    rows: list[form.Row]
    moment: bytes
    """A sealed moment."""
    entries: dict[float, Entry]


@dataclass
class Tally:
    """What came of it."""

    outcome: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    which: int = -1


def bases(folder: Path) -> Bases:
    """A small memory in every form."""
    path = folder / "mira.psimem"
    made = workload.entries(0, *workload.keys(7, COUNT))
    with Store(path, "mira", threaded=False) as store:  # the same bytes each time
        for entry in made:
            entry.moment = entry.text.encode() * 3
            store.add(entry)
        store.put("mood", b"fair" * 20)
        store.reindex()
        store.export(folder / "mira.jsonl")
        rows = [form.seal(e.id, *form.content(e)) for e in store.iterate()]
        entries = {e.time: e for e in store.iterate()}
    cells = folder / "mira.psimem-cells"
    export = (folder / "mira.jsonl").read_bytes()
    return Bases(folder, path.read_bytes(), cells.read_bytes(), export, rows, spoken(), entries)


def spoken() -> bytes:
    """A moment that was kept of something said."""
    host = Host(seed=1)
    me = host.avatar("mira")
    host.say(me, "[joy] Well, hello! [/]")
    host.cue(me, "nod")
    while not host.idle:
        host.step()
    return host.memory(me).find(Wish())[0].entry.moment


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Bytes changed in one of many ways."""
    out = bytearray(data)
    way = rng.integers(6)
    end = len(out) if rng.random() < 0.7 else min(len(out), 200)
    if way == 0 or not out:
        return bytes(out[: int(rng.integers(0, len(out) + 1))])
    if way == 1:
        for place in rng.integers(0, end, int(rng.integers(1, 12))):
            out[place] ^= 1 << int(rng.integers(8))
    elif way == 2:
        for place in rng.integers(0, end, int(rng.integers(1, 6))):
            out[place] = ODD[rng.integers(len(ODD))]
    else:
        size = int(rng.integers(1, max(min(len(out), 5000), 2)))
        low, to = (int(x) for x in rng.integers(0, max(len(out) - size, 1), 2))
        piece = bytes(out[low : low + size])
        if way == 3:
            out[to : to + size] = piece  # over another
        elif way == 4:
            out[to:to] = piece  # between others
        else:
            del out[low : low + size]
    return bytes(out)


def right(base: Bases, entry: Entry) -> bool:
    """Whether an entry is one of those that were written."""
    known = base.entries.get(entry.time)
    return known is not None and form.content(known) == form.content(entry)


def of_file(base: Bases, rng: np.random.Generator) -> str:
    """The database changed; sometimes opened for writing too."""
    return _use(base, mutated(base.file, rng), base.cells, rng.random() < 0.9)


def of_cells(base: Bases, rng: np.random.Generator) -> str:
    """The cache of cells changed."""
    return _use(base, base.file, mutated(base.cells, rng), True)


def _use(base: Bases, file: bytes, cells: bytes, readonly: bool) -> str:
    path = base.folder / "use" / "mira.psimem"
    path.parent.mkdir(exist_ok=True)
    for old in path.parent.iterdir():
        old.unlink()
    path.write_bytes(file)
    path.with_name(path.name + "-cells").write_bytes(cells)
    key = next(iter(base.entries.values())).key
    store = Store(path, "mira", readonly=readonly, threaded=False)
    try:
        calls: tuple[Callable[[], object], ...] = (
            lambda: store.find(Wish(key=key)), lambda: store.find(Wish(tags=("greeting",), text="subject")),
            lambda: store.take("mood"), lambda: store.verify(deep=True),
        )  # fmt: skip
        refused = 0
        for call in calls:
            try:
                found = call()
            except PsiError as why:
                one_line(why)
                refused += 1
                continue
            if isinstance(found, list) and not all(right(base, f.entry) for f in found):
                raise AssertionError("an entry was served that was not written")
            if isinstance(found, bytes) and found != b"fair" * 20:
                raise AssertionError("a state was served that was not written")
        served = list(store.iterate())
        if not all(right(base, entry) for entry in served):
            raise AssertionError("an entry was read that was not written")
    finally:
        store._base.shut()
    return "all served" if len(served) == COUNT and not refused else "part served"


def of_row(base: Bases, rng: np.random.Generator) -> str:
    """A row whose parts were changed, with the checksum of what it is now, or without."""
    row = base.rows[rng.integers(len(base.rows))]
    name = str(rng.choice(("record", "key", "moment", "digest"), p=(0.7, 0.2, 0.05, 0.05)))
    signed = rng.random() < 0.8
    part: dict[str, Any] = {name: mutated(getattr(row, name), rng)}
    changed = row._replace(**part)
    if signed:
        changed = form.seal(*changed[:-1])
    entry = form.unseal(changed)
    form.position(changed.key, changed.record)
    if entry is None:
        return "refused"
    if not signed and changed != row:
        raise AssertionError("a changed row was served")
    form.mentions(entry)
    form.fits(Wish(text="subject", tags=("talk",), since=0.0), entry)
    if not (np.isfinite(entry.key).all() and entry.key.shape == (KEY,)):
        raise AssertionError("numbers that are not finite")
    return "all served"


def of_moment(base: Bases, rng: np.random.Generator) -> str:
    """A moment changed, its packing or what is packed, with the checksum of what it is now."""
    if rng.random() < 0.2:
        fitting(opened(mutated(base.moment, rng)))
        return "all served"
    raw = zlib.decompress(base.moment)
    start, length = len(MAGIC) + 24, int.from_bytes(raw[len(MAGIC) + 16 : len(MAGIC) + 24], "little")
    body = mutated(raw[start : start + length], rng)
    head = checksum(body) + len(body).to_bytes(8, "little")
    fitting(opened(zlib.compress(MAGIC + head + body + raw[start + length :], 1)))
    return "all served"


def of_export(base: Bases, rng: np.random.Generator) -> str:
    """An exported file changed; sometimes with the digest that belongs to it."""
    from hashlib import blake2b

    data = mutated(base.export, rng)
    if rng.random() < 0.7:
        lines = data.split(b"\n")
        kept = b"\n".join(lines[:-2]) + b"\n"
        count = sum(line.startswith(b'{"id"') for line in lines[:-2])
        data = kept + b'{"end":%d,"digest":"%s"}\n' % (count, blake2b(kept, digest_size=16).hexdigest().encode())
    path = base.folder / "changed.jsonl"
    path.write_bytes(data)
    with Store(None, "mira", threaded=False) as store:
        merged = store.load(path)
        if not store.verify().sound or merged.added != len(store):
            raise AssertionError("an import left something unsound")
    return "all served"


WAYS: tuple[tuple[Callable[[Bases, np.random.Generator], str], float], ...] = (
    (of_row, 0.5), (of_moment, 0.25), (of_export, 0.1), (of_file, 0.1), (of_cells, 0.05),
)  # fmt: skip
"""What is changed, and how often."""


def one_line(why: Exception) -> None:
    """AssertionError unless an error is one line that people can read."""
    if "\n" in str(why) or len(str(why)) > 600:
        raise AssertionError(f"not one line: {why!r}"[:300])


def fuzz(count: int, seed: int = 0, first: int = 0) -> Tally:
    """Read so many changed things; number n of a seed is always the same."""
    tally = Tally()
    ways, shares = [way for way, _ in WAYS], [share for _, share in WAYS]
    with tempfile.TemporaryDirectory() as folder:
        base = bases(Path(folder))
        for n in watch("reading", range(first, first + count)):
            rng = np.random.Generator(np.random.PCG64([seed, n]))
            way = ways[rng.choice(len(ways), p=shares)]
            begun = time.process_time()
            tally.outcome[f"{way.__name__[3:]}: {tried(way, base, rng, n, tally)}"] += 1
            spent = time.process_time() - begun
            if spent > tally.slowest:
                tally.slowest, tally.which = spent, n
    if tally.slowest > SLOW:
        tally.failures.append(f"{tally.which}: took {tally.slowest:.1f} s")
    return tally


def tried(way: Callable[[Bases, np.random.Generator], str], base: Bases, rng: np.random.Generator, n: int, tally: Tally) -> str:
    """What becomes of one."""
    try:
        return way(base, rng)
    except PsiError as why:
        try:
            one_line(why)
        except AssertionError as wrong:
            tally.failures.append(f"{n}: {wrong}")
        return "refused"
    except Exception as why:  # whatever it is, it is what is looked for
        tally.failures.append(f"{n}: {way.__name__}: {type(why).__name__}: {why}"[:300])
        return "failed"


@click.command()
@click.option("-n", "count", default=1000, show_default=True, help="How many.")
@click.option("--seed", default=0, show_default=True)
@click.option("--first", default=0, help="Number of the first: to make one again, with -n 1.")
def main(count: int, seed: int, first: int) -> None:
    """Read memories that were changed at random."""
    tally = fuzz(count, seed, first)
    click.echo(", ".join(f"{k}: {v}" for k, v in sorted(tally.outcome.items())))
    click.echo(f"slowest {tally.slowest:.2f} s (number {tally.which}); most memory {resident():.0f} MB")
    for failure in tally.failures[:50]:
        click.echo(failure)
    raise SystemExit(bool(tally.failures))


if __name__ == "__main__":
    main()
