"""Other languages, by espeak-ng in a process of its own (optional extra `[espeak]`; espeak-ng is GPL-3, off by default)."""

import json
import subprocess
import sys
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from .error import TextError
from .ipa import from_ipa

REMEDY = "pip install 'psi-ecs[espeak]'"


@cache
def _child() -> "subprocess.Popen[str]":
    """The process, started on first use; it ends with its standard input."""
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("espeak_server.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@lru_cache(maxsize=20_000)
def pronounce(word: str, language: str) -> tuple[str, ...]:
    """Symbols of a word in another language, in the nearest English phones; () when espeak-ng says nothing.

    Raises TextError when the extra is not installed or the language is not known.
    """
    if find_spec("espeakng_loader") is None:
        raise TextError(f"text in {language!r} needs espeak-ng, which is not installed; {REMEDY}")
    child = _child()
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(json.dumps({"voice": language, "text": word}) + "\n")
    child.stdin.flush()
    line = child.stdout.readline()
    if not line:
        raise TextError(f"espeak-ng could not be started; {REMEDY}")
    answer = json.loads(line)
    if "error" in answer:
        raise TextError(answer["error"])
    return tuple(from_ipa(answer["ipa"]) or ())
