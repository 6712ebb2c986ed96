"""A scorer outside the project, run as a process of its own, and what it found for other systems.

A scorer is a folder with score.py, which takes `--wav-dir D --texts T --json OUT --threads N --skip a,b` and writes a JSON with
a "summary" (wer, distill_mos, nisqa_tts); beside it, as far as there are any, texts.tsv, and peers/NAME.json of the same kind
with peers/NAME.time.json (rtf_cpu). Files human*.json are recordings of people; copy-*.json, copies of such, are left out.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from msgspec import Struct

from psi_ecs import PsiError

SKIP = "dnsmos,nisqa"
"""What a scorer may leave out: it is not shown."""
TRANSCRIPTS = "dnsmos,nisqa,nisqa_tts,distill"
"""The same where only words matter."""


class Row(Struct):
    """What a scorer found; None for what it did not measure."""

    name: str
    wer: float | None = None
    """Share of words misheard."""
    distill: float | None = None
    """Distill-MOS, 1 to 5."""
    nisqa: float | None = None
    """NISQA-TTS, 1 to 5."""
    cpu: float | None = None
    """CPU time over real time."""


class Scorer:
    """A scorer's folder and the Python that runs it."""

    def __init__(self, folder: Path, python: str | None) -> None:
        """PsiError in one line that names what is missing. `python` falls back to the variable PSI_SCORER_PYTHON."""
        self.folder, self.script = folder, folder / "score.py"
        if not self.script.is_file():
            raise PsiError(f"{folder}: holds no score.py; give the folder of a scorer")
        self.python = python or os.environ.get("PSI_SCORER_PYTHON", "")
        if not self.python:
            raise PsiError("no Python for the scorer; give --scorer-python, or set PSI_SCORER_PYTHON")
        if not Path(self.python).is_file():
            raise PsiError(f"{self.python}: no such file; give the Python of the scorer's environment")

    @property
    def texts(self) -> Path | None:
        """The texts that its peers have said, if they are there."""
        path = self.folder / "texts.tsv"
        return path if path.is_file() else None

    def score(self, name: str, wavs: Path, texts: Path, skip: str = SKIP) -> Row:
        """Let it score the files of a folder, wavs/ID.wav for each line of texts. PsiError in one line if it fails."""
        with tempfile.TemporaryDirectory() as temporary:
            out = Path(temporary) / "score.json"
            given = {"--wav-dir": wavs, "--texts": texts, "--json": out, "--threads": 1, "--skip": skip}
            command = [self.python, str(self.script), *(str(word) for pair in given.items() for word in pair)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode or not out.is_file():
                last = (done.stderr.strip().splitlines() or ["it wrote no figures"])[-1]
                raise PsiError(f"{self.script}: failed ({last[:200]}); run it by hand to see why")
            return row(name, _summary(out))

    def peers(self) -> list[Row]:
        """What is known of others: people first, then by words misheard."""
        found = []
        for path in sorted((self.folder / "peers").glob("*.json")):
            if path.name.endswith(".time.json") or path.name.startswith("copy-"):
                continue
            time = path.with_name(path.stem + ".time.json")
            found.append(row(path.stem, _summary(path), _summary(time) if time.is_file() else {}))
        return sorted(found, key=lambda r: (not r.name.startswith("human"), 1.0 if r.wer is None else r.wer, r.name))


def row(name: str, summary: dict[str, Any], time: dict[str, Any] | None = None) -> Row:
    """Figures from a scorer's summary."""
    known = {key: float(value) for key, value in (summary | (time or {})).items() if isinstance(value, int | float)}
    return Row(name, known.get("wer"), known.get("distill_mos"), known.get("nisqa_tts"), known.get("rtf_cpu"))


def _summary(path: Path) -> dict[str, Any]:
    """The summary of a scorer's file. PsiError in one line if it has none."""
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))["summary"]
    except (OSError, ValueError, LookupError, TypeError) as why:
        raise PsiError(f"{path}: is no file of a scorer ({type(why).__name__}); it needs a JSON table with a summary") from why
    if not isinstance(summary, dict):
        raise PsiError(f"{path}: its summary is no table; it needs one with wer, distill_mos and nisqa_tts")
    return summary


def table(rows: list[Row]) -> list[str]:
    """Lines for people."""
    lines = [f"{'':32}{'words misheard':>16}{'Distill-MOS':>13}{'NISQA-TTS':>11}{'CPU / real time':>17}"]
    for r in rows:
        wer = "-" if r.wer is None else f"{100.0 * r.wer:.1f} %"
        cells = ((r.distill, 13, 2), (r.nisqa, 11, 2), (r.cpu, 17, 4))
        rest = "".join(f"{'-':>{w}}" if value is None else f"{value:{w}.{digits}f}" for value, w, digits in cells)
        lines.append(f"{r.name[:31]:32}{wer:>16}{rest}")
    return lines
