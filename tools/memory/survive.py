"""What a memory survives: its process is killed again and again while it writes, and nothing acknowledged may be lost."""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from psi_ecs import PsiError
from psi_ecs.components.memory import Entry, Wish
from psi_ecs.systems.formats.memory import Store
from psi_ecs.tools.bench import workload

PERSONA = "mira"
ROUND = 20
"""Kills of one file."""
LONGEST = 0.4
"""Seconds after which a writer is killed at the latest."""


class Survived(Struct):
    """What came of it."""

    kills: int
    acknowledged: int
    """Entries that were told to be in the file."""
    lost: int
    """Of them, missing or changed after it was opened again."""
    bad: int
    """Damaged entries."""
    unsound: int
    """Times that the check found something."""
    looked: int
    """Entries that were read, after every kill all of its file."""
    seconds: float

    def passed(self) -> bool:
        """Whether nothing was lost and nothing damaged."""
        return self.lost == self.bad == self.unsound == 0 and self.acknowledged > 0


def write(path: Path) -> None:
    """What the process does that is killed: entries without end, some forgotten, and what is acknowledged is told."""
    store = Store(path, PERSONA)
    low = store.acknowledged
    while True:
        for entry in workload.entries(low, *workload.keys(low, 64)):
            entry.moment = moment(entry)
            store.add(entry)
        low += 64
        store.put("last", str(low).encode())
        print(store.flush(), flush=True)
        if low % 1024 == 0:
            store.forget(Wish(ids=(low - 5,)))
            print(f"-{low - 5}", flush=True)


def killed(path: Path, seconds: float) -> tuple[int, set[int]]:
    """Let a process write for a while and kill it: the last number that it was told is safe, and those told to be removed."""
    command = [sys.executable, "-m", "psi_ecs.tools.memory.survive", str(path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    rest, errors = child.communicate()
    if not first:
        raise PsiError(f"{path}: the process that writes ended by itself: {' '.join(errors.split())[-300:]}")
    lines = (first + rest).split("\n")[:-1]  # a line without its end was not told
    return max(int(line) for line in lines if not line.startswith("-")), {-int(line) for line in lines if line.startswith("-")}


def survive(kills: int, seed: int = 0, watch: Callable[[Iterable[int]], Iterator[int]] = iter) -> Survived:
    """Kill a writer so many times at moments that chance chooses; after each, open the file and look at every entry. After
    `ROUND` kills another file is begun: looking at ever more would take ever longer."""
    rng, begun = random.Random(seed), time.perf_counter()
    out = Survived(0, 0, 0, 0, 0, 0, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        before, removed = 0, set[int]()
        for n in watch(range(kills)):
            if n % ROUND == 0:
                before, removed = 0, set[int]()
            safe, gone = killed(Path(folder) / f"{n // ROUND}.psimem", rng.uniform(0.0, LONGEST))
            removed |= gone
            look(Path(folder) / f"{n // ROUND}.psimem", safe, removed, out)
            out.kills, out.acknowledged, before = n + 1, out.acknowledged + safe - before, safe
    out.seconds = time.perf_counter() - begun
    return out


def look(path: Path, safe: int, removed: set[int], out: Survived) -> None:
    """Count what is missing of a file whose writer was killed, and what is damaged."""
    asked = {number - 5 for number in range(1024, safe + 2048, 1024)}  # may be gone without having been told
    with Store(path, PERSONA) as store:
        report = store.verify()
        there = {e.id for e in store.iterate() if e.moment == moment(e)}
        out.lost += len(set(range(1, safe + 1)) - there - asked) + len(removed & there)
        out.lost += int(store.take("last") or b"0") < safe
        out.bad, out.unsound = out.bad + len(report.bad), out.unsound + bool(report.problems)
        out.looked += len(store)


def moment(entry: Entry) -> bytes:
    """What an entry's moment has to be."""
    return f"moment of {entry.turn}".encode() * 40


def run(kills: int, out: Path | None, watch: Callable[[Iterable[int]], Iterator[int]], tell: Callable[[str], None]) -> bool:
    """Kill, look, tell, and write the figures as JSON; whether all went well."""
    found = survive(kills, watch=watch)
    tell(
        f"killed {found.kills} times in {found.seconds:.0f} s: of {found.acknowledged} acknowledged entries {found.lost} lost, "
        f"{found.bad} damaged; {found.unsound} files unsound; {found.looked} entries were read"
    )
    if out is not None:
        figures: dict[str, Any] = to_builtins(found)
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return found.passed()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
