"""An article's links and pictures get whole addresses, wherever Markdown lets them stand."""

import pytest

from crosspost.compose.formats.article import outside_code, with_addresses

BASE = "https://tal.example.org/2026/beete.html"
AT = "https://tal.example.org"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[Plan](/plan.html)", f"[Plan]({AT}/plan.html)"),
        ("[Plan]( </plan.html>)", f"[Plan]( <{AT}/plan.html>)"),
        ("[![Beet](beet.jpg)](/plan.html)", f"[![Beet]({AT}/2026/beet.jpg)]({AT}/plan.html)"),
        ("[ein [altes] Beet](alt.html)", f"[ein [altes] Beet]({AT}/2026/alt.html)"),
        ("[Plan]: /plan.html 'Der Plan'", f"[Plan]: {AT}/plan.html 'Der Plan'"),
        ('<img src="beet.jpg">', f'<img src="{AT}/2026/beet.jpg">'),
        ("[dort](https://anderswo.example/) [unten](#unten)", "[dort](https://anderswo.example/) [unten](#unten)"),
        ("[post](mailto:a@tal.example.org)", "[post](mailto:a@tal.example.org)"),
    ],
)
def test_addresses_are_whole(written: str, read: str) -> None:
    assert with_addresses(written, BASE) == read


@pytest.mark.parametrize("end", ["\n```\n\n", ""])
def test_code_stays_as_it_is(end: str) -> None:
    written = f"[a](/a)\n\n```md\n[b](/b)\n\n[c](/c){end}"
    assert with_addresses(written, BASE) == written.replace("[a](/a)", f"[a]({AT}/a)")


def test_after_a_code_block_addresses_are_whole_again() -> None:
    assert with_addresses("```\n[b](/b)\n```\n[c](/c)", BASE) == f"```\n[b](/b)\n```\n[c]({AT}/c)"


@pytest.mark.parametrize(
    "code",
    [
        "```\n@a\n```\n",
        "~~~py\n@a",
        "    @a\n\t@b\n",
        "`@a`",
        "``@a ` @b``",
        "<pre>\n@a\n</pre>",
        '<code class="x">@a</code>',
    ],
)
def test_code_is_found_wherever_it_stands(code: str) -> None:
    assert outside_code(f"a\n\n{code}", str.upper) == f"A\n\n{code}"
    assert outside_code("a `b` c ` d", str.upper) == "A `b` C ` D"
    assert outside_code("<pre>a", str.upper) == "<PRE>A", "nothing ends it"
