"""Every scene that ships plays to its end, and one scene and seed give the same bytes in another process."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from psi_ecs.systems.formats.scene import load_scene
from psi_ecs.systems.play import open_scene

FOLDER = Path(__file__).parents[1] / "scenes"
SCENES = sorted(FOLDER.glob("*.toml"))
SCRIPT = """
import hashlib, sys
from pathlib import Path
from psi_ecs.systems.formats.scene import load_scene
from psi_ecs.systems.play import open_scene
path = Path(sys.argv[1])
host, hashed = open_scene(load_scene(path), path.parent), hashlib.blake2b(digest_size=16)
for _ in range(int(sys.argv[2])):
    frame = host.step()
    hashed.update(frame.sounds.tobytes() + frame.weights.tobytes())
print(hashed.hexdigest(), host.app.digest())
"""


@pytest.mark.parametrize("path", SCENES, ids=lambda p: p.stem)
def test_a_scene_plays_to_its_end(path: Path) -> None:
    scene = load_scene(path)
    host = open_scene(scene, path.parent)
    ended, loud, previous = set(), np.zeros(len(scene.avatar)), None
    while not host.idle:
        frame = host.step()
        assert np.isfinite(frame.sounds).all() and np.isfinite(frame.weights).all(), host.time
        assert np.abs(frame.sounds).max() <= 1.0
        loud = np.maximum(loud, np.abs(frame.sounds).max(axis=1))
        ended |= {e.turn for e in frame.events if e.kind == "turn-end"}
        assert previous is None or (frame.weights != previous).any(axis=1).all(), "a face froze"
        previous = frame.weights
    assert ended == set(range(len(scene.line)))
    assert (loud > 0.1).all()


@pytest.mark.parametrize("name", ["hello", "dialogue"])
def test_another_process_gives_the_same_bytes(name: str) -> None:
    command = [sys.executable, "-c", SCRIPT, str(FOLDER / f"{name}.toml"), "300"]
    once = [
        subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert once[0] == once[1] and len(once[0].split()) == 2
