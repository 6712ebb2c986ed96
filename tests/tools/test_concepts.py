"""`psi concepts`: seen, linked, drawn, and to and from other programs."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from psi_ecs.codec import seal
from psi_ecs.systems.concepts.keep import MAGIC, Known, Learned, Tie
from psi_ecs.systems.formats.concepts import concepts, load_concepts
from psi_ecs.tools.concepts.fuzz import attempt
from psi_ecs.tools.concepts.net import of_concepts
from psi_ecs.tools.concepts.network import networked, path, read, written

Psi = Callable[..., tuple[int, str, str]]
Refused = Callable[..., None]


@pytest.mark.parametrize("suffix", [".graphml", ".json", ".toml"])
def test_a_graph_comes_back_as_it_went(suffix: str, tmp_path: Path) -> None:
    """Every concept with words, effects and links."""
    net = of_concepts(concepts())
    file = tmp_path / f"all{suffix}"
    file.write_bytes(written(net, suffix))
    again = read(file)
    assert list(again.nodes) == list(net.nodes)
    for name, node in net.nodes.items():
        a, b = node.seed, again.nodes[name].seed
        assert (a.words, a.face, a.field, a.seconds, a.topic) == (b.words, b.face, b.field, b.seconds, b.topic), name
    assert sorted(map(str, again.edges)) == sorted(map(str, net.edges))


def test_networks_have_all_edges_and_ways() -> None:
    """As many as the file; the way from a dog to the sea goes along links."""
    net = of_concepts(concepts())
    graph = networked(net)
    assert graph.number_of_nodes() == len(net.nodes) and graph.number_of_edges() == len(net.edges)
    way = path(net, "dog", "sea")
    pairs = {frozenset((e.source, e.target)) for e in net.edges}
    assert way[0] == "dog" and way[-1] == "sea" and all(frozenset(p) in pairs for p in pairwise(way))


def test_list_and_show(psi: Psi) -> None:
    _, out, _ = psi("concepts", "list", "--like", "music")
    assert out.split()[0] == "music" and "song" in out and len(out.splitlines()) == 12
    _, out, _ = psi("concepts", "show", "puppy", "--to", "ocean")
    assert out.startswith("dog\n") and "is-a animal" in out and "way      dog > " in out and out.strip().endswith("> sea")


def test_links_are_added_to_a_file_of_ones_own(psi: Psi, tmp_path: Path) -> None:
    """It is made, grows, changes what it has, and takes over what comes along; a new concept has its name as its word."""
    psi("concepts", "link", "dog", "sea", "--weight", "0.9", "-o", "mine.toml")
    psi("concepts", "link", "sled", "vehicle", "--kind", "is-a", "-o", "mine.toml")
    psi("concepts", "link", "dog", "sea", "--weight", "0.2", "-o", "mine.toml")
    known = load_concepts(str(tmp_path / "mine.toml"))
    links = {(a, b): (k, w) for a, b, k, w in known.links}
    assert links["dog", "sea"] == (0, 0.2) and links["sled", "vehicle"] == (1, 0.5) and ("dog", "animal") in links
    assert known.seeds["sled"].words == ["sled"] and known.seeds["dog"].words == concepts().seeds["dog"].words
    _, out, _ = psi("concepts", "show", "sled", "mine.toml")
    assert "is-a vehicle" in out


def test_what_an_avatar_remembers_can_be_seen(psi: Psi, tmp_path: Path) -> None:
    tone = [-0.6, 0.0, 0.0, 0.0, 0.0, 0.8, 0.0, 0.0, 0.0, 0.0, -0.3, 0.0, 0.0, 0.0]
    learned = Learned([Known("lighthouse", "artifact", True, True, ["lighthouse"], 3.0, 1.0, tone)],
                      [Tie("lighthouse", "sea", 0, 0.1, 0.4)])  # fmt: skip
    (tmp_path / "mira.concepts").write_bytes(seal(MAGIC, learned))
    _, out, _ = psi("concepts", "show", "lighthouse", "mira.concepts")
    assert "spoken of with sadness, slowly" in out and "0.50     related sea (learned)" in out
    psi("concepts", "export", "mira.concepts", "-o", "mira.json")
    found = json.loads((tmp_path / "mira.json").read_text())
    assert {"source": "lighthouse", "target": "sea", "kind": "related", "weight": 0.5} in found["links"]


def test_pictures(psi: Psi, tmp_path: Path) -> None:
    """Of the graph, of what is around a concept, and of a scene; the same every time."""
    (tmp_path / "s.toml").write_text('[[avatar]]\nname = "mira"\n[[line]]\nwho = "mira"\ntext = "My dog likes the sea."\n')
    for arguments in (("--around", "dog"), ("--scene", "s.toml", "--to", "2")):
        pictures = []
        for _ in range(2):
            code, _, err = psi("concepts", "plot", *arguments, "-o", "p.png")
            assert code == 0, err
            pictures.append((tmp_path / "p.png").read_bytes())
        assert pictures[0][:4] == b"\x89PNG" and pictures[0] == pictures[1]


BOMB = '<!DOCTYPE g [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><graphml><graph><node id="&c;"/></graph></graphml>'


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("g.graphml", BOMB, ("DTD", "refused")),
        ("g.graphml", "<graphml><graph>", ("line 1",)),
        ("g.graphml", "<a>" * 50 + "</a>" * 50, ("levels",)),
        ("g.graphml", "<graphml/>", ("no GraphML",)),
        ("g.json", '{"nodes": []', ("g.json",)),
        ("g.json", '{"nodes": [{"id": "dog"}], "links": [{"source": "dog", "target": "cat"}]}', ("no other concept 'cat'",)),
        ("g.json", '{"nodes": [{"id": "dog"}, {"id": "dog"}], "links": []}', ("two nodes", "rename")),
        ("g.json", '{"nodes": [{"id": "dog", "face": "smile"}], "links": []}', ("smile=0.3",)),
        ("g.json", '{"nodes": ' + "[" * 5000, ("g.json",)),
        ("g.txt", "dog", (".graphml", ".json")),
    ],
)
def test_bad_files_are_one_line(refused: Refused, tmp_path: Path, name: str, text: str, words: tuple[str, ...]) -> None:
    (tmp_path / name).write_text(text)
    refused("concepts", "import", name, "-o", "x.toml", words=words)
    assert not (tmp_path / "x.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "dgo"), ("did you mean 'dog'",)),
        (("list", "none.bin"), ("none.bin", "check the path")),
        (("link", "dog", "dog", "-o", "x.toml"), ("no other concept",)),
        (("link", "dog", "sledd", "-o", "x.toml"), ("no other concept 'sledd'",)),
        (("link", "dog", "sea", "-o", "x.json"), (".toml",)),
        (("export", "-o", "x.png"), (".graphml",)),
        (("plot", "--around", "dgo"), ("did you mean 'dog'",)),
        (("plot", "--scene", "hello", "--who", "theo"), ("nobody", "mira")),
    ],
)
def test_slips_are_one_line(refused: Refused, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused("concepts", *arguments, words=words)


def test_whatever_is_changed_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    """A few of the ten thousand that `python -m psi_ecs.tools.concepts.fuzz -n 10000` tries."""
    outcome = [attempt(number, tmp_path) for number in range(120)]
    assert any("read" in o for o in outcome) and any("refused" in o for o in outcome)
