"""Other languages through the optional extra."""

from importlib.util import find_spec

import pytest

from psi_ecs.components.phone import PHONE
from psi_ecs.systems.language import TextError, analyse, espeak
from psi_ecs.systems.language.ipa import from_arpabet, from_ipa


def test_without_the_extra_one_line_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "find_spec", lambda name: None)
    espeak.pronounce.cache_clear()
    with pytest.raises(TextError, match=r"needs espeak-ng, which is not installed; pip install 'psi-ecs\[espeak\]'"):
        analyse("Bonjour", language="fr")


def test_with_the_extra_other_scripts_are_spoken() -> None:
    if find_spec("espeakng_loader") is None:
        pytest.skip("the extra [espeak] is not installed")
    espeak.pronounce.cache_clear()
    words = analyse("<speak xml:lang='ru'>Привет, мир.</speak>").sentences[0].words
    assert [w.text for w in words] == ["Привет", "мир"] and words[0].break_after == 3
    assert all(p in PHONE for w in words for p in w.phones)
    with pytest.raises(TextError, match="has no language 'xx'"):
        analyse("hi", language="xx")


def test_ipa_and_arpabet() -> None:
    assert from_ipa("həˈloʊ") == ["HH", "AH0", "L", "OW1"]
    assert from_ipa("/ˈtʃɜːtʃ/") == ["CH", "ER1", "CH"]
    assert from_ipa("☂") is None
    assert from_arpabet("HH AH L OW1") == ["HH", "AH0", "L", "OW1"]
    assert from_arpabet("QQ") is None
