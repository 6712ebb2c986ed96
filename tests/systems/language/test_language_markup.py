"""Inline tags, SSML and feelings."""

import pytest

from psi_ecs.components.text import Emotion, Word
from psi_ecs.systems.language import TextError, analyse, mixed, named


def words(text: str) -> list[Word]:
    return [w for s in analyse(text).sentences for w in s.words]


# ---- inline tags
def test_a_tag_colours_its_words_only() -> None:
    one, two, three = words("one [sad:0.5]two[/] three")
    assert one.emotion == three.emotion == Emotion()
    assert two.emotion.names == {"sadness": 0.45} and two.emotion.valence < 0


def test_tags_nest_and_prosody_multiplies() -> None:
    found = words("[slow]a [loud]b[/] c[/slow] d")
    assert [w.prosody.rate for w in found] == [0.8, 0.8, 0.8, 1.0]
    assert [w.prosody.volume for w in found] == [0.0, 6.0, 0.0, 0.0]


def test_pauses_and_sounds() -> None:
    sentence = analyse("Wait [pause 0.5] here [laugh] now").sentences[0]
    assert sentence.words[0].pause == 0.5
    assert [(m.name, m.word) for m in sentence.marks] == [("laugh", 2)]
    assert analyse("Wait. [pause 250ms] Now.").sentences[0].words[-1].pause == 0.25


def test_unknown_tags_are_dropped_with_a_note_and_plain_brackets_stay() -> None:
    said = analyse("[exited]Hello[/] [see note 3] [1]")
    assert [w.text for s in said.sentences for w in s.words] == ["Hello", "see", "note", "three", "one"]
    assert said.notes[0] == "unknown tag [exited] is dropped; did you mean [excited]?"


def test_offsets_index_the_text_without_markup() -> None:
    said = analyse("[joy]Oh[/] well")
    assert said.text == "Oh well"
    assert [said.text[w.start : w.end] for w in said.sentences[0].words] == ["Oh", "well"]


# ---- feelings
def test_named_feelings() -> None:
    assert named("JOY") == named("joy")
    assert named("joy", 0.5).valence == pytest.approx(named("joy").valence / 2)
    assert mixed({"joy": 0.5, "surprise": 0.3}).names == {"joy": 0.5, "surprise": 0.3}
    with pytest.raises(TextError, match="did you mean 'angry'"):
        named("angri")


@pytest.mark.parametrize(
    ("text", "name", "sign"),
    [
        ("I am so happy today, this is wonderful!", "joy", 1),
        ("My dog died and I miss him so much.", "sadness", -1),
        ("I hate this, it makes me furious!", "anger", -1),
        ("I am terrified, there is danger here.", "fear", -1),
        ("That is disgusting and nasty.", "disgust", -1),
        ("See you. 😢", "sadness", -1),
        ("ok :)", "joy", 1),
    ],
)
def test_feeling_is_read_from_the_text(text: str, name: str, sign: int) -> None:
    mood = words(text)[0].emotion
    assert max(mood.names, key=lambda k: mood.names[k]) == name
    assert mood.valence * sign > 0


def test_plain_facts_are_neutral_and_a_given_feeling_wins() -> None:
    assert words("The box is on the table.")[0].emotion == Emotion()
    assert words("I hate this!")[0].emotion != Emotion()
    calm = named("calm")
    assert {w.emotion.valence for s in analyse("I hate this!", calm).sentences for w in s.words} == {calm.valence}


# ---- SSML
def test_ssml_break_prosody_emphasis() -> None:
    found = words(
        '<speak>Hello <break time="500ms"/><prosody rate="slow" pitch="+2st" volume="-6dB">there</prosody> '
        '<prosody rate="120%"><emphasis level="strong">you</emphasis></prosody></speak>'
    )
    assert found[0].pause == 0.5 and found[0].break_after == 3
    assert (found[1].prosody.rate, found[1].prosody.pitch, found[1].prosody.volume) == (0.75, 2.0, -6.0)
    assert found[2].prosody.rate == pytest.approx(1.2) and found[2].accent == 2.0


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ('<sub alias="World Wide Web">WWW</sub>', "World Wide Web"),
        ('<say-as interpret-as="characters">AB1</say-as>', "A B one"),
        ('<say-as interpret-as="spell-out">cat</say-as>', "C A T"),
        ('<say-as interpret-as="digits">1984</say-as>', "one nine eight four"),
        ('<say-as interpret-as="cardinal">1984</say-as>', "one thousand nine hundred eighty four"),
        ('<say-as interpret-as="ordinal">3</say-as>', "third"),
        ('<say-as interpret-as="fraction">2+1/3</say-as>', "two and one third"),
        ('<say-as interpret-as="telephone">555-0199</say-as>', "five five five zero one nine nine"),
        ('<say-as interpret-as="date" format="dmy">4/3/2025</say-as>', "March fourth twenty twenty five"),
        ('<say-as interpret-as="currency">$3</say-as>', "three dollars"),
    ],
)
def test_ssml_reading(inner: str, said: str) -> None:
    assert " ".join(w.text for w in words(f"<speak>{inner}</speak>")) == said


