"""What a group is about: what sets it apart, in words people use, and never anybody's name."""

from uuid import UUID

import numpy as np

from services.embeddings.domain.clusters import Sampled
from services.embeddings.features.topics import top_topics


def person(
    first: str = "", last: str = "", *, title: str | None = None, organization: str | None = None, tags: str = ""
) -> Sampled:
    vector = np.zeros(2, np.float32)
    return Sampled(UUID(int=1), vector, first, last, title, organization, [tag for tag in tags.split(";") if tag], None)


def topics(*groups: list[Sampled]) -> list[list[str]]:
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return top_topics([one for group in groups for one in group], labels, len(groups))


def test_what_all_groups_say_is_told_less_than_what_one_says() -> None:
    found = topics(
        [person(tags="friend;sailing")] * 3 + [person(tags="friend")],
        [person(tags="friend;poetry")] * 3 + [person(tags="friend")],
    )
    assert found == [["sailing", "friend"], ["poetry", "friend"]]


def test_titles_give_words_and_pairs_and_one_of_two_that_say_the_same() -> None:
    [found, _other] = topics(
        [person(title="Senior Software Engineer")] * 2 + [person(title="Software Engineer")],
        [person(title="Judge")] * 3,
    )
    assert found[0] == "Software Engineer"
    assert "Engineer" not in found
    assert "Software" not in found


def test_stop_words_and_kinds_of_firms_are_no_topics() -> None:
    [found, russian] = topics(
        [person(title="Head of the Board", organization="Acme Inc.")] * 3,
        [person(title="директор по продажам", organization="ООО Ромашка")] * 3,  # noqa: RUF001 Russian
    )
    words = {word.lower() for topic in found + russian for word in topic.split()}
    assert "acme" in words
    assert {"директор", "продажам"} <= words
    assert not words & {"of", "the", "по"}
    assert [topic for topic in found + russian if topic in {"Inc", "ООО"}] == []  # noqa: RUF001 Russian


def test_a_persons_name_is_no_topic_his_own_firm_neither() -> None:
    [found, _other] = topics(
        [person("Olga", "Petrova", organization="Petrova Consulting", tags="audit")] * 3
        + [person("Ivan", "Orlov", tags="Olga's team;met Olga;audit")] * 3,
        [person(tags="poetry")] * 3,
    )
    assert found == ["audit"]


def test_a_word_that_happens_to_be_a_name_is_a_topic_where_many_use_it() -> None:
    [found, _other] = topics(
        [person("Ann", "Baker", title="Manager")] + [person(title="Baker")] * 12, [person(tags="poetry")] * 3
    )
    assert found[0] == "Baker"


def test_what_one_person_alone_says_is_no_topic() -> None:
    assert topics([person(tags="diving"), person(tags="sailing"), person(tags="sailing")], [person()]) == [
        ["sailing"],
        [],
    ]


def test_a_topic_is_written_as_most_people_write_it_and_there_are_five_at_most() -> None:
    [found, _other] = topics([person(tags="CTO;a1;b1;c1;d1;e1;f1")] * 3 + [person(tags="cto")], [person(tags="x")] * 2)
    assert found[0] == "CTO"
    assert len(found) == 5


def test_nobody_says_anything() -> None:
    assert topics([person()], [person(tags="  ;!!!", title="", organization=" ")]) == [[], []]
