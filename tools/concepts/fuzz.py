"""Hostile concepts: files changed at random are read, and whatever happens must be a graph or one clear line.

    python -m psi_ecs.tools.concepts.fuzz -n 10000

A few entries of the concepts that come along are written as TOML, GraphML, JSON and as what an avatar remembers; characters are
changed, cut, doubled, and numbers and names replaced. Prints how many were read and refused, and each failure with its number,
which makes the same file again.
"""

import re
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import numpy as np
from msgspec.structs import replace

from psi_ecs import PsiError
from psi_ecs.codec import seal
from psi_ecs.systems.concepts.keep import MAGIC, Known, Learned, Tie, opened
from psi_ecs.systems.formats.concepts import concepts, parse_concepts
from psi_ecs.tools.commands.options import watch

from .net import Net, of_concepts
from .network import read, written

ODD = (
    "-1", "1e999", "nan", "7.5", "0", "true", "null", '""', "{}", "[]", '"dog"', '"\\u0000"', "9" * 400, "é", "*", "\n", "&x;",
    '"""', "<a>", '<!DOCTYPE g [<!ENTITY x "y">]>', "is-a", "words", "[dog]", "[" * 300, "<node>" * 20, "\x00", "\ud7ff", "]]>",
)  # fmt: skip
"""What stands in the place of something that a reader may trust."""
SLOW = 2.0
"""Seconds that no file may take."""


def few(draw: np.random.Generator) -> Net:
    """A dozen concepts with the links between them."""
    net = of_concepts(concepts())
    names = {str(n) for n in draw.choice(sorted(net.nodes), 12, replace=False)} | {"dog", "cat", "joke"}
    nodes = {n: replace(node) for n, node in net.nodes.items() if n in names}
    return Net(nodes=nodes, edges=[e for e in net.edges if e.source in names and e.target in names])


def remembered(draw: np.random.Generator) -> bytes:
    """Something learned, with numbers that may be out of bounds, sealed as it should be."""

    def odd(x: float) -> float:
        return x if draw.random() < 0.95 else float(draw.choice([-1.0, 1e9, np.nan, np.inf, 2.0]))

    names = ["dog", "lighthouse", "cat", "", "x" * 90][: int(draw.choice([1, 2, 3, 3, 3, 4, 5]))]
    known = [
        Known(n, str(draw.choice(["animal", "", "food", "nothing"])), True, bool(draw.random() < 0.5), [n], odd(1.0), odd(0.5),
              [odd(0.1)] * int(draw.choice([0, 14, 13])))
        for n in names
    ]  # fmt: skip
    return seal(MAGIC, Learned(known, [Tie(names[0], names[-1], int(draw.integers(-1, 8)), odd(0.5), odd(0.1))]))


def changed(text: str, draw: np.random.Generator) -> str:
    """A text with a few things wrong in it."""
    for _ in range(int(draw.integers(1, 3))):
        at = int(draw.integers(0, len(text) + 1))
        end, kind = min(len(text), at + int(draw.integers(1, 40))), draw.integers(0, 5)
        if draw.random() < 0.5:  # a whole value or name
            found = list(re.finditer(r"[\w.-]+", text))
            at, end = found[int(draw.integers(len(found)))].span() if found else (at, end)
        middle = text[at:end]
        signs = "".join(chr(int(c)) for c in draw.integers(1, 0x2FF, 3))
        new = ("", middle * 2, str(draw.choice(ODD)), middle[::-1], signs)[kind]
        text = text[:at] + new + text[end:]
    return text


def attempt(number: int, folder: Path) -> str:
    """Make file `number`, read it, and tell what came of it. Whatever is no PsiError of one line passes through."""
    draw = np.random.default_rng(number)
    kind = ("toml", "graphml", "json", "bytes")[number % 4]
    try:
        if kind == "bytes":
            opened(remembered(draw))
        elif kind == "toml":
            parse_concepts(changed(written(few(draw), ".toml").decode(), draw), "fuzz.toml")
        else:
            file = folder / f"fuzz.{kind}"
            file.write_bytes(changed(written(few(draw), f".{kind}").decode(), draw).encode("utf-8", "surrogatepass"))
            read(file)
    except PsiError as why:
        line = str(why)
        if "\n" in line or len(line) > 600:
            raise ValueError(f"not one line of at most 600 characters: {line[:300]!r}") from why
        return f"{kind} refused"
    return f"{kind} read"


@click.command()
@click.option("-n", "count", default=1000, show_default=True, help="How many files.")
@click.option("--first", default=0, show_default=True, help="Number of the first.")
def main(count: int, first: int) -> None:
    """Read files that were changed at random."""
    outcome, failures, slowest = Counter[str](), [], (0.0, -1)
    with tempfile.TemporaryDirectory() as folder:
        written(few(np.random.default_rng(0)), ".graphml")  # loads what is loaded once
        for number in watch("reading", range(first, first + count)):
            begin = time.perf_counter()
            try:
                outcome[attempt(number, Path(folder))] += 1
            except Exception as why:  # everything else is what is looked for
                failures.append(f"{number}: {type(why).__name__}: {' '.join(str(why).split())[:200]}")
            slowest = max(slowest, (time.perf_counter() - begin, number))
    for what, n in sorted(outcome.items()):
        click.echo(f"{what:<16} {n}")
    click.echo(f"slowest          {1e3 * slowest[0]:.0f} ms (number {slowest[1]})")
    for failure in failures[:20]:
        click.echo(failure)
    if failures or slowest[0] > SLOW:
        raise SystemExit(f"{len(failures)} of {count} files failed")


if __name__ == "__main__":
    main()
