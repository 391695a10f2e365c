"""The examples of the manual are true: each is run against the sandbox, and its output compared."""

from pathlib import Path

import pytest

from tests.manual.pages import MANUAL, blocks, name, pages
from tests.manual.steps import agrees, merged, steps
from tests.manual.world import world

EXAMPLES = [page for page in pages() if any(block.kind == "console" for block in blocks(page.read_text("utf-8")))]


@pytest.mark.usefixtures("trial")
@pytest.mark.parametrize("page", EXAMPLES, ids=name)
def test_every_example_says_what_it_shows(page: Path, tmp_path: Path) -> None:
    with world(tmp_path) as here:
        for block in blocks(page.read_text("utf-8")):
            met = here.meet(block)
            for number, (step, said) in enumerate(met):
                where = f"{name(page)}:{block.line}: $ {step.command}"
                assert agrees(step.expected, said), "\n".join([where, "really says:", *said])
                asked = number + 1 < len(met) and met[number + 1][0].command == "echo $?"
                assert asked or step.code == 0, f"{where}: ended with {step.code}, and nothing says so"
        assert here.sandbox.errors == []


def test_most_task_pages_have_an_example() -> None:
    assert len(EXAMPLES) >= 12


def test_blocks_know_commands_output_and_files() -> None:
    text = "```toml a/b.toml\nx = 1\n```\n\n<!-- world: empty -->\n\n```console\n$ a \\\n> b\nc\n\nd\n$ e\n```\n"
    text += "\n```\nplain\n```\n"
    first, comment, example, last = blocks(text)
    assert (first.kind, first.file, first.text, comment.text, last.kind) == (
        "toml",
        "a/b.toml",
        "x = 1\n",
        "world: empty",
        "",
    )
    one, other = steps(example.text)
    assert (one.command, one.typed, one.expected) == ("a b", ["$ a \\", "> b"], ["c", "", "d"])
    assert (other.command, other.expected) == ("e", [])


@pytest.mark.parametrize(
    ("expected", "said", "same"),
    [
        (["a", "…"], ["a"], True),
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a … c"], ["a b c"], True),
        (["a … c"], ["a b", "c"], False),
        ([], ["a"], False),
        (["a.c"], ["abc"], False),
        (["a"], [], False),
    ],
)
def test_an_ellipsis_stands_for_what_varies(expected: list[str], said: list[str], same: bool) -> None:
    assert agrees(expected, said) is same


def test_settings_of_a_page_come_into_the_config() -> None:
    assert (
        merged("[a]\nx = 1\n\n[b]\n", "# a remark\n[b]  # why\ny = 2\n\n[c]\n") == "[a]\nx = 1\n\n[b]\ny = 2\n\n[c]\n"
    )


def test_a_wrong_example_is_noticed(tmp_path: Path) -> None:
    wrong = "```console\n$ echo no | crosspost count x\n3 of 280 (x), 277 left\n```\n"
    with world(tmp_path) as here:
        [(step, said)] = here.meet(next(blocks(wrong)))
    assert not agrees(step.expected, said)
    assert said == ["2 of 280 (x), 278 left"]
    assert MANUAL.is_dir()
