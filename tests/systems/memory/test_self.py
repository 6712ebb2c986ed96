import threading
from pathlib import Path

import pytest
from spoken import run, turn

from psi_ecs import PsiError
from psi_ecs.components.memory import Tone, Wish
from psi_ecs.components.oscillator import Core, Tuning
from psi_ecs.components.scene import Line, Scene, SceneAvatar, SceneCue
from psi_ecs.systems.formats.memory import MemoryFileError
from psi_ecs.systems.host import Host
from psi_ecs.systems.memory import library
from psi_ecs.systems.memory.feedback import MOST, REACH
from psi_ecs.systems.play import open_scene

DAY = 86_400.0


def day(path: Path, *lines: str, began: float = 0.0, persona: str = "mira") -> Host:
    """A session with a memory."""
    host = Host(seed=4)
    me = host.avatar(persona)
    host.memory(me, path, began=began)
    for line in lines:
        host.say(me, line)
        run(host)
    return host


def test_tomorrow_it_is_who_it_was_today(tmp_path: Path) -> None:
    path = tmp_path / "mira.psimem"
    first = day(path, "[remember morning][joy] Hello! [/]", "[joy] Good! [/]")
    before = first.memory(0).mood.feeling
    first.close()
    second = day(path, began=DAY)
    after = second.memory(0).mood.feeling
    assert before[3] > 0.4 and after[3] == pytest.approx(before[3] * 0.3679, rel=0.05)
    assert second.memory(0).find(Wish(tags=("morning",)))
    assert second.memory(0).self.tone.feeling[3] > 0.0
    second.close()


def test_a_quote_from_yesterday_is_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "mira.psimem"
    first = Host(seed=4)
    me = first.avatar("mira")
    first.memory(me, path)
    number = first.say(me, "[remember morning] Hello there!")
    then = turn(run(first), number)
    first.close()
    second = Host(seed=9)
    who = second.avatar("mira")
    second.memory(who, path)
    number = second.quote(who, "morning")
    assert turn(run(second), number) == then != []
    second.close()


def test_personas_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "mira.psimem"
    day(path, "[remember secret] Nine.").close()
    other = Host()
    with pytest.raises(MemoryFileError, match="mira"):
        other.memory(other.avatar("theo"), path)
    host = Host()
    mira, theo, twin = host.avatar("mira"), host.avatar("theo"), host.avatar("mira")
    host.memory(mira, path)
    with pytest.raises(PsiError, match="another avatar remembers there already"):
        host.memory(twin, path)
    assert host.memory(mira).find(Wish(tags=("secret",))) and not host.memory(theo).find(Wish())
    host.say(theo, "[like secret] Ten. [/]")
    run(host)
    own, heard = host.memory(theo).find(Wish()), host.memory(mira).find(Wish(kind="event"))
    assert len(own) == 1 and [f.entry.name for f in heard] == ["heard"]
    assert heard[0].entry.speaker == "Theo" and not heard[0].entry.moment and heard[0].entry.tone == Tone()
    host.close()


def test_what_was_said_before_the_file_was_opened_goes_into_it(tmp_path: Path) -> None:
    host = Host()
    me = host.avatar("mira")
    host.say(me, "[remember early] Nine.")
    run(host)
    host.memory(me, tmp_path / "mira.psimem")
    assert host.memory(me).find(Wish(tags=("early",)))
    host.close()


def test_praise_and_blame_nudge_within_bounds_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "mira.psimem"
    host = day(path, "[joy][fast] Hello! [/][/]")
    memory, world = host.memory(0), host.app.world
    with pytest.raises(PsiError, match="has said nothing yet"):
        _blank().feedback(True)
    for _ in range(20):
        memory.feedback(True)
        host.step()
    learned = memory.biases.standing["feedback"]
    assert learned.weight == MOST and learned.tone.rate > 1.1 and "praised 20 times" in learned.reason
    core, gains = world.resource(Core), dict(world.resource(Tuning).changed)
    assert gains
    for key, (gain, _) in gains.items():
        _, pulled, by = (int(x) for x in key.split("/"))
        own = core.gain[(core.pulled == pulled) & (core.by == by)]
        assert gain is not None and (abs(gain / own) <= 2.7183**REACH + 1e-9).all()
    host.close()
    again = day(path)
    assert again.memory(0).biases.standing["feedback"].weight == MOST
    while again.memory(0).undo():
        pass
    again.step(2)
    assert "feedback" not in again.memory(0).biases.standing
    for key, (gain, _) in again.app.world.resource(Tuning).changed.items():
        _, pulled, by = (int(x) for x in key.split("/"))
        assert gain == pytest.approx(core.gain[(core.pulled == pulled) & (core.by == by)][0])
    again.close()


def _blank():  # type: ignore[no-untyped-def]
    host = Host()
    return host.memory(host.avatar("mira"))


def test_forgetting_is_for_good(tmp_path: Path) -> None:
    path = tmp_path / "mira.psimem"
    host = day(path, "[remember xylophone] The xylophone.", "Nine.")
    assert host.memory(0).forget(Wish(tags=("xylophone",))) == 1
    host.close()
    again = day(path)
    assert not again.memory(0).find(Wish(text="xylophone")) and len(again.memory(0).find(Wish())) == 1
    again.close()


def test_scenes_remember_quote_travel_and_praise(tmp_path: Path) -> None:
    scene = Scene(
        avatar=[SceneAvatar(name="mira", memory="mira.psimem")],
        line=[Line(who="mira", text="Hello!", remember="Opening", emotion="joy"), Line(who="mira", quote="opening")],
        cue=[SceneCue(who="mira", kind="praise", line=2), SceneCue(who="mira", kind="travel", name="calm", seconds=0.5, at=0.1),
             SceneCue(who="mira", kind="undo", line=2, at=0.2), SceneCue(who="mira", kind="name", name="opener", line=2)],
        tail=0.2,
    )  # fmt: skip
    host = open_scene(scene, tmp_path)
    frames = run(host)
    assert turn(frames, 0) == turn(frames, 1) != []
    memory = host.memory(host.avatars[0])
    assert memory.find(Wish(name="opener")) and not memory.self.steps
    host.close()
    assert (tmp_path / "mira.psimem").stat().st_mode & 0o077 == 0


def test_without_memory_nothing_is_recalled() -> None:
    host = Host(off=("memory",))
    me = host.avatar("mira")
    host.say(me, "[remember one][joy] Nine. [/]")
    run(host)
    host.say(me, "[like one] Ten. [/]")
    run(host)
    assert host.memory(me).find(Wish(limit=1))[0].entry.tone.feeling[3] < 0.2


def test_without_a_file_there_is_no_thread_and_old_entries_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "BRIEF", 4)
    host = Host()
    me, before = host.avatar("mira"), threading.active_count()
    for n in range(7):
        host.say(me, f"[remember turn {n}] Nine.")
        run(host)
    assert threading.active_count() == before
    kept = [f.entry.tags[0] for f in host.memory(me).find(Wish(limit=9))]
    assert kept[:4] == ["turn 6", "turn 5", "turn 4", "turn 3"] and len(kept) <= 5
