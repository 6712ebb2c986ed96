"""What pronouns stand for, in the conversations of `pronouns.py`."""


import pytest
from listening import listener
from pronouns import ASIDE, LATER, TUNE

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


@pytest.mark.parametrize(("cases", "share"), [(TUNE, 0.9), (ASIDE, 0.9), (LATER, 0.85)], ids=["tune", "aside", "later"])
def test_nearly_all_are_right(cases: list[tuple[str, str, str]], share: float) -> None:
    """Nine of ten in both halves of the forty."""
    assert sum(right(*case)[0] for case in cases) >= share * len(cases)
