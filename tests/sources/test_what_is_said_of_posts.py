"""What is told of a post that cannot be used: the place, the reason, and what to do."""

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.events import parse_event
from crosspost.sources.front_matter import MAX_BYTES as LARGEST_FILE
from crosspost.sources.front_matter import MAX_LINES, MAX_TEXT, bounded, read_bytes
from crosspost.sources.front_matter_edit import REMOVE, edited, propose
from crosspost.sources.hugo import hugo_front_matter
from crosspost.sources.mapping import Mistake, Mistakes
from crosspost.sources.overrides import misspelt
from crosspost.sources.polls import parse_poll
from crosspost.sources.strict_yaml import YamlError, line_of, load_mapping
from tests.sources.jekyll_site import Site

WORD = "should be a text; put it in quotation marks"
LIST = "should be words or a list, such as [garden, climate]"
ANSWER = "should be the address of a post (https://…), or a list of them"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("slug: 5", f"slug: {WORD}"),
        ("permalink: 5", f"permalink: {WORD}"),
        ("category: {a: b}", f"category: {WORD}"),
        ("categories: 5", f"categories: {LIST}"),
        ("tags: {a: b}", f"tags: {LIST}"),
        ("permalink: '/:nonsense/'", ""),
        ("date: soon", 'date: "soon" is not a date such as 2024-03-05 or 2024-03-05 10:00:00 +0100'),
        ("Crosspost: {skip: true}", "nothing reads the key “Crosspost”; did you mean `crosspost`?"),
        (
            "crosspost: {poll: {options: [a]}}",
            "crosspost: poll: options: should be a list of at least two",
        ),
        ("? [a]\n: b", "a name before a colon should be a word"),
    ],
)
def test_a_word_of_jekylls_that_means_nothing_is_told_with_its_line(site: Site, line: str, reason: str) -> None:
    found = site.entry(f"title: A\n{line}")
    assert (found.state, found.reason.startswith(f"{found.path}:3: {reason}")) == ("refused", True), found.reason


def test_every_mistake_of_a_post_is_told_at_once(site: Site) -> None:
    found = site.entry("date: soon\ntags: {a: b}\nslug: 5\nin-reply-to: x\ncrosspost: {skip: x, text: [y]}")
    words = ("date:", "tags:", "slug:", "in-reply-to:", "skip:", "text:")
    lines = [found.reason.index(word) for word in words]
    assert lines == sorted(lines), found.reason
    assert found.reason.startswith(f"{found.path}:2: date: ")


@pytest.mark.parametrize("key", ["in-reply-to", "in_reply_to"])
@pytest.mark.parametrize("value", ["somewhere", "5", "[https://e.org/1, x]", "{a: b}", "ftp://e.org/1"])
def test_what_is_no_address_is_no_post_to_answer(site: Site, key: str, value: str) -> None:
    with pytest.raises(PostRefused, match=rf":2: {key}: {ANSWER[:20]}") as caught:
        site.load(f"{key}: {value}")
    assert str(caught.value).endswith(ANSWER)
    assert site.load(f"{key}: [' https://e.org/1 ', 'nostr:note1x']").answers == ("https://e.org/1", "nostr:note1x")


@pytest.mark.parametrize(
    ("tags", "found"),
    [("[a, [b, [c]], 5, true, false, null]", ("a", "b", "c", "5", "true", "false")), ("5", ("5",)), ("false", ())],
)
def test_lists_in_lists_are_one_list(site: Site, tags: str, found: tuple[str, ...]) -> None:
    assert site.entry(f"tags: {tags}").tags == found
    assert site.entry(f"tag: {tags}").tags == found
    assert site.entry(f"tag: false\ntags: {tags}").tags == found


def test_a_key_that_only_looks_like_crossposts_is_another(site: Site) -> None:
    for name in ("Xrosspost", "rosspost", "costs", "CSS"):
        assert misspelt({name: {"skip": True}}) == "", name
    for name in ("Crosspost", "cross-post", "crospost", "CROSSPOST"):
        assert misspelt({name: {"skip": True}}) == misspelt({name: False}) == name
        assert misspelt({name: True}) == misspelt({name: {"a": "b"}}) == misspelt({name: [1]}) == ""
        assert misspelt({name: {"mastodon": {}}}) == name, "a mapping below it may be an account"
        assert misspelt({"crosspost": {}, name: {"skip": True}}) == ""


