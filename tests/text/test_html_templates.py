"""HTML from templates: nothing that is put in becomes markup, and a forgotten name is an error instead of a gap."""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader, UndefinedError

import crosspost
from crosspost.text.html_templates import environment, macro

TEMPLATES = sorted(Path(crosspost.__file__).parent.rglob("templates/*"))


@pytest.mark.parametrize("name", ["page.html", "part.txt", "style.css", "nameless"])
def test_every_template_escapes_whatever_its_name(name: str) -> None:
    templates = environment("crosspost.compose.formats")
    templates.loader = DictLoader({name: "{{ text }}"})
    assert templates.get_template(name).render(text="<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"


def test_a_name_that_was_not_given_is_an_error() -> None:
    templates = environment("crosspost.compose.formats")
    templates.loader = DictLoader({"page.html": "<p>{{ text }}</p>"})
    with pytest.raises(UndefinedError, match="'text' is undefined"):
        templates.get_template("page.html").render()


def test_what_a_macro_made_is_not_escaped_again() -> None:
    templates = environment("crosspost.compose.formats")
    templates.loader = DictLoader({"parts.html": "{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}"})
    bold = macro(templates, "parts.html", "bold")
    assert bold(bold("<&>")) == "<b><b>&lt;&amp;&gt;</b></b>"


@pytest.mark.parametrize("file", TEMPLATES, ids=[str(file.relative_to(file.parents[2])) for file in TEMPLATES])
def test_no_template_turns_escaping_off(file: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape", file.read_text("utf-8"))
