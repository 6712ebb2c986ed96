"""Memories of one persona, many of them: adding, opening, recalling, beside other ways to keep them.

Times of adding are by the clock, of recalling by the CPU. Each is used as its own documentation says, on the same entries. Those that know vectors alone (faiss, usearch) keep nothing
else, so their sizes and their speed of adding are of less.
"""

import gc
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from psi_ecs.components.memory import Wish
from psi_ecs.systems.formats.memory import Store

from . import workload

ENTRIES = 100_000
PEERS = {"lmdb": "lmdb", "faiss flat": "faiss", "sqlite-vec": "sqlite_vec", "usearch": "usearch"}
FILTERS = {
    "a common tag": Wish(tags=("greeting",)), "a rare tag": Wish(tags=("rare",)), "a person": Wish(person="person 7"),
    "a topic": Wish(concepts=("subject 40",)), "two topics and a tag": Wish(concepts=("field 3", "field 9"), tags=("rare",)),
    "a time": Wish(since=1.7e9 + 30_000.0, until=1.7e9 + 60_000.0),
    "a common person and a rare tag": Wish(person="Mira", tags=("rare",)),
    "a text, anywhere": Wish(text="Number 777 of"),
}  # fmt: skip
Told = Callable[[float], None]


def measure(part: str, entries: int = ENTRIES, told: Told | None = None) -> dict[str, float]:
    """Figures of one of them; `told` hears how far it is, 0 to 1."""
    told = told or (lambda share: None)
    with tempfile.TemporaryDirectory() as folder:
        if part == "psi-ecs":
            return ours(Path(folder) / "mira.psimem", entries, told)
        peers = importlib.import_module("psi_ecs.tools.bench.stores")
        return getattr(peers, PEERS[part])(Path(folder), entries, told)  # type: ignore[no-any-return]


def size(folder: Path) -> float:
    """Bytes of all files."""
    return float(sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()))


def ours(path: Path, count: int, told: Told) -> dict[str, float]:
    """The store: every entry through `add`, its writer, and `flush`."""
    figures: dict[str, float] = {}
    store, spent, single = Store(path, "mira"), 0.0, []
    for low, found, topics in workload.chunks(count):
        made = workload.entries(low, found, topics)
        gc.collect()
        gc.disable()  # pauses of a heap that holds the whole workload are not the store's
        begun = time.perf_counter()
        for entry in made:
            start = time.perf_counter()
            store.add(entry)
            single.append(time.perf_counter() - start)
        store.flush()
        spent += time.perf_counter() - begun
        gc.enable()
        told(0.5 * (low + len(made)) / count)
    figures["added a second"] = count / spent
    for name, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        figures[f"add in a burst: {name} us"] = 1e6 * float(np.quantile(single, share))
    figures |= paced(store)
    figures["bytes an entry"] = size(path.parent) / count
    begun = time.perf_counter()
    store.reindex()
    figures["cells made: s"] = time.perf_counter() - begun
    store.close()
    figures["bytes an entry with cells"] = size(path.parent) / count
    told(0.7)
    return figures | recalled(path, count, told)


def recalled(path: Path, count: int, told: Told) -> dict[str, float]:
    """Opening it again, and finding."""
    begun = time.perf_counter()
    store = Store(path, "mira")
    figures = {"open: ms": 1e3 * (time.perf_counter() - begun)}
    asked = workload.truth(count)
    told(0.8)
    figures |= workload.recalled(asked, lambda q: [f.entry.id - 1 for f in store.find(Wish(key=q, limit=workload.TOP))])
    told(0.9)
    for name, wish in FILTERS.items():
        figures[f"{name}: ms"] = 1e3 * workload.warm([lambda wish=wish: store.find(wish)], 9)[0]  # type: ignore[misc]
    near = asked.queries["both"][0]
    for name in ("a common tag", "a rare tag"):
        wish = Wish(key=near, tags=FILTERS[name].tags)
        figures[f"nearest of {name}: ms"] = 1e3 * workload.warm([lambda wish=wish: store.find(wish)], 9)[0]  # type: ignore[misc]
    store.close()
    told(1.0)
    return figures


def paced(store: Store, count: int = 500) -> dict[str, float]:
    """Adding now and then, as a conversation does, while the thread writes."""
    low, found, topics = 10**9, *workload.keys(10**9, count)
    times = []
    for entry in workload.entries(low, found, topics):
        time.sleep(0.004)
        start = time.perf_counter()
        store.add(entry)
        times.append(time.perf_counter() - start)
    store.flush()
    store.forget(Wish(since=1.7e9 + 3.0 * low))
    shares = {"p50": 0.5, "p99": 0.99, "most": 1.0}
    return {f"add now and then: {name} us": 1e6 * float(np.quantile(times, share)) for name, share in shares.items()}


def progress(share: float) -> None:
    """How far it is, for the process that shows it."""
    print(f"~{share:.3f}", file=sys.stderr, flush=True)
