"""The memories of everyone in a world: one store an avatar, in a file or, if none was given, in RAM."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import PsiError, World
from psi_ecs.components.memory import KEY, Bias, Entry, Found, Remembered, Wish
from psi_ecs.systems.formats.embedding import embed
from psi_ecs.systems.formats.memory import Store

from . import tone
from .wish import MANY, Phrase, asked

SALIENT = 0.5
"""From here on something was said in a tone of its own: half a full emotion."""
BRIEF = 1000
"""Entries that an avatar without a file remembers."""


class Mind(NamedTuple):
    """How what an avatar's concepts have learned is put into bytes, and taken up again."""

    remembered: Callable[[World, int], bytes]
    restore: Callable[[World, int, bytes], None]


class Library:
    """Resource, not saved with a world: stores by avatar."""

    def __init__(self) -> None:
        """Nothing remembered yet."""
        self.stores: dict[int, Store] = {}
        self.began = 0.0
        """Seconds since 1970 at the world's first tick; nothing else tells entries the time of day."""
        self.scene = ""
        self.mind: Mind | None = None
        self.files: dict[int, Path] = {}
        """Where those lie that are in a file."""
        self.brief: set[int] = set()
        """Avatars that remember in RAM alone."""

    def of(self, avatar: int, persona: str) -> Store:
        """An avatar's store."""
        if avatar not in self.stores:
            self.stores[avatar] = Store(None, persona.lower(), threaded=False)
            self.brief.add(avatar)
        return self.stores[avatar]

    def keep(self, avatar: int, persona: str, entry: Entry, finish: Callable[[Entry], Entry] | None = None) -> None:
        """Remember something; `finish` may take longer than a tick can wait, where a file's thread does it. Without a file no
        more than the last BRIEF entries are kept."""
        store = self.of(avatar, persona)
        if store.readonly:
            return
        number = store.add(entry) if finish is None else store.add_lazily(entry, finish)
        if avatar in self.brief:
            store.flush()
            if len(store) > BRIEF + BRIEF // 4:
                store.forget(Wish(until=store.get(number - BRIEF).time))

    def open(self, avatar: int, persona: str, path: Path, secret: bytes | None = None, readonly: bool = False) -> None:
        """Give an avatar the memory in a file, made if need be; what it remembered since it was there goes with it.
        MemoryFileError or PsiError in one line if the file cannot be used, or is another's."""
        if path.resolve() in (file for other, file in self.files.items() if other != avatar):
            raise PsiError(f"{path}: another avatar remembers there already; give this one a file of its own")
        before, opened = self.stores.get(avatar), Store(path, persona.lower(), secret=secret, readonly=readonly)
        for entry in before.iterate() if before is not None and avatar in self.brief and not readonly else ():
            opened.add(replace(entry, id=0))
        if before is not None:
            before.close()
        self.brief.discard(avatar)
        self.stores[avatar], self.files[avatar] = opened, path.resolve()

    def taken(self) -> dict[int, Remembered]:
        """What avatars without a file remember, to go with a saved world."""
        return {avatar: Remembered(list(self.stores[avatar].iterate())) for avatar in sorted(self.brief)}

    def give(self, avatar: int, persona: str, memories: Remembered) -> None:
        """The inverse, for one avatar."""
        for entry in memories.entries:
            self.of(avatar, persona).add(replace(entry, id=0))
        self.of(avatar, persona).flush()

    def close(self, avatar: int) -> None:
        """Write what is left, and close an avatar's file."""
        if (store := self.stores.pop(avatar, None)) is not None:
            store.close()
        self.brief.discard(avatar)
        self.files.pop(avatar, None)

    def first(self, avatar: int, persona: str, phrase: Phrase, text: str = "") -> Found | None:
        """What comes first of what is asked for, to say `text`; None if nothing does."""
        store = self.of(avatar, persona)
        for wish in [Wish(key=meaning(text), limit=MANY)] if phrase.similar else phrase.wishes:
            found = [f for f in store.find(wish) if f.entry.kind != "event"]  # what others said is no tone of its own
            if phrase.toned:
                found = [f for f in found if tone.salience(f.entry.tone) >= SALIENT] or found
            if wish.feeling is not None:  # of those that were felt alike, the one most felt
                felt = np.asarray(wish.feeling)
                found.sort(key=lambda f: -float(felt @ np.asarray(f.entry.feeling)))
            if found:
                return found[0]
        return None

    def replayed(self, avatar: int, persona: str, what: str) -> Entry:
        """The entry that a phrase asks to be quoted. PsiError in one line if there is none that can be."""
        first = self.first(avatar, persona, asked(what).phrases[0])
        if first is None or not first.entry.moment:
            lacks = "remembers nothing of" if first is None else "cannot replay"
            raise PsiError(f"quote {what}: {persona} {lacks} that; psi memory list shows what there is")
        return first.entry

    def bias(self, avatar: int, persona: str, what: str, text: str = "") -> Bias:
        """The tone that a phrase asks for, to say `text`. PsiError in one line if it asks for nothing, or for what nobody
        remembers."""
        asked_for = asked(what)
        found = []
        for phrase in asked_for.phrases:
            first = self.first(avatar, persona, phrase, text)
            if first is None:
                raise PsiError(f"[like {what}]: {persona} remembers nothing of {phrase.text!r}; it is said as it comes")
            found.append(first)
        told = "; ".join(f"entry {f.entry.id}, {f.reason}: {f.entry.text[:40]!r}" for f in found)
        if len(found) == 1:
            return Bias(tone=found[0].entry.tone, weight=asked_for.share, reason=told)
        return Bias(tone=tone.blended(found[0].entry.tone, found[1].entry.tone, asked_for.share), weight=1.0, reason=told)


def meaning(text: str) -> NDArray[np.float32]:
    """What a text means, as the second half of a key, f32[KEY]."""
    out, found = np.zeros(KEY, np.float32), embed(text)
    out[KEY // 2 : KEY // 2 + len(found)] = found
    return out
