"""What pronouns stand for, in the forty conversations of `pronouns.py`."""

import re

import pytest
from pronouns import ASIDE, TUNE

from psi_ecs import App, PsiError
from psi_ecs.components.avatar import Avatar, Cast, Persona
from psi_ecs.components.event import Spoken
from psi_ecs.components.life import Life
from psi_ecs.components.voice import Voices
from psi_ecs.systems.concepts import concepts, resolve
from psi_ecs.systems.concepts.graph import mind
from psi_ecs.systems.language import analyse
from psi_ecs.systems.planner import planner

WORD, TURN = 18, 30
"""Ticks a word, 3.3 a second, and between turns."""


def listener(text: str) -> tuple[App, int]:
    """A world in which an avatar has listened to two others (> and <) word by word."""
    app = App(seed=1).add(Cast(personas=[Persona(name="a")], names=["a"]), Voices(), planner, concepts)
    who = int(app.world.spawn(1, Avatar(index=0), Life())[0])
    app.step()
    for side, line in re.findall(r"([<>]) ([^<>]+)", text):
        for sentence in analyse(line).sentences:
            for word in sentence.words:
                said = word.text + word.mark
                app.send(Spoken(avatar=who + ord(side), turn=0, kind="word", text=said, start=0, end=0))
                app.step(WORD)
        app.step(TURN)
    return app, who


def right(context: str, phrase: str, word: str) -> tuple[bool, str]:
    """Whether the phrase is taken to stand for what the word names, and what it is taken for."""
    app, who = listener(context)
    try:
        name, reason = resolve(app.world, who, phrase)
    except PsiError as why:
        return False, str(why)
    graph = mind(app.world, who)[0]
    return graph.at[name] in graph.stirred(word), f"{name}: {reason}"


@pytest.mark.parametrize("cases", [TUNE, ASIDE], ids=["tune", "aside"])
def test_nine_of_ten_are_right(cases: list[tuple[str, str, str]]) -> None:
    """In both halves."""
    assert sum(right(*case)[0] for case in cases) >= 0.9 * len(cases)