@pytest.mark.parametrize(
    ("poll", "said"),
    [
        ({"option": ["a", "b"], "question": " "}, ["does not know “option”; did you mean `options`?",
                                                   "question: should be a text"]),
        ({"options": ["a"], "xyz": 1}, ["does not know “xyz”; known: options, question, duration, multiple",
                                        "options: should be a list of at least two answers"]),
        ({"options": ["a", "b"], "question": 5}, ["question: should be a text"]),
        ({"options": ["a", "b"], "question": " Tee? "}, []),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_with_a_poll_is_told_at_once(poll: dict[str, Any], said: list[str]) -> None:
    wrong = Mistakes()
    found = parse_poll(poll, wrong)
    assert [mistake.said for mistake in wrong] == said
    assert getattr(found, "question", None) == ("" if said else "Tee?")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"timezone": ""}, "timezone: should be the name of a time zone, such as Europe/Berlin"),
        ({"timezone": 5}, "timezone: should be the name of a time zone, such as Europe/Berlin"),
        ({"place": "x" * 256}, "place: should be one line of at most 255 characters"),
        ({"place": {"region": "x" * 256}}, "place: region: should be one line of at most 255 characters"),
        ({"place": "a\x07b"}, "place: should be one line of at most 255 characters"),
        ({"seats": 1_000_001}, "seats: should be a number of people, from 1"),
        ({"seats": True}, "seats: should be a number of people, from 1"),
        ({"register": f"https://{'x' * 2001}"}, "register: should be the address of a page (https://…)"),
        ({"place": {"name": " a  b ", "region": "x" * 255, "country": "DE", "city": None}, "seats": 1_000_000,
          "register": f" https://{'x' * 2000} "}, ""),
    ],
)  # fmt: skip
def test_the_bounds_of_an_event(event: dict[str, Any], said: str) -> None:
    wrong = Mistakes()
    found = parse_event({"start": "2027-05-02 14:00"} | event, UTC, wrong)
    assert [mistake.said for mistake in wrong] == ([said] if said else [])
    assert (found is None) is bool(said)
    if found is not None:
        assert (found.place.name, found.place.region, found.place.country) == ("a b", "x" * 255, "DE")
        assert (found.seats, found.register) == (1_000_000, f"https://{'x' * 2000}")


# ── how large ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", ["yaml", "toml"])
def test_front_matter_of_256_kilobytes_is_read_and_no_more(ending: str) -> None:
    def text(length: int) -> str:
        begin, end = ("a: ", "\n") if ending == "yaml" else ('a = "', '"\n')
        return f"{begin}{'x' * (length - len(begin) - len(end))}{end}"

    fence = "---" if ending == "yaml" else "+++"
    for length in (256 * 1024, 256 * 1024 + 1):
        raw = f"{fence}\n{text(length)}{fence}\n".encode()
        if length == 256 * 1024:
            assert len(hugo_front_matter.parse(raw, "a.md").data["a"]) > 250_000
            continue
        with pytest.raises(PostRefused, match="the front matter is longer than 256 kB"):
            hugo_front_matter.parse(raw, "a.md")


def test_how_many_brackets_and_levels_a_text_may_have() -> None:
    assert load_mapping(f"a: [{'[],' * 999}]", "text")
    with pytest.raises(YamlError, match=r"^the text has too many brackets or levels$"):
        load_mapping(f"a: [{'[],' * 1000}]", "text")
    with pytest.raises(YamlError, match=r"^the text has too many brackets or levels$"):
        load_mapping(f"a:\n  {'- ' * 32}b", "text")
    assert load_mapping(f"a:\n  {'- ' * 31}b", "text")


def test_how_long_a_post_and_its_file_may_be(tmp_path: Path) -> None:
    assert (LARGEST_FILE, MAX_TEXT, MAX_LINES) == (5 * 1024 * 1024, 500_000, 50_000)
    for text in ("x" * MAX_TEXT, "\n" * MAX_LINES):
        assert bounded(text, "a.md") == text
    for text, long in (
        ("x" * (MAX_TEXT + 1), "500,001 characters and 0"),
        ("\n" * (MAX_LINES + 1), "50,001 characters and 50,001"),
    ):
        with pytest.raises(PostRefused, match=rf"a\.md: the text has {long} lines; a post may have 500,000 and 50,000"):
            bounded(text, "a.md")
    file = tmp_path / "a.md"
    with file.open("wb") as out:
        out.truncate(LARGEST_FILE)
    assert len(read_bytes(str(file))) == LARGEST_FILE
    with file.open("ab") as out:
        out.write(b"x")
    with pytest.raises(PostRefused, match=r"a\.md: the file is larger than 5 MB, too large for a post"):
        read_bytes(str(file))


