"""What was spoken and shown, tick by tick: the timeline as JSON, and the weights in Live Link's CSV.

    {"fps": 60, "rate": 24000, "names": [61 channel names],
     "avatars": [{"name", "persona", "weights": [frame][61], "words": [{"text", "start", "end"}], "phones": [...],
                  "visemes": [{"name", "start", "end"}], "events": [{"kind", "text", "time", "turn"}]}],
     "weights", "words", "phones", "visemes", "events": those of the first avatar}

Times are seconds from the beginning, weights run at `fps`.
"""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.event import Spoken
from psi_ecs.components.face import FACE
from psi_ecs.components.phone import VISEME
from psi_ecs.components.score import RATE


class Track:
    """One avatar's part, gathered frame by frame."""

    def __init__(self, name: str, persona: str) -> None:
        """Nothing yet."""
        self.name, self.persona = name, persona
        self.weights: list[NDArray[np.float32]] = []
        self.spoken: list[Spoken] = []

    def spans(self, kind: str, origin: int) -> list[dict[str, Any]]:
        """Words or phones with start and end in seconds."""
        found = [e for e in self.spoken if e.kind == kind]
        at = [(e, round((e.start - origin) / RATE, 4), round((e.end - origin) / RATE, 4)) for e in found]
        return [{"text": e.text.rstrip(".,;:!?…"), "start": start, "end": end} for e, start, end in at]

    def visemes(self, origin: int) -> list[dict[str, Any]]:
        """Visemes in time, equal neighbours joined."""
        out: list[dict[str, Any]] = []
        for span in self.spans("phone", origin):
            name = VISEME[span["text"]]
            if out and out[-1]["name"] == name and abs(out[-1]["end"] - span["start"]) < 1e-3:
                out[-1]["end"] = span["end"]
            else:
                out.append({"name": name, "start": span["start"], "end": span["end"]})
        return out

    def data(self, origin: int) -> dict[str, Any]:
        """Everything of this avatar, for JSON."""
        kinds = ("turn-start", "turn-end", "sentence", "mark")
        return {
            "weights": [[round(float(w), 4) for w in row] for row in self.weights],
            "words": self.spans("word", origin),
            "phones": self.spans("phone", origin),
            "visemes": self.visemes(origin),
            "events": [
                {"kind": e.kind, "text": e.text, "time": round((e.start - origin) / RATE, 4), "turn": e.turn}
                for e in self.spoken
                if e.kind in kinds
            ],
        }


class Timeline:
    """All avatars' parts."""

    def __init__(self, names: list[str], personas: list[str], entities: list[int], fps: int = 60, origin: int = 0) -> None:
        """`entities` are the avatars' ids; `origin` is the sample that counts as second 0."""
        self.tracks = [Track(n, p) for n, p in zip(names, personas, strict=True)]
        self._row = {entity: i for i, entity in enumerate(entities)}
        self.fps, self.origin = fps, origin

    def add(self, weights: NDArray[np.float32], events: list[Spoken]) -> None:
        """One frame: weights f32[A, 61], and what was reached in it."""
        for track, row in zip(self.tracks, weights, strict=True):
            track.weights.append(row.copy())
        for event in events:
            if event.start >= self.origin:
                self.tracks[self._row[event.avatar]].spoken.append(event)

    def json(self) -> bytes:
        """The timeline file."""
        parts = [{"name": t.name, "persona": t.persona, **t.data(self.origin)} for t in self.tracks]
        first = {k: v for k, v in parts[0].items() if k not in ("name", "persona")} if parts else {}
        return msgspec.json.encode({"fps": self.fps, "rate": RATE, "names": list(FACE), "avatars": parts, **first})

    def csv(self, avatar: int = 0) -> str:
        """One avatar's weights as Live Link Face writes them: timecode hh:mm:ss:ff.000, count, 61 columns."""
        rows = ["Timecode,BlendShapeCount," + ",".join(n[:1].upper() + n[1:] for n in FACE)]
        for i, row in enumerate(self.tracks[avatar].weights):
            seconds, frame = divmod(i, self.fps)
            code = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}.000"
            rows.append(f"{code},{len(FACE)}," + ",".join(f"{w:.5f}" for w in row))
        return "\n".join(rows) + "\n"
