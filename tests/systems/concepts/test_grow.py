"""The graph grows with the talk, forgets, keeps its bounds, and two avatars never share one."""

import numpy as np
import pytest
from listening import listener

from psi_ecs.components.concept import MOST, Concept, Kind, Link, Meaning
from psi_ecs.components.event import Spoken
from psi_ecs.components.memory import Biases
from psi_ecs.systems.concepts import remembered, restore
from psi_ecs.systems.concepts.anaphora import verbal
from psi_ecs.systems.concepts.graph import mind, spawn
from psi_ecs.systems.concepts.grow import nouns, tie
from psi_ecs.systems.concepts.keep import learned, opened
from psi_ecs.systems.formats.embedding import listed
from psi_ecs.systems.host import Host

TALK = "The lighthouse keeper fed his parrot. Anna baked pancakes in New York. The parrot liked pancakes."


def spoken(text: str = TALK, two: bool = False) -> tuple[Host, list[int]]:
    """A host whose first avatar has said a text."""
    host = Host(seed=3)
    who = [host.avatar(name) for name in ("mira", "theo")[: 1 + two]]
    host.say(who[0], text)
    while not host.idle:
        host.step()
    host.step(40)
    return host, who


def links(host: Host, who: int) -> dict[tuple[str, str], tuple[Kind, float, float]]:
    graph, edges = mind(host.app.world, who)[0], host.app.world.relation(Link)
    name = dict(zip(graph.ids.tolist(), graph.names, strict=True))
    return {
        (name[a], name[b]): (Kind(k), w, x)
        for a, b, k, w, x in zip(*(c.tolist() for c in (edges.source, edges.target, edges.value.kind, edges.value.weight,
                                                       edges.value.learned)), strict=True) if a in name
    }  # fmt: skip


def test_nouns_and_names_become_concepts_and_nothing_else() -> None:
    host, (who,) = spoken()
    graph = mind(host.app.world, who)[0]
    new = {n for i, n in zip(graph.ids.tolist(), graph.names, strict=True) if host.app.world.sparse[Meaning][i].own}
    assert new == {"lighthouse", "keeper", "parrot", "anna", "pancake", "new york"}
    kinds = dict(zip(graph.names, graph.kinds, strict=True))
    assert (kinds["parrot"], kinds["anna"], kinds["pancake"]) == ("animal", "person", "food")


def test_what_is_mentioned_together_is_linked_and_what_means_the_like_too() -> None:
    """Kinds of things by is-a, the like by meaning, the rest by the talk: the more often, the stronger, within 1."""
    found = links(*(lambda h, w: (h, w[0]))(*spoken()))
    assert found["parrot", "animal"][0] is Kind.IS_A and found["pancake", "food"][0] is Kind.IS_A
    together = {frozenset(pair): x for pair, (_, _, x) in found.items() if x > 0.0}
    assert together[frozenset(("parrot", "pancake"))] > together[frozenset(("parrot", "keeper"))] * 0.9 > 0.0
    assert frozenset(("parrot", "war")) not in together
    assert all(0.0 <= w <= 1.0 and 0.0 <= x <= 1.0 and w + x <= 1.0 + 1e-6 for _, w, x in found.values())


def test_a_link_never_exceeds_one_and_wears_off() -> None:
    """However often two are mentioned together."""
    host, (who,) = spoken("The parrot flew.")
    world, graph = host.app.world, mind(host.app.world, who)[0]
    a, b = sorted(int(graph.ids[graph.at[n]]) for n in ("parrot", "war"))
    for _ in range(100):
        tie(world, {(a, b): 0.2})
    strongest = links(host, who)
    assert 0.99 < max(strongest[p][2] for p in strongest if set(p) == {"parrot", "war"}) <= 1.0
    host.step(600)
    later = links(host, who)
    pair = next(p for p in later if set(p) == {"parrot", "war"})
    assert later[pair][2] == pytest.approx(strongest[pair][2] * np.exp(-10.0 / 1200.0), rel=0.01)


