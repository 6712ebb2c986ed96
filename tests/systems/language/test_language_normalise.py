"""What is said for what is written."""

import pytest

from psi_ecs.systems.language import analyse

CASES = {
    "money": [
        ("$3.50", "three dollars and fifty cents"),
        ("£20", "twenty pounds"),
        ("€1,234.56", "one thousand two hundred thirty four euros and fifty six cents"),
        ("$0.99 or $1", "ninety nine cents or one dollar"),
        ("$5M", "five million dollars"),
        ("$1.2 billion", "one point two billion dollars"),
        ("5€", "five euros"),
        ("20 USD", "twenty dollars"),
        ("¥500", "five hundred yen"),
        ("$20-$30", "twenty dollars to thirty dollars"),
    ],
    "numbers": [
        ("2,345", "two thousand three hundred forty five"),
        ("2,345,678", "two million three hundred forty five thousand six hundred seventy eight"),
        ("0.5", "zero point five"),
        ("007", "zero zero seven"),
        ("3rd", "third"),
        ("21st", "twenty first"),
        ("No. 7", "number seven"),
        ("#1", "number one"),
        ("±3", "plus or minus three"),
        ("-5", "minus five"),
        ("10-12", "ten to twelve"),
        ("pages 10–12", "pages ten to twelve"),
        ("Highway 101", "Highway one oh one"),
        ("Call 911.", "Call nine one one"),
        ("16:9", "sixteen to nine"),
    ],
    "fractions": [
        ("1/2", "one half"),
        ("3 1/4", "three and a quarter"),
        ("2/3", "two thirds"),
        ("½ cup", "one half cup"),
        ("2½ cups", "two and a half cups"),
        ("24/7", "twenty four seven"),
    ],
    "years and dates": [
        ("1984", "nineteen eighty four"),
        ("in 1905", "in nineteen oh five"),
        ("in 1066", "in ten sixty six"),
        ("2007", "two thousand seven"),
        ("1990s", "nineteen nineties"),
        ("'90s", "nineties"),
        ("1990-1995", "nineteen ninety to nineteen ninety five"),
        ("3/14/2025", "March fourteenth twenty twenty five"),
        ("2025-03-14", "March fourteenth twenty twenty five"),
        ("March 3rd, 2024", "March third twenty twenty four"),
        ("Jan 5", "January fifth"),
        ("on 5 Jan 2020", "on the fifth of January twenty twenty"),
        ("the 3rd of May", "the third of May"),
    ],
    "times": [
        ("5:30 pm", "five thirty PM"),
        ("17:45", "seventeen forty five"),
        ("9:30", "nine thirty"),
        ("10:05", "ten oh five"),
        ("12:00", "twelve o'clock"),
        ("10am", "ten AM"),
        ("at 5 p.m.", "at five PM"),
    ],
    "telephones and addresses": [
        ("555-1234", "five five five one two three four"),
        ("(555) 123-4567", "five five five one two three four five six seven"),
        ("bob@mail.com", "bob at mail dot com"),
        ("https://example.com/page", "example dot com slash page"),
        ("192.168.0.1", "one nine two dot one six eight dot zero dot one"),
        ("v2.1.3", "v two point one point three"),
        ("file.py", "file dot py"),
    ],
    "units": [
        ("50%", "fifty percent"),
        ("-5°C", "minus five degrees Celsius"),
        ("3.14 km/h", "three point one four kilometers per hour"),
        ("5kg", "five kilograms"),
        ("1 km", "one kilometer"),
        ("100ft", "one hundred feet"),
        ("6'2\"", "six foot two"),
        ("1,000 m²", "one thousand square meters"),
        ("50 MB/s", "fifty megabytes per second"),
        ("3.5x faster", "three point five times faster"),
        ("5 W/m²", "five watts per square meter"),
        ("3 kcal/h", "three kilocalories per hour"),
        ("7 mg/L", "seven milligrams per liter"),
        ("5 in the morning", "five in the morning"),
    ],
    "abbreviations": [
        ("Dr. Smith lives on Elm St. in St. Louis.", "Doctor Smith lives on Elm Street in Saint Louis"),
        ("Mr. and Mrs. O'Brien", "Mister and Missus O'Brien"),
        ("e.g. this, i.e. that, etc.", "for example this that is that et cetera"),
        ("He is in the U.S. now.", "He is in the U.S. now"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("Smith & Jones Ltd.", "Smith and Jones Limited"),
    ],
    "names": [
        ("Henry VIII", "Henry the eighth"),
        ("Louis XVI's chair", "Louis the sixteenth's chair"),
        ("y >= 3", "y greater than or equal to three"),
        ("221B Baker St.", "two twenty one B Baker Street"),
        ("World War II", "World War two"),
        ("chapter IV", "chapter four"),
        ("MP3 and H2O", "MP three and H two O"),
        ("COVID-19", "COVID nineteen"),
        ("#MachineLearning", "hashtag Machine Learning"),
        ("@openai", "at openai"),
        ("C++ and C#", "C plus plus and C sharp"),
        ("4x4", "four by four"),
        ("2 * 3 < 7", "two times three less than seven"),
        ("x = 3", "x equals three"),
        ("he/she", "he slash she"),
        ("well-known", "well known"),
        ("ψ", "psi"),
    ],
    "nothing to say": [
        ("Good 😀 job :)", "Good job"),
        ("co\u00adoperate", "co\u00adoperate"),
        ("١٢", "twelve"),
        ("ＡＢＣ", "ABC"),
    ],
}


def said(text: str) -> str:
    return " ".join(w.text for s in analyse(text).sentences for w in s.words)


@pytest.mark.parametrize(("written", "expected"), [case for cases in CASES.values() for case in cases])
def test_is_read_as(written: str, expected: str) -> None:
    assert said(written) == expected


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("FBI", "EH F B IY AY"),
        ("NASA", "N AE S AH"),
        ("U.S.", "Y UW EH S"),
        ("CDs", "S IY D IY Z"),
        ("HTML", "EY CH T IY EH M EH L"),
        ("NATO", "N EY T OW"),
    ],
)
def test_acronyms_are_spelled_or_read(word: str, phones: str) -> None:
    assert analyse(f"The {word} came.").sentences[0].words[1].phones == phones.split()


