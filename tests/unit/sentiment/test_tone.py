"""How texts sound: both languages, negation, and a clear answer to whatever else is sent."""

import pytest

from services.sentiment.model.prior import Prior
from services.sentiment.model.tone import evidence, read

QUOTED = [
    "Thanks, great work!\n\nOn Mon, Jan 5, 2026 at 10:00 Bob <b@x.example> wrote:\n> terrible, I hate this\n> awful",
    "Thanks, great work!\n\n-----Original Message-----\nFrom: Bob\nThis is terrible, I hate it. Awful, disgusting.",
    "Thanks, great work!\n\nFrom: Bob\nSent: Monday\nTo: Ann\n\nThis is terrible, I hate it. Awful, disgusting.",
    "<p>Thanks, great work!</p><blockquote>This is terrible, I hate it. Awful, disgusting.</blockquote>",
    "Спасибо, отличная работа!\n\n-----Исходное сообщение-----\nОт: Иван\nУжасно, отвратительно, ненавижу.",
    "Спасибо, отличная работа!\n\n5 января 2026 г., 10:00, Иван <i@x.example> написал(а):\n> ужасно, отвратительно",
    "5 января 2026 г., 10:00, Иван <i@x.example> написал:\n> ужасно, отвратительно\n\nСпасибо, отличная работа!",
]
UNREAD = ["", "   \n ", "12345", "!?", "🚗", "Das ist ein wunderbarer Tag", "今日はとても良い日です",
          "Це дуже добре, дякую", "C'est une très mauvaise idée", "<p></p>", "https://example.com/great"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Great job, thank you!", "positive"),
        ("This is terrible, I am very disappointed.", "negative"),
        ("not good at all", "negative"),
        ("Спасибо огромное, всё отлично!", "positive"),
        ("Ужасный сервис, очень разочарован", "negative"),
        ("совсем не хорошо", "negative"),
        ("😀", "positive"),
        ("👎", "negative"),
        (":)", "positive"),
        ("<p>Thank you <b>so</b> much, this is great!</p>", "positive"),
    ],
)
def test_a_text_sounds_as_it_is_meant(shipped: Prior, text: str, label: str) -> None:
    assert read(shipped, [text])[0].label == label


@pytest.mark.parametrize("text", UNREAD)
def test_what_cannot_be_read_is_none_and_never_neutral(shipped: Prior, text: str) -> None:
    tone = read(shipped, [text])[0]
    assert (tone.label, tone.language, tone.polarity, tone.confidence) == ("none", None, 0.0, 0.0)


@pytest.mark.parametrize("text", QUOTED)
def test_what_others_wrote_is_left_out(shipped: Prior, text: str) -> None:
    assert read(shipped, [text])[0].label == "positive"


def test_a_negation_turns_a_word(shipped: Prior) -> None:
    plain, negated = read(shipped, ["The meeting was good.", "The meeting was not good."])
    assert plain.polarity > 0 > negated.polarity
    plain, negated = read(shipped, ["Встреча прошла хорошо.", "Встреча прошла не хорошо."])
    assert plain.polarity > negated.polarity


def test_mixed_languages_are_read_each_in_its_own(shipped: Prior) -> None:
    text = "I love this product. Мне совсем не нравится, ужасно."
    tone = read(shipped, [text])[0]
    one, other = read(shipped, ["I love this product.", "Мне совсем не нравится, ужасно."])
    assert one.polarity > 0 > other.polarity
    assert other.polarity < tone.polarity < one.polarity


def test_sentences_in_another_language_count_as_no_text(shipped: Prior) -> None:
    alone = read(shipped, ["The meeting was great."])[0]
    with_german = read(shipped, ["The meeting was great. Das Essen war schlecht und teuer."])[0]
    assert with_german.polarity == pytest.approx(alone.polarity)


def test_a_hundred_thousand_characters_are_read(shipped: Prior) -> None:
    endless, sentences = read(shipped, ["great " * 16_666, "This is great. " * 6_666])
    assert endless.label == sentences.label == "positive"


def test_no_confidence_is_ever_certain(shipped: Prior) -> None:
    assert all(0 < tone.confidence < 1 for tone in read(shipped, ["I love love love it!!! Best ever!!!", "ужас"]))


def test_a_text_sounds_the_same_alone_and_among_others(shipped: Prior) -> None:
    texts = ["Great job!", "Ужасно.", "Re: Meeting tomorrow", "😀", ""]
    assert read(shipped, texts) == [read(shipped, [text])[0] for text in texts]


def test_the_evidence_is_the_sentence_that_pushed(shipped: Prior) -> None:
    text = "The report is attached. I am deeply disappointed by this awful delay. We meet on Monday."
    found = evidence(shipped, text, read(shipped, [text])[0])
    assert found[0].text == "I am deeply disappointed by this awful delay."


def test_the_plain_rule_reads_too(shipped: Prior) -> None:
    english, russian = read(shipped, ["I love it", "Ужасный сервис"], plain=True)
    assert english.polarity > 0 > russian.polarity
