"""Finding: which entries a wish is about, in which order, and why.

What is in the file is found by its tables, what is not written yet by looking at each. What waits is taken first: an entry that
is written meanwhile is then found twice, never missed.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.memory import KEY, STYLE, Found, Wish

from . import index
from .rows import MemoryFileError, asked, fits, joined, opened

if TYPE_CHECKING:
    from .base import Base

COUNTED = 100
"""Matches that are counted for the reason of a find."""
PROBED = 4096
"""Entries of a name that are counted to choose which name to begin with."""
EXACT = 8_000
"""Matches up to which all are scored; of more, the nearest of all are looked through."""


def find(base: "Base", wish: Wish) -> list[Found]:
    """What a wish finds, best first. MemoryFileError for a wish that cannot be."""
    if wish.limit < 1:
        return []
    base.follow()
    if wish.key is None and wish.feeling is None:
        return _latest(base, wish)
    return _nearest(base, wish)


def matches(base: "Base", wish: Wish, most: int) -> list[tuple[float, int]]:
    """(time, number) of the latest entries, at most so many, of which all holds that is asked; the latest first."""
    waiting = [w.entry for w in base.writer.waiting(base.last)]
    found = {(e.time, e.id) for e in waiting if fits(wish, e)}
    if wish.ids:
        entries = [base.fetch(id) for id in wish.ids]
        found |= {(e.time, e.id) for e in entries if e is not None and fits(wish, e)}
    else:
        found.update(_written(base, wish, most))
    return sorted(found, reverse=True)[:most]


def _written(base: "Base", wish: Wish, most: int) -> list[tuple[float, int]]:
    """The same of what is in the file. Statements are made of fixed words; whatever is asked for is bound."""
    wanted = sorted(asked(wish), key=lambda group: _count(base, group, PROBED))
    groups = [[base.names[name] for name in group if name in base.names] for group in wanted]
    if not all(groups):
        return []
    span = [("time >= ?", wish.since), ("time <= ?", wish.until)]
    held: list[tuple[str, Any]] = [(words, value) for words, value in span if value is not None]
    if not groups:
        held += [("instr(folded, ?)", wish.text.casefold())] * bool(wish.text)
        return _rows(base, "timeline AS m", held, most)
    for numbers in groups[1:]:
        marks = ", ".join("?" * len(numbers))
        words = f"EXISTS (SELECT 1 FROM mention AS o WHERE o.name IN ({marks}) AND o.time = m.time AND o.entry = m.entry)"
        held.append((words, numbers))
    if wish.text:
        words = "EXISTS (SELECT 1 FROM timeline AS t WHERE t.time = m.time AND t.entry = m.entry AND instr(t.folded, ?))"
        held.append((words, wish.text.casefold()))
    found: list[tuple[float, int]] = []
    for number in groups[0]:
        found += _rows(base, "mention AS m", [("m.name = ?", number), *held], most)
    return found


def _rows(base: "Base", table: str, held: list[tuple[str, Any]], most: int) -> list[tuple[float, int]]:
    where = " AND ".join(words for words, _ in held) or "1"
    values = [v for _, value in held for v in (value if isinstance(value, list) else [value])]
    sql = f"SELECT m.time, m.entry FROM {table} WHERE {where} ORDER BY m.time DESC, m.entry DESC LIMIT ?"
    return base.all(sql, *values, most)


def _count(base: "Base", group: tuple[str, ...], most: int) -> int:
    """How many entries in the file have names of a group, each counted up to so many."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM mention WHERE name = ? LIMIT ?)"
    return sum(int(base.one(sql, base.names[name], most)) for name in group if name in base.names)


def _latest(base: "Base", wish: Wish) -> list[Found]:
    found = matches(base, wish, max(wish.limit, COUNTED) + 1)
    many = f"more than {COUNTED}" if len(found) > COUNTED else str(len(found))
    why = _why(wish)
    out: list[Found] = []
    for _, id in found:
        entry = base.fetch(id)
        if entry is not None and fits(wish, entry):  # a damaged table is not believed
            out.append(Found(entry, 1.0, f"{why}{_rank(len(out), 'latest')} of {many}"))
        if len(out) == wish.limit:
            break
    return out


def _nearest(base: "Base", wish: Wish) -> list[Found]:
    query = _query(wish)
    name = _name(wish, query)
    size = float(query @ query)
    why = _why(wish)
    out: list[Found] = []
    if size == 0.0:
        return out
    ids = _candidates(base, wish, query)
    for score, id in _scored(base, wish, ids, query):
        entry = base.fetch(id)
        if entry is not None and fits(wish, entry):
            nearness = min(max(score / size, 0.0), 1.0)
            out.append(Found(entry, nearness, f"{why}{_rank(len(out), 'nearest')} in {name}, {nearness:.2f}"))
        if len(out) == wish.limit:
            break
    return out


