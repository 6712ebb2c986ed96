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
from psi_ecs.components.memory import Wish
from psi_ecs.systems.formats.memory import Store
from psi_ecs.tools.bench import workload

PERSONA = "mira"
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
    present: int
    """Entries at the end, acknowledged or not."""
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
            entry.moment = f"moment of {entry.turn}".encode() * 40
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
    """Kill a writer so many times at moments that chance chooses; after each, open the file and look at every entry."""
    rng, begun = random.Random(seed), time.perf_counter()
    out = Survived(0, 0, 0, 0, 0, 0, 0.0)
    removed: set[int] = set()
    asked: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mira.psimem"
        for _ in watch(range(kills)):
            safe, gone = killed(path, rng.uniform(0.0, LONGEST))
            removed |= gone
            asked |= {number - 5 for number in range(1024, safe + 2048, 1024)}  # may be gone without having been told
            with Store(path, PERSONA) as store:
                report = store.verify()
                there = {e.id for e in store.iterate() if e.moment == f"moment of {e.turn}".encode() * 40}
                out.lost += len(set(range(1, safe + 1)) - there - asked) + len(removed & there)
                out.lost += int(store.take("last") or b"0") < safe
                out.bad, out.unsound = out.bad + len(report.bad), out.unsound + bool(report.problems)
                out.present = len(store)
            out.kills, out.acknowledged = out.kills + 1, safe
    out.seconds = time.perf_counter() - begun
    return out


def run(kills: int, out: Path | None, watch: Callable[[Iterable[int]], Iterator[int]], tell: Callable[[str], None]) -> bool:
    """Kill, look, tell, and write the figures as JSON; whether all went well."""
    found = survive(kills, watch=watch)
    tell(
        f"killed {found.kills} times in {found.seconds:.0f} s: of {found.acknowledged} acknowledged entries {found.lost} lost, "
        f"{found.bad} damaged; {found.unsound} files unsound; {found.present} entries at the end"
    )
    if out is not None:
        figures: dict[str, Any] = to_builtins(found)
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return found.passed()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
