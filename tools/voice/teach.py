"""Teaching the score network: phones in context on one side, frames of the voice on the other (PyTorch, extra [train]).

Frames are taught by squares, durations by a Gaussian whose spread is taught too (Nix & Weigend 1994). Squares teach the mean
over all the ways to say something, which moves too little; how much too little is measured afterwards (`match`).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.phone import PHONES
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.learned.context import FEATURES, Context
from psi_ecs.systems.voice.learned.net import KNOTS, LEAK

F32 = NDArray[np.float32]

WIDE, RECURRENT, DEEP, DROP = 256, 224, 512, 0.25
BATCH, RATE, DECAY = 16, 1.5e-3, 0.01
SHORTEST = 0.01
"""Seconds below which a duration is not told from this one."""


class Lesson(NamedTuple):
    """An utterance: its phones, their durations and their frames, both normalised."""

    context: Context
    duration: F32
    """f32[P]; 0 of the pauses at the ends."""
    frames: F32
    """f32[P, KNOTS, D]."""


class Scale(NamedTuple):
    """What is taken off and divided by."""

    mean: F32
    """f32[D], of frames."""
    spread: F32
    duration: tuple[float, float]
    """Mean and standard deviation of the log of seconds."""


def library() -> Any:
    """PyTorch. PsiError in one line if it is not there."""
    try:
        import torch
    except ImportError as why:
        raise PsiError("training needs PyTorch; install it with pip install 'psi-ecs[train]'") from why
    return torch


def scaled(contexts: list[Context], seconds: list[F32], frames: list[F32]) -> tuple[list[Lesson], Scale]:
    """Lessons, and the scale that they were brought to."""
    flat = np.concatenate([f.reshape(-1, f.shape[-1]) for f in frames])
    inner = np.concatenate([np.log(np.maximum(s[1:-1], SHORTEST)) for s in seconds])
    scale = Scale(flat.mean(axis=0), flat.std(axis=0) + 1e-3, (float(inner.mean()), float(inner.std())))
    return [lesson(c, s, f, scale) for c, s, f in zip(contexts, seconds, frames, strict=True)], scale


def lesson(context: Context, seconds: F32, frames: F32, scale: Scale) -> Lesson:
    """One utterance, brought to a scale."""
    duration = (np.log(np.maximum(seconds, SHORTEST)) - scale.duration[0]) / scale.duration[1]
    duration[[0, -1]] = 0.0
    return Lesson(context, duration.astype(np.float32), ((frames - scale.mean) / scale.spread).astype(np.float32))


def network(torch: Any, width: int) -> Any:
    """The network of `systems.voice.learned.net`, to be taught; width is the number D of columns."""
    nn, leaky = torch.nn, torch.nn.functional.leaky_relu

    class Net(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.phone, self.stress = nn.Embedding(len(PHONES), 96), nn.Embedding(3, 8)
            self.enter = nn.Linear(96 + 8 + FEATURES, WIDE)
            self.conv = nn.ModuleList(nn.Conv1d(WIDE, WIDE, 5, padding=2) for _ in range(3))
            self.norm = nn.ModuleList(nn.LayerNorm(WIDE) for _ in range(3))
            self.gru = nn.GRU(WIDE, RECURRENT, batch_first=True, bidirectional=True)
            self.drop = nn.Dropout(DROP)
            self.duration = nn.Sequential(nn.Linear(2 * RECURRENT, 96), nn.ReLU(), nn.Linear(96, 2))
            self.frames = nn.ModuleDict({
                "enter": nn.Linear(2 * RECURRENT + 1, DEEP), "deep": nn.Linear(DEEP, DEEP),
                "leave": nn.Linear(DEEP, KNOTS * width),
            })  # fmt: skip

        def forward(self, phone: Any, stress: Any, features: Any, duration: Any) -> tuple[Any, Any]:
            x = torch.relu(self.enter(torch.cat((self.phone(phone), self.stress(stress), features), -1)))
            for conv, norm in zip(self.conv, self.norm, strict=True):
                x = norm(x + self.drop(torch.relu(conv(x.transpose(1, 2)).transpose(1, 2))))
            h = self.drop(self.gru(x)[0])
            y = leaky(self.frames["enter"](torch.cat((h, duration[..., None]), -1)), LEAK)
            y = y + leaky(self.frames["deep"](self.drop(y)), LEAK)
            return self.duration(h), self.frames["leave"](y).view(*h.shape[:2], KNOTS, width)

    return Net()


def batches(torch: Any, lessons: list[Lesson], rng: np.random.Generator | None) -> Iterator[list[Any]]:
    """Lessons of about the same length together, padded; shuffled if there is a generator."""
    order = np.arange(len(lessons)) if rng is None else rng.permutation(len(lessons))
    for at in range(0, len(order), 8 * BATCH):
        some = sorted(order[at : at + 8 * BATCH].tolist(), key=lambda i: len(lessons[i].duration))
        groups = [some[i : i + BATCH] for i in range(0, len(some), BATCH)]
        if rng is not None:
            rng.shuffle(groups)
        for group in groups:
            yield _padded(torch, [lessons[i] for i in group])


def _padded(torch: Any, group: list[Lesson]) -> list[Any]:
    """Phone, stress, features, duration, frames, weight."""
    size, count = max(len(x.duration) for x in group), len(group)
    phone, stress = np.zeros((2, count, size), np.int64)
    features, duration = np.zeros((count, size, FEATURES), np.float32), np.zeros((count, size), np.float32)
    frames, weight = np.zeros((count, size, *group[0].frames.shape[1:]), np.float32), np.zeros((count, size), np.float32)
    for i, x in enumerate(group):
        n = len(x.duration)
        phone[i, :n], stress[i, :n], features[i, :n] = x.context
        duration[i, :n], frames[i, :n], weight[i, :n] = x.duration, x.frames, 1.0
        weight[i, [0, n - 1]] = 0.3  # silence is easy, and long
    return [torch.from_numpy(a) for a in (phone, stress, features, duration, frames, weight)]


def _importance() -> F32:
    """Weight of each column in the square f32[D], 1 in the mean: what is heard most counts most (of our choice)."""
    weight = np.ones(framecode.COLUMNS, np.float32)
    weight[framecode.PITCH], weight[framecode.VOICE], weight[framecode.TURN] = 8.0, 4.0, 0.5
    first = framecode.ENVELOPE.start
    weight[first], weight[first + 1 : first + 24] = 8.0, 2.0
    return np.asarray(weight / weight.mean(), np.float32)


def losses(torch: Any, net: Any, batch: list[Any], importance: Any) -> tuple[Any, Any]:
    """Of durations, and the mean square of frames, columns by importance."""
    phone, stress, features, duration, frames, weight = batch
    said, seen = net(phone, stress, features, duration)
    inner, width = weight * (weight > 0.5), said[..., 1].clamp(-3.0, 2.0)
    lasting = ((0.5 * ((said[..., 0] - duration) * torch.exp(-width)) ** 2 + width) * inner).sum() / inner.sum()
    square = ((frames - seen) ** 2 * importance).mean((2, 3))
    return lasting, (square * weight).sum() / weight.sum()


def expected(net: Any, lessons: list[Lesson]) -> tuple[NDArray[np.int64], F32, F32]:
    """Of all knots but those of the pauses at the ends: the phone i64[N], what is expected f32[N, D], and what is real."""
    torch = library()
    phones, ours, theirs = list[NDArray[np.int64]](), list[F32](), list[F32]()
    with torch.no_grad():
        for i in range(0, len(lessons), BATCH):
            group = lessons[i : i + BATCH]
            seen = net(*_padded(torch, group)[:4])[1].numpy()
            for x, y in zip(group, seen, strict=True):
                inner = slice(1, len(x.duration) - 1)
                phones.append(np.repeat(x.context.phone[inner], KNOTS))
                ours.append(y[inner].reshape(-1, y.shape[-1]))
                theirs.append(x.frames[inner].reshape(-1, y.shape[-1]))
    return np.concatenate(phones), np.concatenate(ours), np.concatenate(theirs)


def teach(
    lessons: list[Lesson], kept: list[Lesson], epochs: int, seed: int, checkpoint: Path,
    tell: Callable[[int, list[float], Any], None],
) -> Any:  # fmt: skip
    """The network after so many epochs; goes on from `checkpoint` if that was left by a run of the same kind.

    `tell` is called after each epoch with its number, its losses (two of the lessons, two of those kept out) and the network.
    """
    torch = library()
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # sums in one order: the same seed gives the same voice
    net = network(torch, lessons[0].frames.shape[-1])
    importance = torch.from_numpy(_importance())
    best = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * -(-len(lessons) // BATCH) + epochs
    pace = torch.optim.lr_scheduler.OneCycleLR(best, RATE, total_steps=steps, pct_start=0.1)
    first = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, weights_only=True)
        if saved["key"] == [epochs, seed, len(lessons)]:
            net.load_state_dict(saved["net"])
            best.load_state_dict(saved["best"])
            pace.load_state_dict(saved["pace"])
            first = saved["epoch"] + 1
    for epoch in range(first, epochs):
        torch.manual_seed(seed * 1000 + epoch)
        net.train()
        mean = _epoch(torch, net, lessons, np.random.default_rng((seed, epoch)), best, pace, importance)
        net.eval()
        with torch.no_grad():
            held = [[float(x) for x in losses(torch, net, b, importance)] for b in batches(torch, kept, None)]
        state = {"key": [epochs, seed, len(lessons)], "epoch": epoch, "net": net.state_dict(), "best": best.state_dict(),
                 "pace": pace.state_dict()}  # fmt: skip
        torch.save(state, checkpoint.with_suffix(".part"))
        checkpoint.with_suffix(".part").replace(checkpoint)
        tell(epoch, mean + np.mean(held, axis=0).tolist() if held else mean, net)
    return net.eval()


def weights(net: Any) -> dict[str, NDArray[np.float16]]:
    """The weights of a network, by the names of their layers."""
    return {name: w.detach().numpy().astype(np.float16) for name, w in net.state_dict().items()}


def _epoch(
    torch: Any, net: Any, lessons: list[Lesson], rng: np.random.Generator, best: Any, pace: Any, importance: Any
) -> list[float]:
    """One pass over all lessons; mean losses."""
    total, count = np.zeros(2), 0
    for batch in batches(torch, lessons, rng):
        lasting, square = losses(torch, net, batch, importance)
        (0.1 * lasting + square).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        best.step()
        best.zero_grad()
        pace.step()
        total += [lasting.item(), square.item()]
        count += 1
    return [float(x) for x in total / count]