def test_ssml_phonemes_and_roles() -> None:
    (tomato,) = words('<speak><phoneme alphabet="ipa" ph="təˈmɑːtoʊ">tomato</phoneme></speak>')
    assert (tomato.text, tomato.phones, tomato.stress) == ("tomato", ["T", "AH", "M", "AA", "T", "OW"], [0, 0, 0, 1, 0, 0])
    (hi,) = words('<speak><phoneme alphabet="x-arpabet" ph="HH AY1">hi</phoneme></speak>')
    assert hi.phones == ["HH", "AY"]
    assert words('<speak>I <w role="amazon:VBD">read</w> it.</speak>')[1].phones == ["R", "EH", "D"]
    assert words('<speak>I <w role="amazon:VB">read</w> it.</speak>')[1].phones == ["R", "IY", "D"]


def test_ssml_sentences_marks_and_styles() -> None:
    said = analyse(
        '<speak xmlns:mstts="x"><p><s>One</s><s>Two <mark name="here"/>three</s></p>'
        '<mstts:express-as style="cheerful" styledegree="1.2">Four</mstts:express-as><bookmark mark="end"/></speak>'
    )
    assert [[w.text for w in s.words] for s in said.sentences] == [["One"], ["Two", "three"], ["Four"]]
    assert [(m.name, m.word) for m in said.sentences[1].marks] == [("here", 1)]
    assert [(m.name, m.word) for m in said.sentences[2].marks] == [("end", 1)]
    assert said.sentences[2].words[0].emotion.names["joy"] == pytest.approx(0.96)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<speak>\n  <b>x</speak>", r"line 2, column \d+: mismatched tag"),
        ("<speak>a & b</speak>", r"line 1, column 11"),
        ('<speak><prosody rate="quickly">x</prosody></speak>', r"line 1, column 8: prosody rate 'quickly' is not understood"),
        ('<speak><break time="soon"/></speak>', "break 'soon' is not understood"),
        ("<speak><sub>x</sub></speak>", "needs an attribute alias"),
        ('<speak><phoneme ph="☂">x</phoneme></speak>', "has a sign that is not ipa"),
        ('<speak><mstts:express-as style="sad" styledegree="much">x</mstts:express-as></speak>', "styledegree 'much'"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><speak>&b;</speak>', "DTD or entities, which are refused"),
        (
            '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><speak>&b;</speak>',
            "DTD or entities, which are refused",
        ),
    ],
)
def test_bad_ssml_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(TextError, match=message) as caught:
        analyse(text)
    assert "\n" not in str(caught.value)


def test_unknown_ssml_tags_speak_their_text_and_leave_a_note() -> None:
    said = analyse("<speak><blink>hello</blink> <audio src='x'>fallback</audio></speak>")
    assert [w.text for s in said.sentences for w in s.words] == ["hello", "fallback"]
    assert said.notes == ["SSML tag <blink> is not supported; its text is spoken"]


def test_words_said_like_a_memory_and_lines_kept_under_a_name() -> None:
    said = analyse("[remember First Day] Hello. [like the greeting 0.7] It is late. [/] Good night.")
    assert [w.like for s in said.sentences for w in s.words] == ["", *["the greeting 0.7"] * 3, "", ""]
    assert [s.tags for s in said.sentences] == [("first day",), (), ()]
    assert said.text.split() == ["Hello.", "It", "is", "late.", "Good", "night."]
    ssml = analyse('<speak><remember as="Dawn"/>Hello <like memory="greeting" weight="0.5">there.</like></speak>')
    assert [w.like for s in ssml.sentences for w in s.words] == ["", "greeting 0.5"]
    assert ssml.sentences[0].tags == ("dawn",)
    with pytest.raises(TextError, match="needs an attribute memory"):
        analyse("<speak><like>there.</like></speak>")
