"""Texts built to take for ever take seconds: each runs in a process of its own, which is stopped when it does not.

Seconds of computing are counted, not those a busy machine lets it wait.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

N = int(os.environ.get("CROSSPOST_FUZZ_SIZE", "40000"))
LIMIT = 45 * max(1, N // 50_000)  # seconds of computing for all of a chunk's texts; a hang takes hours
PATIENCE = 20 * LIMIT  # seconds until it is stopped even where it computes nothing


def post(body: str = "x", front: str = "") -> str:
    return f"---\ntitle: T\n{front}---\n\n{body}\n"


#: name → a post of about n characters
BUILD: dict[str, Callable[[int], str]] = {
    "opening brackets": lambda n: post("[" * n),
    "empty links": lambda n: post("[](" * (n // 3)),
    "quotations": lambda n: post(">" * n),
    "stars": lambda n: post("*" * n),
    "a mention of dots": lambda n: post("@" + "a." * (n // 2)),
    "a domain of letters": lambda n: post("a." * (n // 2)),
    "a domain with an end": lambda n: post("a." * (n // 2) + "a_.de"),
    "a word": lambda n: post("a-" * (n // 2) + "://x"),
    "an address": lambda n: post("a." * (n // 2) + "@"),
    "brackets that do not match": lambda n: post("(" * (n // 2) + "]" * (n // 2)),
    "a title of one word": lambda n: post(front=f"description: {'w' * min(n, 200_000)}\n"),
    "tags": lambda n: post(front=f"tags: {' '.join(f't{i}' for i in range(min(n // 8, 20_000)))}\n"),
    "a date of blanks": lambda n: post(front=f"date: '2024-01-01{' ' * min(n, 200_000)}x'\n"),
    "opening Liquid": lambda n: post("{{" * (n // 2)),
    "opening Liquid tags": lambda n: post("{%" * (n // 2)),
    "blanks in Liquid": lambda n: post("{{ a" + " " * n + "}"),
    "blanks and then a word": lambda n: post("ä" + "\u00a0 " * (n // 2) + "x\n\ny"),
    "code blocks nothing ends": lambda n: post("```x\n" * (n // 5)),
    "pictures without an address": lambda n: post("![" * (n // 2)),
    "links nothing ends": lambda n: post("](" * (n // 2)),
    "raw without an end": lambda n: post("{% raw %}" * (n // 9)),
    "attribute lists": lambda n: post("{:" * (n // 2)),
    "attribute lists with marks": lambda n: post("{:\\}" * (n // 4)),
    "comments": lambda n: post("{::comment}" * (n // 11)),
    "a list of contents": lambda n: post("{: x}\n* a\n{:" + " toc" * (n // 4)),
    "code spans": lambda n: post("{: x}" + "".join("a" + "`" * i for i in range(1, int((2 * n) ** 0.5)))),
    "footnotes": lambda n: post("".join(f"[^{i}]: x{i}\n" for i in range(n // 12))),
    "footnotes nothing ends": lambda n: post("[^1]: x\n\n" + "[^a" * (n // 3)),
    "HTML": lambda n: post("<" * n),
    "a family of emoji": lambda n: post("\U0001f469\u200d" * (n // 2)),
    "marks above": lambda n: post("a" + "\u0301" * n),
    "Thai": lambda n: post("ก" * n),
    "a front matter without an end": lambda n: "---\n" + "\n" * n,
    "nested YAML": lambda n: "---\na: " + "[" * min(n, 900) + "\n---\n",
    "references": lambda n: "---\na: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(8))
    + "---\n",
    "a number": lambda n: post(front=f"slug: {'9' * min(n, 200_000)}\n"),
    # Liquid that makes much of little
    "a range": lambda _: post("{{ (1..1000000000) | join: 'x' }}{% assign r = (1..100000000) | reverse %}"),
    "squares": lambda _: post("{% assign a = 9999999999 %}" + "{% assign a = a | times: a %}" * 40 + "{{ a }}"),
    "replacing": lambda _: post("{% assign a = 'aaaaaaaa' %}" + "{% assign a = a | replace: 'a', a %}" * 9 + "{{ a }}"),
    "joining": lambda _: post("{% assign a = '" + "a" * 3000 + "' | split: '' %}{{ a | join: page.title }}"),
    "loops": lambda _: post("{% for i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endfor %}"),
    "doubling": lambda _: post("{% assign a = 'aaa' %}" + "{% capture a %}{{a}}{{a}}{% endcapture %}" * 40),
    "wide dates": lambda _: post("{{ 'now' | date: '%1000000000d' }}"),
}  # fmt: skip

#: name → the HTML of a page of about n characters, as another generator or a feed may hand it over
PAGES: dict[str, Callable[[int], str]] = {
    "a page of one opened element": lambda n: "<article><" + "A" * n,
    "a page of opened elements": lambda n: "<article>" + "<b " * (n // 3),
    "a page of elements in each other": lambda n: "<article>" + "<b>" * (n // 3),
    "a page of blanks": lambda n: "<article><p>x" + "\t" * n + "y",
    "a page of line breaks": lambda n: "<article><p>x" + "\t\n" * (n // 2) + "y",
    "a page of pictures": lambda n: "<article>" + "<img src=a>" * (n // 11),
    "a page of descriptions": lambda n: "<meta name=description content=x>" * (n // 33) + "<article>x",
    "a page of broken data": lambda n: '<script type="application/ld+json">' + "[" * n + "</script><article>x",
    "a page of comments": lambda n: "<article>" + "<!--" * (n // 4),
    "a page of half entities": lambda n: "<article>" + "&am" * (n // 3),
}

_RUN = """
import resource, sys
seconds = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # a bomb ends in MemoryError, not in the machine's swap
from pathlib import Path
from tests.fuzz import test_sizes
from crosspost.sources.web.main_text import fragment
from crosspost.sources.web.nesting import TooDeep
from crosspost.sources.web.web_page import read_page
from tests.fuzz.test_files import everything_is_read_or_refused