def test_the_least_used_make_room() -> None:
    """Never more than MOST; what files brought stays."""
    host, (who,) = spoken("The parrot flew. The parrot sang. The parrot slept.")
    world = host.app.world
    spawn(world, who, [Meaning(name=f"x{k}", words=(f"x{k}",), own=True) for k in range(MOST - len(mind(world, who)[0].names))])
    given = {m.name for m in world.sparse[Meaning].values() if not m.own}
    host.say(who, "The lighthouse keeper fed his zebra.")
    while not host.idle:
        host.step()
    graph = mind(world, who)[0]
    assert len(graph.names) == MOST and given <= set(graph.names) and {"parrot", "lighthouse", "zebra"} <= set(graph.names)


def test_two_avatars_never_mix() -> None:
    """The listener has heard the same words, but its concepts, links and tones are its own."""
    host, (a, b) = spoken("[sad] The lighthouse keeper drowned. [/]", two=True)
    one, other = (mind(host.app.world, who)[0] for who in (a, b))
    assert {"lighthouse", "keeper"} <= set(one.names) & set(other.names) and not set(one.ids.tolist()) & set(other.ids.tolist())
    edges = host.app.world.relation(Link)
    assert not (np.isin(edges.source, one.ids) & np.isin(edges.target, other.ids)).any()
    felt = [float(host.app.world.peek(int(g.ids[g.at["lighthouse"]]), Concept).evidence[0]) for g in (one, other)]
    assert felt[0] > 0.3 and felt[1] == 0.0 and host.app.world.get_sparse(b, Biases) is None


def test_the_same_talk_makes_the_same_graph_and_a_saved_one_goes_on() -> None:
    """Digests of two runs are equal, and a world saved in mid-speech goes on with the same bytes."""
    one, two = spoken()[0], spoken()[0]
    assert one.app.digest() == two.app.digest()
    one.say(one.avatars[0], TALK)
    one.step(100)
    again = Host().load(one.save())
    for _ in range(5):
        assert one.step(40).weights.tobytes() == again.step(40).weights.tobytes()
    assert one.app.digest() == again.app.digest()
    assert remembered(one.app.world, one.avatars[0]) == remembered(again.app.world, again.avatars[0])


@pytest.mark.parametrize(
    ("text", "verbs"),
    [("i walk to school", {1}), ("a walk in the park", set()), ("that sounds good", {1}), ("she stamps letters", {1}),
     ("he collects stamps", set()), ("i am reading a book", {2}), ("let us talk about it", {2})],
)  # fmt: skip
def test_verbs_are_no_things(text: str, verbs: set[int]) -> None:
    words = text.split()
    things = {k for k, w in enumerate(words) if w in ("walk", "sounds", "stamps", "reading", "talk")}
    assert {k for k in things if verbal(words, k)} == verbs


def test_a_capital_at_the_beginning_is_no_name() -> None:
    """Unless it is a first name; titles and function words are none."""
    host, (who,) = spoken("Well.")
    graph = mind(host.app.world, who)[0]
    said = "Yesterday Peter met Mister Brown. Sarah laughed. Really."
    words = [(w, 0, w in ("Yesterday", "Sarah", "Really."), 1.0) for w in said.split()]
    assert [n.name for n in nouns(words, graph)][:2] == ["peter", "mister brown"]
    assert "really" not in [n.name for n in nouns(words, graph)]


def test_whatever_is_said_can_be_kept() -> None:
    """Odd words and long names neither break the graph nor what is remembered of it."""
    odd = ["Aaa" * 40, "—", "''", *sorted(listed("New York City Hall Square it ǅ é́ that those the dogs dog's 0"))]
    draw = np.random.default_rng(5)
    app, who = listener("> Hello.")
    for _ in range(300):
        word = str(draw.choice(odd)) + str(draw.choice(["", "", ",", ".", "?"]))
        app.send(Spoken(avatar=who + int(draw.integers(1, 3)), turn=0, kind="word", text=word, start=0, end=0))
        app.step(3)
    kept = opened(remembered(app.world, who))
    assert "dog" in {k.name for k in kept.concepts}
    fresh, other = listener("> Hello.")
    restore(fresh.world, other, remembered(app.world, who))
    assert {k.name for k in learned(fresh.world, other).concepts} >= {k.name for k in kept.concepts}
