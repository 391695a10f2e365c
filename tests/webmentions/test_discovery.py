"""Where a page takes webmentions: the cases that webmention.rocks asks of senders, and some beyond."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crosspost.markup.web_links import base_of, endpoint_in_header, endpoint_in_page
from crosspost.transport.webmention import Told, tell, webmention_session
from tests.webmentions.standin import HOST, Web, web

SOURCE = "/source"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def there() -> Iterator[Web]:
    with web() as made:
        made.endpoint("/take")
        yield made


def told(there: Web, target: str) -> Told:
    """Tell a target of a page that has a link to it."""
    source = there.page(SOURCE, f'<p><a href="{target.replace("&", "&amp;")}">there</a></p>')
    return tell(source, target, session=webmention_session(), now=NOW, allowed_hosts=[HOST])


def link(value: str) -> list[tuple[str, str]]:
    return [("Link", value)]


TAKES: dict[str, dict[str, Any]] = {
    "header, relative": {"headers": link("</take>; rel=webmention")},
    "header, absolute": {"headers": link('<BASE/take>; rel="webmention"')},
    "header in odd capitals": {"headers": [("LinK", '</take>; rel="Webmention"')]},
    "header with several relations": {"headers": link('</take>; rel="webmention somethingelse"')},
    "header with several links": {"headers": link('</other>; rel="other", </take>; rel="webmention"')},
    "two headers": {"headers": [*link('</other>; rel="other"'), *link("</take>; rel=webmention")]},
    "header with a comma in a title": {
        "headers": link('</other>; title="a, <b>; rel=webmention", </take>; rel=webmention')
    },
    "header before the page": {"headers": link("</take>; rel=webmention"), "body": '<link rel=webmention href="/no">'},
    "header on what is not a page": {"headers": link("</take>; rel=webmention"), "kind": "application/pdf"},
    "link, relative": {"body": '<link rel="webmention" href="/take">'},
    "link, absolute": {"body": '<link rel="webmention" href="BASE/take">'},
    "a, relative": {"body": '<a rel="webmention" href="take">take</a>'},
    "a, absolute": {"body": '<a href="BASE/take" rel="webmention">take</a>'},
    "several relations": {"body": '<link rel="webmention somethingelse" href="/take">'},
    "in capitals": {"body": '<LINK REL="WEBMENTION" HREF="/take">'},
    "link before a": {"body": '<link rel="webmention" href="/take"><a rel="webmention" href="/no">no</a>'},
    "a before link": {"body": '<body><a rel="webmention" href="/take">take</a><link rel="webmention" href="/no">'},
    "not in a comment": {"body": '<!-- <link rel="webmention" href="/no"> --><a rel="webmention" href="/take">x</a>'},
    "not in text": {"body": '&lt;a href="/no" rel="webmention"&gt;<a rel="webmention" href="/take">x</a>'},
    "another relation": {"body": '<link rel="not-webmention" href="/no"><link rel="webmention" href="/take">'},
    "a link without address": {"body": '<link rel="webmention"><a rel="webmention" href="/take">x</a>'},
    "one that is not an address": {
        "body": '<link rel="webmention" href="data:x"><a rel="webmention" href="/take">x</a>'
    },
    "a base": {"body": '<base href="/deep/down/"><link rel="webmention" href="../../take">'},
    "white space": {"body": '<link rel="\n webmention\t" href=" /take\n">'},
    "XHTML": {"body": '<link rel="webmention" href="/take"/>', "kind": "application/xhtml+xml"},
}


@pytest.mark.parametrize("name", TAKES)
def test_an_endpoint_is_found_and_told(there: Web, name: str) -> None:
    said = TAKES[name]
    headers = [(key, value.replace("BASE", there.base)) for key, value in said.get("headers", [])]
    target = there.page(
        "/target", **{**said, "body": said.get("body", "").replace("BASE", there.base), "headers": headers}
    )
    assert told(there, target) == Told(state="sent", endpoint=f"{there.base}/take")
    assert there.mentions == [("/take", f"{there.base}{SOURCE}", target)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>nothing</p>", "text/html"),
        ('<!-- <link rel="webmention" href="/take"> -->', "text/html"),
        ('&lt;link rel="webmention" href="/take"&gt;', "text/html"),
        ('<link rel="webmention" href="/take">', "text/plain"),
        ('<link rel="pingback" href="/take">', "text/html"),
        ('<template><link rel="webmention" href="/take"></template>', "text/html"),
    ],
)
def test_a_page_without_endpoint_is_told_nothing(there: Web, body: str, kind: str) -> None:
    found = told(there, there.page("/target", body, kind=kind))
    assert (found.state, there.mentions) == ("none", [])


def test_an_empty_address_is_the_page_itself(there: Web) -> None:
    there.endpoint("/target")
    assert told(there, there.page("/target", '<link rel="webmention" href="">')).state == "sent"
    assert there.mentions[0][0] == "/target"


def test_the_query_of_an_endpoint_stays(there: Web) -> None:
    there.endpoint("/take?for=1&by=2")
    target = there.page("/target", '<link rel="webmention" href="/take?for=1&amp;by=2">')
    assert told(there, target).endpoint == f"{there.base}/take?for=1&by=2"
    assert there.mentions == [("/take?for=1&by=2", f"{there.base}{SOURCE}", target)]


def test_an_endpoint_counts_from_where_a_redirect_leads(there: Web) -> None:
    there.endpoint("/deep/take")
    there.page("/deep/target", '<link rel="webmention" href="take">')
    target = there.page("/target", status=302, headers=[("Location", "/deep/target")])
    assert told(there, target).state == "sent"
    assert there.mentions == [("/deep/take", f"{there.base}{SOURCE}", target)]  # the target as it stands in the link


def test_the_fragment_of_a_target_stays(there: Web) -> None:
    there.page("/target", '<link rel="webmention" href="/take">')
    assert told(there, f"{there.base}/target#part").state == "sent"
    assert there.mentions[0][2] == f"{there.base}/target#part"


def test_it_says_what_it_is(there: Web) -> None:
    told(there, there.page("/target", '<link rel="webmention" href="/take">'))
    ours = [agent for _, path, agent in there.requests if path != SOURCE]
    assert len(ours) == 2
    assert all("Webmention" in agent and "crosspost" in agent for agent in ours)


@pytest.mark.parametrize(("status", "state"), [(200, "sent"), (201, "sent"), (202, "sent"), (204, "sent"),
    (400, "refused"), (403, "refused"), (404, "refused"), (429, "again"), (500, "again"), (503, "again")])  # fmt: skip
def test_what_the_endpoint_answers(there: Web, status: int, state: str) -> None:
    there.endpoint("/take", status, headers=[("Location", "/fate/1")])
    found = told(there, there.page("/target", '<link rel="webmention" href="/take">'))
    assert found.state == state
    assert found.status_url == (f"{there.base}/fate/1" if status == 201 else "")
    assert (str(status) in found.why) == (state != "sent")


@pytest.mark.parametrize(
    ("status", "state"), [(404, "none"), (410, "none"), (403, "none"), (429, "again"), (500, "again")]
)
def test_a_target_that_cannot_be_read(there: Web, status: int, state: str) -> None:
    assert told(there, there.page("/target", status=status)).state == state


def test_what_the_endpoint_says_is_passed_on_in_one_line(there: Web) -> None:
    there.endpoint("/take", 400, body="no link\nto be found " + "x" * 5000, kind="text/plain")
    why = told(there, there.page("/target", '<link rel="webmention" href="/take">')).why
    assert why.startswith("its endpoint answers 400: no link to be found xxx")
    assert len(why) < 250


@pytest.mark.parametrize("status", [307, 308])
def test_an_endpoint_that_moved_is_followed(there: Web, status: int) -> None:
    there.endpoint("/old", status, headers=[("Location", "/take")])
    assert told(there, there.page("/target", '<link rel="webmention" href="/old">')).state == "sent"
    assert [path for path, _, _ in there.mentions] == ["/take"]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_one_that_redirects_otherwise_refuses(there: Web, status: int) -> None:
    there.endpoint("/old", status, headers=[("Location", "/take")])
    assert told(there, there.page("/target", '<link rel="webmention" href="/old">')).state == "refused"
    assert there.mentions == []


def test_an_endpoint_that_moves_for_ever_refuses(there: Web) -> None:
    there.endpoint("/old", 307, headers=[("Location", "/old")])
    assert told(there, there.page("/target", '<link rel="webmention" href="/old">')).state == "refused"


PRIVATE = [
    "http://127.0.0.1:1/x",
    "http://localhost/x",
    "http://10.0.0.1/x",
    "http://169.254.169.254/x",
    "http://[::1]/x",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_private_is_asked_or_told(there: Web, address: str) -> None:
    """Neither as a target, nor where one redirects to, nor as an endpoint, nor where that redirects to."""
    there.endpoint("/away", 307, headers=[("Location", address)])
    for target in (
        address,
        there.page("/1", status=302, headers=[("Location", address)]),
        there.page("/2", f'<link rel="webmention" href="{address}">'),
        there.page("/3", headers=link(f"<{address}>; rel=webmention")),
        there.page("/4", '<link rel="webmention" href="/away">'),
    ):
        found = told(there, target)
        assert found.state == "none"
        assert "private network" in found.why


def test_a_name_that_cannot_be_found_now_is_tried_again() -> None:
    found = tell(
        "https://a.example/", "https://b.example/", session=webmention_session(), now=NOW, resolve=lambda *_, **__: []
    )
    assert found.state == "again"


def test_a_server_that_is_not_there_is_tried_again(there: Web) -> None:
    assert (
        tell(
            "https://a.example/", f"http://{HOST}:1/", session=webmention_session(), now=NOW, allowed_hosts=[HOST]
        ).state
        == "again"
    )


def test_an_endless_page_is_given_up(there: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.transport.webmention._LARGEST", 1000)
    found = told(there, there.page("/target", "x" * 200_000))
    assert (found.state, "longer than" in found.why) == ("none", True)


# ── whatever a page says ──────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(alphabet='<>;,="\\ \tarelwbmntio:/x', max_size=200))
def test_any_header_is_read(value: str) -> None:
    found = endpoint_in_header(value, "https://b.example/page")
    assert found is None or found.startswith(("http://", "https://"))


@given(st.text(max_size=30).filter(lambda text: ">" not in text), st.text(max_size=30))
def test_an_endpoint_behind_any_other_link_is_found(target: str, title: str) -> None:
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    value = f'<{target}>; rel="next"; title="{quoted}", </take>; rel="a webmention"'
    assert endpoint_in_header(value, "https://b.example/page") == "https://b.example/take"


@given(st.text(max_size=300))
def test_any_page_is_read(body: str) -> None:
    page = LexborHTMLParser(body)
    found = endpoint_in_page(page, "https://b.example/page")
    assert found is None or found.startswith(("http://", "https://"))
    assert base_of(page, "https://b.example/page").startswith(("http://", "https://"))


def test_a_long_header_and_a_deep_page_take_no_time() -> None:
    assert endpoint_in_header('<x>; rel="' * 100_000, "https://b.example/") is None
    deep = LexborHTMLParser("<div>" * 5_000 + '<a rel="no" href="x">x</a>' * 20_000)
    assert endpoint_in_page(deep, "https://b.example/") is None
