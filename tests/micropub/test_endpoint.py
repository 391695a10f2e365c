"""Other programs write posts: Micropub, with a token, as the page "Write" does; and nothing opens with it."""

import contextlib
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from crosspost.app.ledger_access import open_ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.web import serving
from tests.web.client import Answer, Client

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python


@dataclass
class Writing:
    """A site that takes posts of programs; ``door`` is the dashboard seen by them, ``token`` an author's."""

    place: Place
    door: Client
    token: str

    def form(self, _token: str = "", /, **fields: str) -> Answer:
        return self.door.post("/micropub", {"Authorization": f"Bearer {_token or self.token}"}, **fields)

    def json(self, body: Any, **headers: str) -> Answer:
        text = body if isinstance(body, str) else json.dumps(body)
        kind = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        return self.door.ask("POST", "/micropub", headers=kind | headers, body=text)

    def entry(self, **properties: Any) -> Answer:
        return self.json({"type": ["h-entry"], "properties": properties})

    def files(self) -> list[Path]:
        return sorted(set((self.place.root / "site/_posts").iterdir()) - {self.place.post})


@pytest.fixture
def writing(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writing]:
    place = Place(tmp_path, sandbox, networks=("mastodon", "bluesky"), clock=clock, more="[web]\nmicropub = true\n")
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")
    serving.users_of(place.app).put("ann", "author")
    token = place.crosspost("web", "token", "ann").out.split()[-1]
    with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
        yield Writing(place, Client(port), token)


def test_a_form_becomes_a_post_that_goes_out_with_the_next_run(writing: Writing) -> None:
    answer = writing.form(h="entry", content="Beet 3 ist fertig!\n\nKommt vorbei.", **{"category[]": "Garten"})
    assert answer.status == 201, answer.text
    assert answer.headers["Location"] == "https://tal.example.org/2026/11/22/beet-3-ist-fertig.html"
    (file,) = writing.files()
    assert "tags:" in file.read_text("utf-8")
    writing.place.clock.pass_by(minutes=1)
    assert writing.place.crosspost("run").code == 0
    assert [row["text"] for row in writing.place.sandbox.posts()] == ["Beet 3 ist fertig!\n\nKommt vorbei."] * 2
    ledger = open_ledger(writing.place.app, read_only=True)
    with contextlib.closing(ledger):
        assert [(one.by, one.action) for one in ledger.audit.newest()] == [("ann", "note")]


def test_json_with_everything_that_is_taken(writing: Writing) -> None:
    answer = writing.entry(
        name=["Ein Titel"], content=[{"html": "<p>Ein <b>Tag</b></p><ul><li>a</li></ul><script>x()</script>"}],
        category=["Garten", "Zwei Wörter"], published=["2026-12-01T10:00:00+01:00"],
        **{"in-reply-to": ["https://social.example/@ann/114950300612345678"], "mp-syndicate-to": ["mastodon"]},
    )  # fmt: skip
    assert answer.status == 201, answer.text
    (file,) = writing.files()
    text = file.read_text("utf-8")
    assert "x()" not in text
    for said in ("title: Ein Titel", "Zwei Wörter", 'in-reply-to: "https://social.example/', "only:", "at: 2026-12-01"):
        assert said in text
    assert "Ein Tag\n\n• a" in writing.place.crosspost("preview", str(file), "--to", "mastodon").out


def test_a_photo_comes_along_as_a_file(writing: Writing) -> None:
    held = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(held, "PNG")
    answer = photo(writing, held.getvalue(), alt="Ein Beet")
    assert answer.status == 201, answer.text
    (file,) = writing.files()
    assert "_alt: Ein Beet" in file.read_text("utf-8")


def photo(writing: Writing, content: bytes, *, name: str = "photo", alt: str = "x", many: int = 1) -> Answer:
    fields = '--b\r\nContent-Disposition: form-data; name="content"\r\n\r\nSeht her\r\n--b\r\nContent-Disposition: '
    fields += f'form-data; name="mp-photo-alt"\r\n\r\n{alt}\r\n'
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="../../x.png"\r\n\r\n'.encode()
    body = fields.encode() + (head + content + b"\r\n") * many + b"--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": f"Bearer {writing.token}"}
    return writing.door.ask("POST", "/micropub", headers=kind, body=body)  # type: ignore[arg-type]  # http.client takes bytes


