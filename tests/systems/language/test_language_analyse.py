"""Whatever is written, an Utterance or one clear error comes out."""

import subprocess
import sys
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from psi_ecs import PsiError
from psi_ecs.components.phone import PHONE
from psi_ecs.components.text import Utterance
from psi_ecs.systems.language import analyse

KINDS = {"statement", "wh-question", "yes-no-question", "exclamation", "continuation"}
PARTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["Hello there.", "$3.5", "1/0", "[sad]", "[/]", "[pause 9]", "<speak>", "</speak>", "😀", "\x00", "Dr.", "U.S.", "...",
         "—", "http://", "a@b", "#", "3:99", "99/99/9999", "ſ", "İ", "ﬁ", "²", "½", "Ⅷ", "１２", "\u202e", "\ud800", "'", "’s",
         "--", "\n\n"]
    ),
)  # fmt: skip


def check(said: Utterance) -> None:
    last = 0
    for sentence in said.sentences:
        assert sentence.words and sentence.kind in KINDS
        assert sentence.words[-1].break_after == 4
        for word in sentence.words:
            assert 0 <= word.start < word.end <= len(said.text)
            assert last <= word.start or word.start >= sentence.words[0].start
            assert word.phones and len(word.phones) == len(word.stress) == len(word.syllable)
            assert all(p in PHONE and p != "SIL" for p in word.phones)
            assert set(word.stress) <= {0, 1, 2} and 0.0 <= word.accent <= 2.0
            steps = [b - a for a, b in zip(word.syllable, word.syllable[1:], strict=False)]
            assert word.syllable[0] == 0 and set(steps) <= {0, 1}
        assert all(0 <= m.word <= len(sentence.words) for m in sentence.marks)
        last = sentence.words[-1].end


@settings(max_examples=300)
@given(st.lists(PARTS, max_size=12).map("".join))
@example("")
@example("\ud800\udfff")
@example("[" * 50)
@example("<speak>" + "<s>" * 20)
def test_any_text(text: str) -> None:
    try:
        said = analyse(text)
    except PsiError as error:
        assert "\n" not in str(error)
        assert text.lstrip("\ufeff \t\r\n").startswith("<")
    else:
        check(said)


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_long_random_text(seed: int) -> None:
    random = Random(seed)
    kinds = (range(32, 127), range(0x250), range(0x3000), range(0x110000), [32, 46, 91, 93, 60, 62, 47])
    check(analyse("x" + "".join(chr(random.choice(random.choice(kinds))) for _ in range(10_000))))


def test_a_hundred_thousand_characters() -> None:
    said = analyse("Words come and go without an end " * 3_000)
    check(said)
    assert sum(len(s.words) for s in said.sentences) == 21_000
    assert max(len(s.words) for s in said.sentences) < 200


def test_same_text_same_phones_in_another_process() -> None:
    text = "Zorblat's 3rd flumphing vexed $4.20 Quixotes; read, then reread!"
    code = f"import msgspec;from psi_ecs.systems.language import analyse;print(msgspec.json.encode(analyse({text!r})).hex())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1 and len(runs.pop()) > 1000


def test_other_scripts_are_dropped_with_a_note() -> None:
    said = analyse("Hello мир 你好\x07!")
    assert [w.text for w in said.sentences[0].words] == ["Hello"]
    assert any("Cyrillic" in n for n in said.notes) and any("U+0007" in n for n in said.notes)
    assert analyse("你好").sentences == [] and analyse("").sentences == [] and analyse("😀 :)").sentences == []


def test_nothing_heavy_is_imported_before_first_use() -> None:
    code = "import sys, psi_ecs.systems.language; print({'wetext', 'vaderSentiment', 'defusedxml'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