def test_capitals_for_emphasis_stay_words() -> None:
    words = analyse("I DID NOT do it!").sentences[0].words
    assert [w.phones for w in words[1:3]] == [["D", "IH", "D"], ["N", "AA", "T"]]
    assert words[1].accent > 1.0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith met J. R. Jones. They spoke.", 2),
        ("It is 3.5 miles. Go!", 2),
        ("He lives in the U.S. now.", 1),
        ("The U.S. GDP grew. It did.", 2),
        ("He left the U.S. She stayed.", 2),
        ("Come at 5 p.m. EST.", 1),
        ("Really?! Yes.", 2),
        ("Wait... what?", 1),
        ('"Stop." She said so.', 2),
        ("First part\n\nSecond part", 2),
        ("At 5 p.m. we left.", 1),
        ("See Fig. 3 and No. 4.", 1),
    ],
)
def test_sentences_end_where_they_should(text: str, count: int) -> None:
    assert len(analyse(text).sentences) == count


def test_offsets_point_at_the_source() -> None:
    text = "It costs $3.50, on 3/14/2025 — not £20 or 'well-known' ☕ rock 'n' roll."
    for word in analyse(text).sentences[0].words:
        source = text[word.start : word.end]
        assert source
        if word.text.lower() == source.lower():
            continue
        assert source in ("$3.50", "3/14/2025", "£20")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("221 St. James St., please", "two hundred twenty one Saint James Street please"),
        ("on 5th St. and Elm St. today", "on fifth Street and Elm Street today"),
        ("½ tsp of salt", "one half teaspoon of salt"),
        ("2¾ cups", "two and three quarters cups"),
        ("I ❤️ it", "I love it"),
        ("it ❤️", "it"),
    ],
)
def test_saint_fractions_and_hearts(text: str, said: str) -> None:
    assert " ".join(w.text for s in analyse(text).sentences for w in s.words) == said


def test_words_keep_their_punctuation_for_captions() -> None:
    words = [w for s in analyse('"Wait, what?" she said. (Yes!)').sentences for w in s.words]
    assert [w.text + w.mark for w in words] == ["Wait,", "what?", "she", "said.", "Yes!"]