def test_a_client_may_ask_first(writing: Writing) -> None:
    bearer = {"Authorization": f"Bearer {writing.token}"}
    told = json.loads(writing.door.get("/micropub?q=config", **bearer).text)
    assert [one["uid"] for one in told["syndicate-to"]] == ["mastodon", "bluesky"]
    assert json.loads(writing.door.get("/micropub?q=syndicate-to", **bearer).text) == {
        "syndicate-to": told["syndicate-to"]
    }
    assert writing.door.get("/micropub?q=source&url=x", **bearer).status == 400


def test_sent_twice_it_is_one_post(writing: Writing) -> None:
    assert [writing.form(content="Einmal").status for _ in range(3)] == [201, 400, 400]
    assert len(writing.files()) == 1


@pytest.mark.parametrize("how", ["none", "wrong", "cookie", "ended", "other", "basic", "checksum"])
def test_without_a_token_nobody_writes(writing: Writing, how: str) -> None:
    token, headers = writing.token, {}
    if how == "cookie":
        link = serving.link(writing.place.app, "127.0.0.1", writing.door.port)
        writing.door.post("/enter", ticket=link.partition("ticket=")[2])
        assert writing.door.get("/posts").status == 200
    if how == "ended":
        writing.place.crosspost("web", "token", "ann", "--end")
    if how == "other":
        writing.place.crosspost("web", "token", "ann")
    if how == "checksum":
        token = hashlib.sha256(token.encode()).hexdigest()
    kind = "Basic" if how == "basic" else "Bearer"
    if how not in ("none", "cookie"):
        headers = {"Authorization": f"{kind} {token[:-1] if how == 'wrong' else token}"}
    answer = writing.door.post("/micropub", headers, content="x")
    assert answer.status == 401
    assert json.loads(answer.text)["error"] == "unauthorized"
    assert writing.files() == []
    assert writing.door.get("/micropub?q=config", **headers).status == 401


def test_a_reader_may_ask_but_not_write(writing: Writing) -> None:
    serving.users_of(writing.place.app).put("ann", "reader")
    assert writing.door.get("/micropub?q=config", Authorization=f"Bearer {writing.token}").status == 200
    answer = writing.form(content="x")
    assert (answer.status, json.loads(answer.text)["error"]) == (403, "insufficient_scope")
    serving.users_of(writing.place.app).remove("ann")
    assert writing.form(content="x").status == 401
    assert writing.files() == []


def test_a_token_opens_no_page_and_stands_nowhere(writing: Writing) -> None:
    answer = writing.door.get("/posts", Authorization=f"Bearer {writing.token}")
    assert "Seite" not in answer.text
    assert answer.status in (303, 401, 403)
    for file in writing.place.root.rglob("*"):
        assert not file.is_file() or writing.token.encode() not in file.read_bytes(), file


def test_it_is_sent_in_one_way_only(writing: Writing) -> None:
    assert writing.door.post("/micropub", access_token=writing.token, content="Im Formular").status == 201
    assert writing.form(access_token=writing.token, content="x").status == 400


