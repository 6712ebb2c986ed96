"""Concepts as text for the terminal."""

from difflib import get_close_matches

from psi_ecs import PsiError
from psi_ecs.systems.formats.embedding import embed

from .net import Net
from .network import path


def known(net: Net, name: str) -> str:
    """The name of a concept, or that of the concept that a word wakes. PsiError with the nearest name if there is none."""
    if name in net.nodes:
        return name
    for other, node in net.nodes.items():
        if name.lower() in node.seed.words:
            return other
    near = get_close_matches(name, net.nodes, 1, 0.4)
    raise PsiError(f"no concept {name[:60]!r}" + (f"; did you mean {near[0]!r}?" if near else "; psi concepts list shows all"))


def nearest(net: Net, text: str, count: int = 12) -> list[str]:
    """Concepts that mean the like of a text, nearest first."""
    mean = embed(text)
    return sorted(net.nodes, key=lambda name: -float(embed(name) @ mean))[:count]


def line(net: Net, name: str) -> str:
    """One concept in one line."""
    node = net.nodes[name]
    extra = [f"said {node.uses:.0f}x"] * (node.uses >= 0.5) + [node.tone] * (node.evidence > 0.0)
    words = ", ".join(node.seed.words[:8])
    return f"{name:<16} {len(net.of(name)):>3} links   {words}{'   · ' if extra else ''}{'; '.join(extra)}"


def sheet(net: Net, name: str, end: str | None = None) -> list[str]:
    """All of one concept, line by line."""
    name = known(net, name)
    node = net.nodes[name]
    rows = [name, f"  words    {', '.join(node.seed.words)}"]
    for what, values in (("face", node.seed.face), ("field", node.seed.field)):
        if values:
            rows.append(f"  {what:<8} {', '.join(f'{k} {v:g}' for k, v in values.items())}, fading in {node.seed.seconds:g} s")
    if not node.seed.topic:
        rows.append('  nothing that "it" stands for')
    if node.evidence > 0.0:
        rows.append(f"  spoken of {node.tone} (evidence {node.evidence:.2f})")
    for e in net.of(name):
        arrow = f"{e.kind} {e.target}" if e.source == name else f"{e.source} {e.kind} it"
        rows.append(f"  {e.weight + e.learned:4.2f}     {arrow}{' (learned)' if e.learned > e.weight else ''}")
    rows.append(f"  like     {', '.join(n for n in nearest(net, name, 9) if n != name)}")
    if end is not None:
        way = path(net, name, known(net, end))
        rows.append(f"  way      {' > '.join(way) if way else f'there is none to {end}'}")
    return rows
