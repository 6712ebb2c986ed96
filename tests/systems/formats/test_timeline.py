"""The timeline: weights at 60 a second, spans in seconds, the same numbers in JSON and CSV."""

import itertools
import json

import numpy as np
import pytest

from psi_ecs.components.event import Spoken
from psi_ecs.components.face import FACE
from psi_ecs.systems.formats.timeline import Timeline

RATE = 24_000


def event(kind: str, text: str, start: float, end: float, avatar: int = 5) -> Spoken:
    return Spoken(avatar=avatar, turn=2, kind=kind, text=text, start=round(start * RATE), end=round(end * RATE))


def filled(frames: int = 130, origin: int = 0) -> tuple[Timeline, np.ndarray]:
    made = Timeline(["Mira", "Theo"], ["mira", "theo"], [5, 9], origin=origin)
    weights = np.random.default_rng(1).uniform(-0.5, 1, (frames, 2, 61)).astype(np.float32)
    events = [
        event("turn-start", "", 0.5, 0.5), event("word", "Pub!", 0.5, 0.9), event("phone", "P", 0.5, 0.6),
        event("phone", "AH", 0.6, 0.8), event("phone", "B", 0.8, 0.9), event("phone", "P", 0.9, 1.0),
        event("mark", "here", 0.9, 0.9), event("turn-end", "", 1.0, 1.0), event("word", "Ho", 1.2, 1.4, 9),
    ]  # fmt: skip
    for i, row in enumerate(weights):
        made.add(row, events if i == 0 else [])
    return made, weights


def test_json_holds_what_the_format_promises() -> None:
    made, weights = filled()
    data = json.loads(made.json())
    assert (data["fps"], data["rate"], data["names"]) == (60, RATE, list(FACE))
    assert [a["name"] for a in data["avatars"]] == ["Mira", "Theo"]
    for k, avatar in enumerate(data["avatars"]):
        np.testing.assert_allclose(avatar["weights"], weights[:, k], atol=6e-5)
    assert data["words"] == [{"text": "Pub", "start": 0.5, "end": 0.9}] and data["weights"] == data["avatars"][0]["weights"]
    assert [p["text"] for p in data["phones"]] == ["P", "AH", "B", "P"]
    assert [(e["kind"], e["text"], e["time"], e["turn"]) for e in data["events"]] == [
        ("turn-start", "", 0.5, 2), ("mark", "here", 0.9, 2), ("turn-end", "", 1.0, 2),
    ]  # fmt: skip
    assert data["avatars"][1]["words"] == [{"text": "Ho", "start": 1.2, "end": 1.4}]


def test_equal_visemes_are_joined_without_holes() -> None:
    data = json.loads(filled()[0].json())
    spans = data["visemes"]
    assert len(spans) == 3 and spans[-1]["start"] == 0.8 and spans[-1]["end"] == 1.0
    assert all(a["end"] == b["start"] and a["name"] != b["name"] for a, b in itertools.pairwise(spans))


def test_csv_is_live_link_order_with_timecode() -> None:
    made, weights = filled()
    header, *rows = made.csv(1).splitlines()
    names = header.split(",")
    assert names[:3] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft"] and len(names) == 63
    assert [n[:1].lower() + n[1:] for n in names[2:]] == list(FACE)
    assert rows[0].startswith("00:00:00:00.000,61,") and rows[125].startswith("00:00:02:05.000,61,")
    table = np.array([[float(x) for x in row.split(",")[2:]] for row in rows])
    np.testing.assert_allclose(table, weights[:, 1], atol=6e-6)


def test_events_before_the_origin_are_left_out() -> None:
    data = json.loads(filled(origin=round(0.8 * RATE))[0].json())
    assert [p["text"] for p in data["phones"]] == ["B", "P"] and data["phones"][0]["start"] == 0.0


@pytest.mark.parametrize("names", [[], ["Mira"]])
def test_nothing_yet_is_still_json(names: list[str]) -> None:
    data = json.loads(Timeline(names, names, list(range(len(names)))).json())
    assert len(data["avatars"]) == len(names)