def _candidates(base: "Base", wish: Wish, query: NDArray[np.float32]) -> Any:
    """Numbers among which the nearest are, but for a few in a hundred where there are very many."""
    most = 4 * wish.limit + 24
    if not (wish.ids or asked(wish) or wish.text or wish.since is not None or wish.until is not None):
        return index.nearest(base.frozen, base.tail, query, most)
    many = min((_count(base, group, EXACT + 1) for group in asked(wish)), default=0)
    if wish.ids or many <= EXACT:
        ids = np.sort(np.array([id for _, id in matches(base, wish, EXACT + 1)], np.int64))
        if len(ids) <= EXACT:
            return index.among(base.frozen, base.tail, query, ids, most)
    for wider in (4, 32, 256):
        fit = _fitting(base, wish, index.nearest(base.frozen, base.tail, query, wider * most))
        if len(fit) >= wish.limit:
            return np.array(fit, np.int64)
    ids = np.sort(np.array([id for _, id in matches(base, wish, base.count)], np.int64))
    return index.among(base.frozen, base.tail, query, ids, most)


def _fitting(base: "Base", wish: Wish, ids: Any) -> list[int]:
    """Those numbers of whose entries all holds that is asked."""
    waiting = [w for id in ids if (w := base.writer.pending.get(int(id))) is not None]
    fit = {w.entry.id for w in waiting if fits(wish, w.entry)}
    for low in range(0, len(ids), 512):
        part = ids[low : low + 512].tolist()
        found = base.all(f"SELECT id, record FROM entry WHERE id IN ({', '.join('?' * len(part))})", *part)
        fit.update(id for id, body in found if (r := opened(body)) is not None and fits(wish, r))
    return sorted(fit)


def _scored(base: "Base", wish: Wish, ids: Any, query: NDArray[np.float32]) -> list[tuple[float, int]]:
    """(inner product, number) exactly, the highest first; of equal ones the latest."""
    waiting = {int(id): base.writer.pending.get(int(id)) for id in ids}
    rows = [(id, w.entry.key.astype("<f2").tobytes(), w.entry.feeling) for id, w in waiting.items() if w is not None]
    left = [id for id, w in waiting.items() if w is None]
    for low in range(0, len(left), 512):
        part = left[low : low + 512]
        columns = "id, key" if wish.feeling is None else "id, key, record"
        found = base.all(f"SELECT {columns} FROM entry WHERE id IN ({', '.join('?' * len(part))})", *part)
        whole = [row for row in found if isinstance(row[1], bytes) and len(row[1]) == 2 * KEY]
        rows += [(row[0], row[1], r.feeling if row[2:] and (r := opened(row[2])) else ()) for row in whole]
    if not rows:
        return []
    if wish.feeling is None:
        places = np.frombuffer(b"".join(key for _, key, _ in rows), "<f2").reshape(-1, KEY).astype(np.float64)
    else:
        places = np.array([joined(np.frombuffer(key, "<f2"), feeling) for _, key, feeling in rows], np.float64)
    places[~np.isfinite(places)] = 0.0  # a damaged key is told when its row is read
    scores = (places * query).sum(1)  # row by row, so that it is the same among any others
    return sorted(zip(scores.tolist(), (row[0] for row in rows), strict=True), reverse=True)


def _query(wish: Wish) -> NDArray[np.float32]:
    """Where in the index is sought."""
    key = np.zeros(KEY, np.float32) if wish.key is None else np.asarray(wish.key, np.float32)
    query = joined(key, wish.feeling) if key.shape == (KEY,) else key
    if query.shape != (KEY,) or not np.isfinite(query).all():
        raise MemoryFileError(f"a wish's key has shape {key.shape} or is not finite; give {KEY} plain numbers")
    return query


def _name(wish: Wish, query: NDArray[np.float32]) -> str:
    """Of what the query is made."""
    key = np.zeros(KEY) if wish.key is None else query
    parts = (("style", key[: len(STYLE)].any()), ("meaning", key[KEY // 2 :].any()), ("feeling", wish.feeling is not None))
    return " and ".join(name for name, there in parts if there)


def _why(wish: Wish) -> str:
    """What was asked, in plain words."""
    said = [f"tag {t}" for t in wish.tags] + ([f"about {' or '.join(wish.concepts)}"] if wish.concepts else [])
    said += [f"{word} {text}" for word, text in (("with", wish.person), ("kind", wish.kind), ("name", wish.name)) if text]
    said += [f"scene {wish.scene}"] * bool(wish.scene) + [f'says "{wish.text}"'] * bool(wish.text)
    said += ["in that time"] * (wish.since is not None or wish.until is not None) + ["by number"] * bool(wish.ids)
    return ", ".join(said) + "; " * bool(said)


def _rank(place: int, what: str) -> str:
    """Latest, 2nd latest, 3rd latest."""
    n = place + 1
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return what if n == 1 else f"{n}{ending} {what}"