def test_it_is_off_unless_somebody_wants_it(writing: Writing) -> None:
    text = writing.place.config.read_text("utf-8")
    writing.place.config.write_text(text.replace("micropub = true", ""), "utf-8")
    assert writing.form(content="x").status == 404
    assert writing.door.get("/micropub?q=config").status == 404


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        "1e999",
        "null",
        "[" * 5000,
        '{"a":' * 5000,
        {"type": ["h-event"], "properties": {"content": ["x"]}},
        {"type": "h-entry", "properties": {"content": ["x"]}},
        {"type": ["h-entry"], "properties": []},
        {"type": ["h-entry"], "properties": {"content": "x"}},
        {"type": ["h-entry"], "properties": {}},
        {"type": ["h-entry"], "properties": {"content": [{"markdown": "x"}]}},
        {"type": ["h-entry"], "properties": {"content": [{"html": 3}]}},
        {"type": ["h-entry"], "properties": {"content": ["a", "b"]}},
        {"type": ["h-entry"], "properties": {"content": [["x"]]}},
        {"type": ["h-entry"], "properties": {"content": ["x"], "photo": ["https://a.example/x.png"]}},
        {"type": ["h-entry"], "properties": {"content": ["x"], "like-of": ["https://a.example/"]}},
        {"type": ["h-entry"], "properties": {"content": ["x"], "published": ["gestern"]}},
        {"type": ["h-entry"], "properties": {"content": ["x"], "published": ["9999-12-31T23:59:59-23:59"]}},
        {"type": ["h-entry"], "properties": {"content": ["x"], "in-reply-to": ["javascript:alert(1)"]}},
        {"type": ["h-entry"], "properties": {"content": ["x"], "in-reply-to": ["https://a.example/\nx: 1"]}},
        {"type": ["h-entry"], "properties": {"content": ["x"], "mp-syndicate-to": ["nowhere"]}},
        {"type": ["h-entry"], "properties": {"content": ["x" * 30_000]}},
        {"type": ["h-entry"], "properties": {"content": [{"html": "<div>" * 9000}]}},
        {"action": "delete", "url": "https://tal.example.org/2026/11/20/gruesse.html"},
        {"action": "update", "url": "https://tal.example.org/2026/11/20/gruesse.html", "replace": {}},
    ],
)
def test_what_cannot_be_kept_is_refused(writing: Writing, body: Any) -> None:
    answer = writing.json(body)
    assert answer.status == 400, answer.text
    assert json.loads(answer.text)["error"] == "invalid_request"
    assert writing.files() == []


@pytest.mark.parametrize(
    "properties",
    [
        {"content": ["---\npublished: false\n---\n{{ site.secret }} {% include x %}"], "name": ["a: b\n- c"]},
        {"content": ["x"], "name": ["../../../etc/passwd"]},
        {"content": ["x"], "name": ["crosspost:\n  only: [x]"], "category": ["]\nskip: true", "a" * 500, ""]},
        {"content": ["<script>alert(1)</script>\x00\x1b[31m"], "name": ["\u202eevil"]},
    ],
)
def test_nothing_that_is_sent_is_markup_or_a_setting(writing: Writing, properties: dict[str, Any]) -> None:
    assert writing.entry(**properties).status == 201
    (file,) = writing.files()
    assert file.parent == writing.place.root / "site/_posts"
    (row,) = [one for one in writing.place.crosspost("posts", "--json").json if one["path"].endswith(file.name)]
    assert row["state"] == "ready"
    body = file.read_text("utf-8").split("\n---\n", 1)[1]
    assert "<script" not in body
    assert "{{" not in body
    assert "\x1b" not in file.read_text("utf-8")


@pytest.mark.parametrize("name", ["photo[]", "video", "content"])
def test_what_is_no_picture_is_refused(writing: Writing, name: str) -> None:
    assert photo(writing, b"GIF89a<?php", name=name).status == 400
    assert writing.files() == []
    assert list((writing.place.root / "site").rglob("*x.png")) == []


def test_one_picture_is_taken(writing: Writing) -> None:
    assert photo(writing, b"x", many=2).status == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
def test_other_kinds_of_bodies_are_refused(writing: Writing, kind: str) -> None:
    bearer = {"Content-Type": kind, "Authorization": f"Bearer {writing.token}"}
    assert writing.door.ask("POST", "/micropub", headers=bearer, body="content=x").status == 415


def test_what_is_too_long_is_refused_before_it_is_read(writing: Writing) -> None:
    assert writing.json(json.dumps({"a": "x" * 300_000})).status == 413
    assert writing.form(content="x" * 300_000).status == 413


def test_too_many_are_asked_to_wait(writing: Writing) -> None:
    answers = [writing.door.post("/micropub", content="x").status for _ in range(62)]
    assert answers.count(429) == 2
    assert writing.form(content="x").status == 429


def test_another_name_of_this_machine_is_refused(writing: Writing) -> None:
    bearer = {"Authorization": f"Bearer {writing.token}", "Host": "evil.example"}
    assert writing.door.post("/micropub", bearer, content="x").status == 400
