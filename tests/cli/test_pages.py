"""No page runs what a post or a client says: parsed as a browser does, there is no script in it, however hostile."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosspost.compose.formats import mail_html
from crosspost.markup import to_text
from crosspost.testing.harness import Place

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</style><script>",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "<iframe src=//evil.example>",
    "<base href=//x>",
    "[x](java&#x73;cript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](vbscript:x)",
    "[x]( javascript:alert(1))",
    "<form action=//evil.example><input>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "&lt;script&gt;",
    '<a href="https://a.example" onclick=alert(1)>x</a>',
    'https://a.example/"onmouseover=alert(1)//',
    "<style>*{}</style>",
    "<img src='https://a.example/x.png' style='background:url(javascript:1)' onload=x>",
    "<math><mi xlink:href=javascript:1>",
)
#: addresses a link or picture may have
FINE = re.compile(r"(https?://|/|#|mailto:|data:image/(jpeg|png|gif|webp);base64,|mid:)", re.IGNORECASE)


class Page(HTMLParser):
    """Collects what could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form", "svg", "math", "template"):
            self.found.append(tag)
        for name, value in attrs:
            bad = name.startswith("on") or name in ("srcdoc", "formaction", "xlink:href", "background")
            if bad or (name in ("href", "src", "action") and not FINE.match((value or "").strip())):
                self.found.append(f"<{tag} {name}={value}>")
            if tag == "meta" and name == "http-equiv" and (value or "").lower() != "content-security-policy":
                self.found.append(f"meta {value}")


def hostile(place: Place, number: int, evil: str) -> Path:
    said = evil.replace("'", "''").replace("\n", " ")
    front = f"title: '{number} {said}'\ndescription: 'D {said}'\ntags: ['{said}']\nthumbnail_alt: '{said}'\n"
    picture = "thumbnail: /images/beet.jpg\n" if number < 3 else ""
    return place.new_post(f"2026-11-21-boese-{number}", f"---\n{front}{picture}---\n\n{evil}\n")


def test_hostile_posts_in_preview_and_sandbox(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    files = [str(hostile(place, number, evil)) for number, evil in enumerate(EVIL)]
    shown = place.crosspost("preview", "--html", "seite.html", *files)
    assert shown.code == 0, shown.err
    page = Path("seite.html").read_text("utf-8")
    assert Page(page).found == []
    assert "Content-Security-Policy" in page
    assert "script-src" not in page
    place.crosspost("publish", *files)
    posts = place.sandbox.posts()
    assert len(posts) > len(EVIL), "they went out, as texts"
    for path in ["", *(post["url"].partition("//")[2].partition("/")[2] for post in posts)]:
        answer = requests.get(f"{place.sandbox.url}/{path}", timeout=5)
        assert Page(answer.text).found == []
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "localhost.evil.example"]
)
def test_a_page_of_the_web_cannot_ask_the_sandbox(place: Place, host: str) -> None:
    for path in ("/", "/_sandbox/accounts", "/_sandbox/posts"):
        answer = requests.get(place.sandbox.url + path, headers={"Host": host}, timeout=5)
        assert answer.status_code == 403
        assert "token" not in answer.text


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(EVIL) | st.text(max_size=6) | st.sampled_from("\n<>[]()*_`\"'&"), max_size=12).map("".join)
)
def test_a_mail_runs_nothing(markdown: str) -> None:
    blocks = mail_html.body(markdown, "https://tal.example.org/a.html")
    assert Page(mail_html.page("Betreff", blocks, "de")).found == []
    assert to_text(markdown) is not None
