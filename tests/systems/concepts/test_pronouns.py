"""What pronouns stand for, in the forty conversations of `pronouns.py`."""


import pytest
from listening import listener
from pronouns import ASIDE, TUNE

from psi_ecs import PsiError
from psi_ecs.systems.concepts import resolve
from psi_ecs.systems.concepts.graph import mind


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
