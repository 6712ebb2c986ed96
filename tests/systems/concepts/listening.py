"""An avatar without voice or face that listens: what tests of concepts share."""

import re

from psi_ecs import App
from psi_ecs.components.avatar import Avatar, Cast, Persona
from psi_ecs.components.event import Spoken
from psi_ecs.components.life import Life
from psi_ecs.components.voice import Voices
from psi_ecs.systems.concepts import concepts
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
