"""Working memory follows slowly, centroids of it are kept, and hosts can look."""

import numpy as np
import pytest
from listening import listener

from psi_ecs import AssetError, Clock, PsiError
from psi_ecs.components.concept import RING, Context
from psi_ecs.systems.concepts.activate import FADE, KEPT, SLOW
from psi_ecs.systems.concepts.graph import mind
from psi_ecs.systems.formats.embedding import embed
from psi_ecs.systems.formats.scene import load_scene
from psi_ecs.systems.host import Host
from psi_ecs.systems.play import open_scene


def test_working_memory_is_a_low_pass_of_activation() -> None:
    """Every tenth of a second by the closed form of d slow/dt = 2 pi 0.2 (active - slow)."""
    app, who = listener("> My dog ran away.")
    want = None
    for _ in range(30):
        app.step(6)
        graph, parts = mind(app.world, who)
        c = parts[0][1]
        if want is not None:
            want += (c.active[graph.rows][: len(want)] - want) * (1.0 - np.exp(-2.0 * np.pi * SLOW * 0.1))
            np.testing.assert_allclose(c.slow[graph.rows][: len(want)], want, atol=1e-12)
        want = c.slow[graph.rows].copy()
    assert want is not None and want.max() > 0.5


def test_centroids_tell_what_was_talked_about_and_fade_after_a_minute() -> None:
    """One every two seconds; each near to what was spoken of then, of unit length; weight 1 for a minute, then exponential."""
    app, who = listener("> My dog chased the cat and the rabbit. < Which cat? Which rabbit? > The grey cat. A wild rabbit.")
    app.step(720 - app.world.resource(Clock).tick)
    context = app.world.peek(who, Context)
    assert int(context.count[0]) == 6
    mean, animals, money = context.centroid[0, 3], embed("dog cat rabbit"), embed("bank money law")
    assert np.linalg.norm(mean) == pytest.approx(1.0, abs=1e-4) and mean @ animals > 0.8 > mean @ money + 0.4
    names = mind(app.world, who)[0]
    top = [names.names[names.ids.tolist().index(i)] for i in context.top[0, 3].tolist()]
    assert set(top[:3]) == {"dog", "cat", "rabbit"}
    app.step(120 * 40)
    context = app.world.peek(who, Context)
    count = int(context.count[0])
    ages = 2.0 * (count - 1 - np.arange(count))
    want = np.exp(-np.maximum(ages - KEPT, 0.0) / FADE)
    np.testing.assert_allclose(context.weight[0, :count], want, rtol=1e-5)
    assert count < RING and context.weight[0, 0] < 0.7 < context.weight[0, count - 1]


def test_hosts_can_look(tmp_path) -> None:
    """Concepts most awake first with the feeling that each was spoken with, pronouns, and concepts of one's own."""
    file = tmp_path / "mine.toml"
    file.write_text('[sled]\nwords = ["sled", "dog sled"]\nlinks = { is-a = ["vehicle"], related = { dog = 0.9 } }\n')
    host = Host(seed=1)
    who = host.avatar("mira", concepts=str(file))
    other = host.avatar("theo")
    host.say(who, "[sad] My old sled broke. [/]")
    while not host.idle:
        host.step()
    first, *others = host.concepts(who)
    assert first.name == "sled" and first.feeling["sadness"] > 0.3 and "sadness" in first.tone and 0.3 < first.confidence < 1.0
    assert all(a.active >= b.active for a, b in zip([first, *others], others, strict=False))
    assert host.resolve(who, "Is it gone?")[0] == "sled" and host.resolve(who, "that vehicle")[0] == "sled"
    with pytest.raises(PsiError, match="no word that stands for another"):
        host.resolve(who, "the sled")
    with pytest.raises(PsiError, match="nothing was mentioned"):
        host.resolve(other, "those animals")


def test_a_file_that_cannot_be_is_one_line(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[sled]\nwords = ["sled"]\nlinks = { is-a = ["vehikle"] }\n')
    with pytest.raises(AssetError, match=r"mine.toml:3: no other concept 'vehikle'; did you mean 'vehicle'\?$"):
        Host().avatar("mira", concepts=str(file))


def test_a_scene_may_bring_concepts(tmp_path) -> None:
    """By a path beside the scene; what is wrong is one line that names the scene, the line and the file."""
    (tmp_path / "mine.toml").write_text('[sled]\nwords = ["sled"]\n')
    scene = '[[avatar]]\nname = "mira"\nconcepts = "mine.toml"\n[[avatar]]\nname = "theo"\n'
    (tmp_path / "s.toml").write_text(scene)
    host = open_scene(load_scene(tmp_path / "s.toml"), tmp_path)
    host.step(2)
    own, other = (mind(host.app.world, who)[0].names for who in host.avatars)
    assert "sled" in own and "sled" not in other and set(other) < set(own)
    (tmp_path / "s.toml").write_text(scene.replace("mine", "yours"))
    with pytest.raises(AssetError, match=r"s.toml:3: .*yours.toml: no such file") as why:
        load_scene(tmp_path / "s.toml")
    assert "\n" not in str(why.value)