site = Path(sys.argv[1])
for name in sys.argv[3:]:
    print(name, flush=True)
    if name in test_sizes.PAGES:
        html = test_sizes.PAGES[name](10 * test_sizes.N)  # a page is longer than a post
        for read in (read_page, fragment):
            try:
                read(html, "https://tal.example.org/")
            except TooDeep:
                pass
        continue
    file = site / "_posts/2026-01-01-boese.md"
    file.write_text(test_sizes.BUILD[name](test_sizes.N), "utf-8", "surrogatepass")
    everything_is_read_or_refused(site, file)
"""


@pytest.mark.parametrize("start", range(4))
def test_no_text_takes_for_ever(start: int, tmp_path: Path) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text("url: https://tal.example.org\n", "utf-8")
    (tmp_path / "_posts/2026-01-02-gut.md").write_text("---\ntitle: Gut\n---\n\nText.\n", "utf-8")
    names = [*BUILD, *PAGES][start::4]
    command = [sys.executable, "-c", _RUN, str(tmp_path), str(LIMIT), *names]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, cwd=Path(__file__).parents[2], check=False
    )
    last, stopped = done.stdout.splitlines()[-1:], "took too long: " * (done.returncode < 0)
    assert done.returncode == 0, f"{stopped}{last}: {done.stderr[-1500:]}"


@pytest.mark.parametrize(
    "text", ["a" * 500_001, "a\n" * 50_003, "{% for i in (1..2000) %}" + "a" * 1000 + "{% endfor %}"]
)
def test_a_text_that_is_too_long_is_refused_or_keeps_its_bounds(text: str) -> None:
    from crosspost.errors import PostRefused
    from crosspost.sources.front_matter import parse
    from crosspost.sources.liquid_rendering import MAX_OUTPUT, render

    if "{%" not in text:
        with pytest.raises(PostRefused, match=r"lang\.md: the text has .* a post may have 500,000 and 50,000"):
            parse(post(text).encode(), "lang.md")
        return
    said, warning = render(text, {}, str, str)
    assert len(said) <= MAX_OUTPUT
    assert "output" in warning
