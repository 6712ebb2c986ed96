"""The espeak-ng process: JSON lines {"voice", "text"} in, {"ipa"} or {"error"} out. Run by path, it imports nothing of ours."""

import ctypes
import json
import sys

_IPA = 0x02
"""espeak_TextToPhonemes mode: IPA as UTF-8."""


def _without_markers(ipa: str) -> str:
    """Take out the notes on switched languages that espeak-ng writes for foreign letters: "(en)...(ru)"."""
    while (start := ipa.find("(")) >= 0 and (end := ipa.find(")", start)) >= 0:
        ipa = ipa[:start] + ipa[end + 1 :]
    return ipa


def serve() -> None:
    """Answer requests until the input ends."""
    import espeakng_loader  # GPL-3; only this process loads it

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize(2, 200, espeakng_loader.get_data_path().encode(), 1)
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    for line in sys.stdin:
        request = json.loads(line)
        if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:  # else it keeps the old voice without a word
            answer = {"error": f"espeak-ng has no language {request['voice']!r}; use a code such as de, fr, es, it, pl"}
        else:
            text = ctypes.c_char_p(request["text"].encode())
            said: list[str] = []
            while text.value:
                said.append(library.espeak_TextToPhonemes(ctypes.byref(text), 1, _IPA).decode())
            answer = {"ipa": _without_markers(" ".join(said))}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
