"""Pictures of a graph of concepts, and of what was awake in a scene."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.tools.plotting import GRID, INK, figure, plain, png

from .net import Net
from .network import layout
from .record import Record
from .show import known

F64 = NDArray[np.float64]
COLOURS = {
    "related": "#5d6b7c", "is-a": "#5aa9e0", "part-of": "#7bc47f", "opposite": "#e0705a", "causes": "#e0b65a", "next": "#c58be0"
}  # fmt: skip
"""Of kinds of links."""
GROUPS = (
    ("#7bc47f", "animal plant nature forest tree"), ("#e0b65a", "food drink meal kitchen"),
    ("#5aa9e0", "place building city street house room"), ("#c58be0", "person family friend"),
    ("#e0705a", "feeling war danger loss trouble pain fear"), ("#62d0c4", "machine vehicle technology tool phone"),
    ("#e07fb0", "art music story book language"), ("#9fb4ff", "time season day weather sky"),
)  # fmt: skip
"""Colours of concepts, by what they are next to."""
PLAIN = "#9aa7b5"
AWAKE, HUB, BOLD = 0.15, 9, 1.35
"""Activation and links from which a concept is written larger, and how much larger."""
NEAR = 46
"""Concepts in a picture of what is around one."""
VOICES = (INK, "#ffd28a", "#9fd8ff", "#c8f0b0")
"""Colours of speakers."""
LINES = 5
"""Rows of captions."""
ROWS = 26
"""Concepts in the course of a scene."""


def groups(net: Net) -> dict[str, str]:
    """A colour for each concept: that of the group that is fewest links away."""
    near: dict[str, set[str]] = {name: set() for name in net.nodes}
    for e in net.edges:
        near[e.source].add(e.target)
        near[e.target].add(e.source)
    colour = {name: c for c, names in GROUPS for name in names.split() if name in net.nodes}
    for _ in range(3):
        fresh: dict[str, str] = {}
        for name in net.nodes:
            votes = [colour[other] for other in sorted(near[name]) if other in colour]
            if name not in colour and votes:
                fresh[name] = max(dict.fromkeys(votes), key=votes.count)
        colour |= fresh
    return colour


def around(net: Net, name: str, count: int = NEAR) -> list[str]:
    """A concept and those nearest to it along the links, by the product of their strengths."""
    found = {known(net, name): 1.0}
    for _ in range(3):
        for e in net.edges:
            for a, b in ((e.source, e.target), (e.target, e.source)):
                if a in found:
                    found[b] = max(found.get(b, 0.0), found[a] * min(e.weight + e.learned, 1.0) * 0.8)
    return sorted(found, key=lambda n: (-found[n], n))[:count]


def graph_picture(net: Net, centre: str | None, title: str) -> bytes:
    """PNG of a graph, or of what is around one concept."""
    linked = {n for e in net.edges for n in (e.source, e.target)}
    names = around(net, centre) if centre else [n for n in net.nodes if n in linked]
    side = 11 if centre else 19
    page = figure(side * 1.25, side, f"{title}: around {centre}" if centre else title)
    axes = page.subplots()
    draw(axes, net, names, side * 1.25, side, 11.0 if centre else 8.5, known(net, centre) if centre else None)
    _legend(axes)
    return png(page)


def draw(
    axes: Any, net: Net, names: list[str], width: float, height: float, size: float, centre: str | None = None
) -> None:
    """Nodes in their colours, links in those of their kinds. `width` and `height` of the axes in inches, `size` of the letters
    in points."""
    bold = [net.nodes[n].active > AWAKE or len(net.of(n)) > HUB or n == centre for n in names]
    places = spread_out(layout(net, names), names, width, height, size * np.where(bold, BOLD, 1.0))
    colour, shown = groups(net), set(names)
    for e in net.edges:
        if e.source in shown and e.target in shown:
            (x0, y0), (x1, y1) = places[e.source], places[e.target]
            strength = min(e.weight + e.learned, 1.0)
            axes.plot([x0, x1], [y0, y1], color=COLOURS[e.kind], lw=0.4 + 2.2 * strength, alpha=0.25 + 0.4 * strength, zorder=1,
                      solid_capstyle="round")  # fmt: skip
    for name, large in zip(names, bold, strict=True):
        x, y = places[name]
        node, paint = net.nodes[name], colour.get(name, PLAIN)
        lit = node.active > AWAKE or name == centre
        axes.text(
            x, y, name, ha="center", va="center", fontsize=size * (BOLD if large else 1.0), color="#0d1116", zorder=3,
            fontweight="bold" if large else "normal",
            bbox={"boxstyle": "round,pad=0.28", "facecolor": paint, "edgecolor": INK if lit else "none", "linewidth": 1.6,
                  "alpha": 0.95 if node.seed.topic else 0.6},
        )  # fmt: skip
    axes.set_xlim(0.0, width)
    axes.set_ylim(0.0, height)
    axes.set_axis_off()


def spread_out(
    places: dict[str, F64], names: list[str], width: float, height: float, size: F64, rounds: int = 400
) -> dict[str, F64]:
    """The places in inches, with labels of these sizes in points moved apart until none hides another."""
    if not names:
        return {}
    at = np.array([places[n] for n in names])
    at = (at - at.min(axis=0)) / np.maximum(np.ptp(at, axis=0), 1e-9)
    rank = np.argsort(np.argsort(at, axis=0), axis=0) / max(len(names) - 1, 1)
    at = (0.5 * at + 0.5 * rank) * 0.92 + 0.04  # springs crowd the middle: half of the way to evenly spaced
    at *= (width, height)
    box = np.array([(0.0094 * s * (len(n) + 2.8), 0.031 * s) for n, s in zip(names, size.tolist(), strict=True)])
    reach = (box[:, None] + box[None]) / 2.0
    for _ in range(rounds):
        gap = at[:, None] - at[None]
        over = np.maximum(reach - np.abs(gap), 0.0) * (1.0 - np.eye(len(names)))[:, :, None]
        hit = (over > 0.0).all(axis=2)
        if not hit.any():
            break
        sign = np.where(gap == 0.0, np.sign(np.arange(len(names))[:, None] - np.arange(len(names)))[:, :, None], np.sign(gap))
        flat = over[:, :, 1] <= over[:, :, 0]  # the shorter way out
        push = np.where(np.stack((~flat, flat), axis=2), over, 0.0) * sign * hit[:, :, None]
        at += 0.3 * push.sum(axis=1)
        at = np.clip(at, box / 2.0 + 0.05, np.array((width, height)) - box / 2.0 - 0.05)
    return dict(zip(names, at, strict=True))


def _legend(axes: Any) -> None:
    """Kinds of links."""
    for kind, paint in COLOURS.items():
        axes.plot([], [], color=paint, lw=3, label=kind)
    axes.legend(loc="lower left", ncols=6, frameon=False, labelcolor=INK, fontsize=11, bbox_to_anchor=(0.0, -0.035))


def scene_picture(seen: Record, centre: str | None) -> bytes:
    """PNG of the graph at the end of a scene, and beside it the course of its most awake concepts."""
    page = figure(22, 11.5, f"{seen.title}: what was on {seen.who}'s mind")
    parts = page.subplot_mosaic([["graph", "course"], ["graph", "said"]], width_ratios=[1.0, 1.15], height_ratios=[4.0, 1.0])
    left, right, low = (parts[name] for name in ("graph", "course", "said"))
    peak = seen.active.max(axis=1, initial=0.0)
    best = np.argsort(-(peak + 0.3 * seen.active.mean(axis=1)) if len(seen.times) else peak, kind="stable")[:ROWS]
    names = around(seen.net, centre) if centre else _company(seen, [seen.names[i] for i in best])
    draw(left, seen.net, names, 10.0, 11.0, 9.5, known(seen.net, centre) if centre else None)
    _legend(left)
    rows = sorted(best.tolist(), key=lambda i: int(seen.active[i].argmax()))
    plain(right, "how awake each was, 0 to 1")
    plain(low, "who said what")
    if rows:
        shown = right.imshow(
            seen.active[rows], aspect="auto", cmap="magma", vmin=0.0, vmax=1.0, interpolation="nearest",
            extent=(0.0, float(seen.times[-1]), len(rows) - 0.5, -0.5),
        )  # fmt: skip
        bar = page.colorbar(shown, ax=right, pad=0.01, aspect=38)
        bar.ax.tick_params(colors=INK, labelsize=9)
        right.set_yticks(range(len(rows)), [seen.names[i] for i in rows])
    _captions(right, low, seen)
    return png(page)


def _company(seen: Record, best: list[str]) -> list[str]:
    """The most awake concepts, and the strongest neighbours of each, as far as they are linked."""
    names = [n for n in best if n in seen.net.nodes]
    for name in list(names):
        for e in seen.net.of(name)[:2]:
            names += [n for n in (e.source, e.target) if n not in names]
    shown = set(names[: NEAR + 10])
    linked = {n for e in seen.net.edges if e.source in shown and e.target in shown for n in (e.source, e.target)}
    return [n for n in names if n in linked & shown] or names[:1]


def _captions(course: Any, axes: Any, seen: Record) -> None:
    """A line where each sentence begins, and below it its first words, one row a speaker and a sentence in turn."""
    last = float(seen.times[-1]) if len(seen.times) else 1.0
    speakers = list(dict.fromkeys(who for _, who, _ in seen.said))
    for k, (at, who, words) in enumerate(seen.said):
        course.axvline(at, color=GRID, lw=0.8)
        axes.axvline(at, color=GRID, lw=0.8)
        short, paint = words[:44] + "…" * (len(words) > 44), VOICES[speakers.index(who) % len(VOICES)]
        place = (at + 0.004 * last, LINES - 0.5 - k % LINES)
        axes.text(*place, f"{who}: {short}", va="center", fontsize=8, color=paint, clip_on=True)
    axes.set_xlim(0.0, last)
    axes.set_ylim(0.0, LINES)
    axes.set_yticks([])
    axes.set_xlabel("seconds", color=INK)
