"""Activation spreads along the graph, and a slow trace of it is what the conversation is about."""

import numpy as np

from psi_ecs import Clock, Edges, Entities, Query, Res, Sparse, Write, system
from psi_ecs.column import NOBODY
from psi_ecs.components.concept import RING, TOP, Concept, Context, Link, Meaning
from psi_ecs.systems.kernels import spread as kernel

from .graph import Graphs, joined

EVERY = 6
"""Ticks between two steps of the activation."""
CENTRE = 120
"""Ticks between two centroids of the context: two seconds."""
LINGER = 8.0
"""Seconds in which a mention fades to a third."""
RATE = 4.0
"""1/s by which an activation goes to its goal."""
SLOW = 0.2
"""Hz of the low pass that makes working memory of activation."""
REACH = 0.5
"""How far what comes from neighbours acts on face and field, beside being mentioned."""
KEPT, FADE = 60.0, 30.0
"""Seconds for which a centroid counts whole, and in which it then fades to a third."""


@system("remember")
def spread(
    concepts: Query[Entities, Write[Concept]], meanings: Sparse[Meaning], links: Edges[Link], graphs: Res[Write[Graphs]],
    clock: Res[Clock],
) -> None:  # fmt: skip
    """Ten times a second let activation spread and fade."""
    if clock.value.tick % EVERY:
        return
    parts, dt = list(concepts), EVERY * clock.value.dt
    graphs.value.look(parts, meanings)
    if not parts:
        return
    source, target, passed = graphs.value.edges(links)
    active = joined([c.active for _, c in parts], np.float64)
    come = kernel.reached(active, source, target, passed)
    start = graphs.value.start
    for (_, c), low, high in zip(parts, start[:-1], start[1:], strict=True):
        c.active[:] = kernel.relaxed(c.active, c.source, come[low:high], 1.0 - np.exp(-RATE * dt))
        c.slow += (c.active - c.slow) * (1.0 - np.exp(-2.0 * np.pi * SLOW * dt))
        np.maximum(c.stirred, REACH * come[low:high], out=c.stirred)
        c.source *= np.exp(-dt / LINGER)


@system("remember", after=(spread,), every=CENTRE)
def centre(
    avatars: Query[Entities, Write[Context]], concepts: Query[Entities, Concept], meanings: Sparse[Meaning],
    graphs: Res[Write[Graphs]], clock: Res[Clock],
) -> None:  # fmt: skip
    """Every two seconds keep the mean meaning of what is awake, and what is most awake."""
    parts = list(concepts)
    graphs.value.look(parts, meanings)
    for ents, context in avatars:
        for row, entity in enumerate(ents.id.tolist()):
            graph = graphs.value.of.get(entity)
            if graph is None:
                continue
            slow = joined([c.slow for _, c in parts], np.float64)[graph.rows]
            topics = slow * graph.topic
            order = np.argsort(-topics, kind="stable")[:TOP]
            mean = (topics**2) @ graph.vectors
            k = int(context.count[row]) % RING
            context.centroid[row, k] = mean / max(float(np.linalg.norm(mean)), 1e-9)
            context.top[row, k], context.share[row, k] = NOBODY, 0.0
            context.top[row, k, : len(order)], context.share[row, k, : len(order)] = graph.ids[order], topics[order]
            age = (int(context.count[row]) - np.arange(RING)) % RING * CENTRE * clock.value.dt
            count = int(context.count[row]) + 1
            context.weight[row] = np.where(np.arange(RING) < count, np.exp(-np.maximum(age - KEPT, 0.0) / FADE), 0.0)
            context.count[row] = count
