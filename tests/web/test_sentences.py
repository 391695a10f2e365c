"""What plans, the ledger and refusals say, in the reader's language; what a network said stays as it is."""

import html
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from crosspost.ledger.rows import HANDED
from crosspost.networks.by_hand import ByHandNetwork
from crosspost.sandbox import Sandbox
from crosspost.schedule import due, parse, plan
from crosspost.schedule.simulation import Agenda, Pending
from crosspost.testing.harness import Place
from crosspost.text.durations import in_hours
from crosspost.web import serving
from crosspost.web.sentences import catalogues, translated
from tests.web.client import Client

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MORE = 'slots = ["Mon-Fri 09:00"]\napprove = true\nquiet = "22:00-07:00"\nmin_gap = "2h"\n'
NETWORKS = ("x", "bluesky", "mastodon", "instagram", "newsletter", "discord", "threads")
PAGES = (
    *("/", "/posts", "/posts/mehr-1", "/posts/gruesse", "/deliveries", "/deliveries/1", "/calendar", "/accounts"),
    *("/calendar?view=week", "/calendar?view=day&day=2026-11-23", "/approvals", "/edit/x/mehr-1", "/move/mehr-1"),
    *("/move?at=2026-11-24T09:00", "/note", "/nothing", "/changes", "/acts/update/gruesse", "/acts/now/bunt"),
    *("/posts/bunt", "/posts/schwierig", "/posts/bildlos", "/posts/kaputt", "/edit/x/bunt", "/edit/bluesky/schwierig"),
    *("/edit/mastodon/bildlos", "/deliveries?show=failed", "/acts/unpublish/gruesse"),
)
#: a title card with signs no font draws, three kinds of wrong pictures, a tag that cannot be one, names, a language
POSTS = {
    "bunt": """title: "Ein Titel: 𓀀 mit Zeichen, die keine Schrift hat"
description: Mit @jemand und @anderen auf example.org, und vielem mehr. {long}
tags: [Garten, "!!!", Erneuerbare Energien]
lang: deutsch
image: 7
""",
    "schwierig": """title: Mit Bildern
thumbnail: /images/fehlt.jpg
images: [/images/leer.jpg, ../../geheim.jpg, /images/text.jpg]
description: [kein, Text]
crosspost:
  bluesky: {{text: "{long}", link: none}}
  mastodon: {{content_warning: Regen, visibility: geheim}}
  x: {{text: "{{{{ titel }}}}"}}
""",
    "bildlos": """title: ""
thumbnail: /images/text.jpg
crosspost: {{instagram: {{text: "{tags}"}}, discord: {{unsinn: 1}}}}
""",
}
#: words that only an English sentence has
ENGLISH = re.compile(r"\b(the|is|are|of|and|with|this|its?|has|cannot|takes|without|there|from|for|not|be)\b")
#: what a page shows that is nobody's sentence: what posts say, what networks said, code, names of settings
FOREIGN = re.compile(
    r"<(blockquote|pre|code|script|style|title|textarea)\b.*?</\1>"
    r"|<(article|section)\b[^>]*data-said.*?</\2>|<article>.*?</article>",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Somebody who reads German, with posts that are out, planned, drafts, of the future, and broken."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path_factory.mktemp("de"), sandbox, networks=NETWORKS, more=MORE)
        place.crosspost("run", "--backfill")
        for number in range(4):
            place.new_post(f"2026-11-19-mehr-{number}")
        place.new_post("2026-12-24-spaeter")
        for name, said in POSTS.items():
            front = said.format(long="Viele Worte. " * 60, tags=" ".join(f"#t{number}" for number in range(40)))
            place.new_post(f"2026-11-17-{name}", f"---\n{front}---\n\n![](/images/beet.jpg)\n\nText mit {{% ende.\n")
        place.write("site/images/leer.jpg", "")
        place.write("site/images/text.jpg", "<html>kein Bild</html>")
        place.new_post("2026-11-18-kaputt", "---\ntitle: [\n---\n")
        place.new_post("2026-11-18-entwurf", "---\ntitle: A\npublished: false\n---\n")
        place.crosspost("run")
        with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
            client = Client(port)
            client.post("/enter", ticket=serving.sessions_of(place.app).link())
            client.cookies["crosspost_language"] = "de"
            deadline = time.monotonic() + 30
            while "gleich" in client.get("/calendar").text and time.monotonic() < deadline:
                time.sleep(0.2)
            yield client


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_an_english_sentence(german: Client, path: str) -> None:
    page = german.get(path).text
    english = re.findall(r'<(?!html|button)[^>]*lang="en"[^>]*>([^<]*)<', page)
    assert [html.unescape(one) for one in english] == []
    titles = [html.unescape(one) for one in re.findall(r'(?:title|aria-label|alt|placeholder)="([^"]*)"', page)]
    shown = html.unescape(re.sub(r"<[^>]+>", "\n", FOREIGN.sub("", page)))
    shown = re.sub(r"/\S+/", "", shown)  # folders of this test
    assert [(ENGLISH.findall(line), line) for line in shown.splitlines() if ENGLISH.search(line)] == []
    assert [one for one in titles if re.search(r"\b(the|is|at|slot|waits|post)\b", one)] == []


@pytest.mark.parametrize(
    ("form", "says"),
    [({"at": "2026-11-20T09:00", "account": "x"}, "ist schon vorbei"), ({"at": "2026-11-27T09:00"}, "kein Konto"),
     ({"account": "x"}, "es fehlt die Zeit"), ({"at": "bald", "account": "x"}, "„bald“ ist keine Zeit")],
)  # fmt: skip
def test_a_refusal_is_german(german: Client, form: dict[str, str], says: str) -> None:
    assert says in german.post("/move/mehr-1", **form, where="ledger").text


def test_what_waits_to_be_posted_by_hand_is_german() -> None:
    said = translated("de", f"whatsapp: WhatsApp takes posts from people only: {ByHandNetwork.act}")
    assert said is not None
    assert "fügen Sie den Text dort ein" in said
    assert translated("de", HANDED) == "von Hand zu posten"


@pytest.mark.parametrize(("hours", "said"), [(1, "1 Stunde"), (1.5, "1.5 Stunden"), (24, "24 Stunden")])
def test_hours_are_counted(hours: float, said: str) -> None:
    late = in_hours(timedelta(hours=hours))
    assert translated("de", f"more than {late} late") == f"mehr als {said} zu spät"
    assert translated("de", f"found more than {late} too late") == f"mehr als {said} zu spät gefunden"
    assert translated("de", f"given up after {late}: x: 500") == f"nach {said} aufgegeben: x: 500"


def test_what_a_network_said_is_not_touched() -> None:
    assert translated("de", "422 Unprocessable Entity: too long") is None
    assert translated("en", "at once") == "at once"


@pytest.mark.parametrize("path", catalogues("de"), ids=lambda path: path.name)
def test_each_pattern_has_the_same_names_in_both_languages(path: Path) -> None:
    with path.open("rb") as file:
        for one in read_po(file):
            names = [sorted(re.findall(r"%\(\w+\)s", str(text))) for text in (one.id, one.string)]
            assert names[0] == names[1], one.id
            assert bool(one.id) <= bool(one.string)


KEYS = st.fixed_dictionaries(
    {},
    optional={
        "slots": st.just(["09:00", "Mon-Fri 18:30"]),
        "quiet": st.just("22:00-07:00"),
        "min_gap": st.sampled_from(["30m", "30h"]),
        "max_per_day": st.integers(1, 2),
        "jitter": st.just("20m"),
        "delay": st.sampled_from(["1d2h", "90m"]),
        "late": st.sampled_from(["ask after 2h", "skip after 1d"]),
    },
)


@given(KEYS, st.lists(st.integers(-60, 60), max_size=6), st.booleans(), st.integers(0, 1))
def test_every_reason_of_a_plan_is_german(keys: dict[str, Any], hours: list[int], at: bool, most: int) -> None:
    schedule = parse({"timezone": "Europe/Berlin"} | keys, where=lambda *names: ".".join(names))
    sent = tuple(NOW + timedelta(hours=hour) for hour in hours)
    pending = [
        Pending(post=f"p{hour}", account="x", title="", post_moment=NOW + timedelta(hours=hour), at=NOW if at else None)
        for hour in hours
    ]
    agenda = Agenda(schedule=schedule, sent=sent, most=most)
    said = [line.why for line in plan(pending, {"x": agenda}, now=NOW)]
    said.append(due(schedule, NOW, history=sent, now=NOW, key="k").why)
    assert [why for why in said if translated("de", why) is None] == []