# ── YAML ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_mapping_takes_over_from_another_does_not_replace_its_own() -> None:
    text = "base: &b {x: 1, 2: zwei}\nown:\n  <<: *b\n  x: 5\n  y: 6\n"
    assert load_mapping(text, "text")["own"] == {"x": 5, "y": 6, "2": "zwei"}
    assert load_mapping("1: a\n2024-01-01: b\n1.50: c\n", "text") == {"1": "a", "2024-01-01": "b", "1.50": "c"}


@pytest.mark.parametrize(
    ("keys", "line"),
    [(("a",), 1), (("b", "c"), 3), (("l", 0), 5), (("l", 1), 6), (("l", 2), 4), (("b", "x"), 2), (("a", "x"), 1),
     (("x",), 0), ((), 0), (("l", "x"), 4)],
)  # fmt: skip
def test_the_line_of_a_key_or_of_the_nearest_above_it(keys: tuple[str | int, ...], line: int) -> None:
    assert line_of("a: 1\nb:\n  c: 2\nl:\n- x\n- y\n", *keys) == line
    assert line_of("a: [", *keys) == 0


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"a": 1,}\n', r"a\.md:1: the JSON of the front matter: "),
        (b'{"a": 1, "a": 2}\n', r"a\.md: the JSON of the front matter: a key is written twice; keep one of them"),
        (b"\n\n+++\na = \n+++\n", r"a\.md:4: the TOML of the front matter: "),
        (b"\n---\na: [\n---\n", r"a\.md:\d: the front matter is not valid YAML"),
        (b"\n---\na: 1\n", r'a\.md:2: the front matter has no closing "---" line; write one below its last line'),
        (b"---\nx\xff\n", r"a\.md:2: the file is not UTF-8; save it with that encoding"),
        (b"---\n- a\n---\n", r'a\.md:2: the front matter is a list, but should be lines like "title: …"'),
        (b"---\na\n---\n", r"a\.md:2: the front matter is one single value, but"),
        (b'{"a": ' + b"[" * 100_000 + b"}\n", r"a\.md: the front matter has too many brackets or levels"),
    ],
)
def test_front_matter_of_hugos_that_cannot_be_read_is_told_with_its_line(raw: bytes, said: str) -> None:
    with pytest.raises(PostRefused, match=f"^{said}"):
        hugo_front_matter.parse(raw, "a.md")


@pytest.mark.parametrize(
    ("raw", "body"),
    [(b"---\na: 1\n---\n\nXaver X\n\n", "Xaver X"), (b"+++\na = 1\n+++\nXaver X\n", "Xaver X"),
     (b'{"a": 1}\n\nXaver X\n', "Xaver X"), (b"\n{{< x >}}\n", "\n{{< x >}}\n"), (b"{% x %}", "{% x %}")],
)  # fmt: skip
def test_the_text_behind_front_matter_keeps_all_its_letters(raw: bytes, body: str) -> None:
    assert hugo_front_matter.parse(raw, "a.md").body == body


def test_what_cannot_be_written_into_front_matter_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.md: cannot be read: No such file"):
        propose(str(tmp_path / "gone.md"), {})
    with pytest.raises(
        PostRefused, match=r"^a\.md: b\.c: a set cannot be written into front matter; nothing was changed"
    ):
        edited(b"---\na: 1\n---\n", "a.md", {("b", "c"): {1}})
    with pytest.raises(PostRefused, match=r'^a\.md:2: "a" has a value already, so .* by hand; nothing was changed'):
        edited(b"---\na: 1\n---\n", "a.md", {("a", "c"): 1})
    with pytest.raises(PostRefused, match=r"^a\.md: begins with an empty line or spaces"):
        edited(b"\n---\na: 1\n---\n", "a.md", {("a",): 1})
    with pytest.raises(PostRefused, match=r'^a\.md:2: "b" does not begin its line; change it by hand'):
        edited(b"---\n? b\n: 1\n---\n", "a.md", {("b",): REMOVE})


@pytest.mark.parametrize(("more", "said"), [(0, ""), (1, "the same below b"), (3, "the same below b, c, d"),
                                            (4, "the same below b, c, d and 1 more")])  # fmt: skip
def test_the_same_mistake_below_several_accounts_is_told_once(more: int, said: str) -> None:
    wrong = Mistakes([Mistake("skip: should be true or false", "skip", target=name) for name in "abcdef"[: more + 1]])
    ((told, keys),) = wrong.told("crosspost")
    assert told.startswith("crosspost: a: skip: should be true or false")
    assert keys == ("skip",)
    assert said in told
    assert (" more" in told) is (more == 4)
