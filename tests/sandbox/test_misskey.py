"""How strict the Misskey stand-in is, and a client of other people."""

import io
from typing import Any

import pytest
import requests
from misskey import Misskey
from misskey.exceptions import MisskeyAPIException, MisskeyAuthorizeFailedException

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import picture


@pytest.fixture
def token(sandbox: Sandbox) -> str:
    return str(sandbox.accounts()["misskey"]["credentials"]["access_token"])


@pytest.fixture
def client(sandbox: Sandbox, token: str) -> Misskey:
    return Misskey(sandbox.url, i=token)


def call(sandbox: Sandbox, path: str, **fields: Any) -> requests.Response:
    return requests.post(f"{sandbox.url}/api/{path}", json=fields, timeout=10)


def test_a_foreign_client_uploads_posts_answers_and_deletes(client: Misskey, sandbox: Sandbox) -> None:
    me = client.i()
    file = client.drive_files_create(io.BytesIO(picture()), name="beet.png")
    note = client.notes_create("Grüße 🎉", cw="Wetter", file_ids=[file["id"]])["createdNote"]
    answer = client.notes_create("Antwort", reply_id=note["id"])["createdNote"]
    assert [one["id"] for one in client.users_notes(me["id"])] == [answer["id"], note["id"]]
    assert [one["id"] for one in client.users_notes(me["id"], include_replies=False)] == [note["id"]]
    client.notes_delete(answer["id"])
    (post,) = sandbox.posts("misskey")
    assert (post["text"], post["extra"]["cw"], len(post["images"])) == ("Grüße 🎉", "Wetter", 1)
    with pytest.raises(MisskeyAPIException, match="NO_SUCH_NOTE"):
        client.notes_delete(answer["id"])


def test_a_wrong_token_is_told(sandbox: Sandbox) -> None:
    client = Misskey(sandbox.url)
    with pytest.raises(MisskeyAuthorizeFailedException):
        client.token = "wrong"
    assert call(sandbox, "i").json()["error"]["code"] == "CREDENTIAL_REQUIRED"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": ""}, "CONTENT_REQUIRED"),
        ({"text": "ä" * 3001}, "MAX_LENGTH"),
        ({"text": "a", "fileIds": ["1"]}, "NO_SUCH_FILE"),
        ({"text": "a", "fileIds": []}, "INVALID_PARAM"),
        ({"text": "a", "replyId": "1"}, "NO_SUCH_REPLY_TARGET"),
        ({"text": "a", "visibility": "private"}, "INVALID_PARAM"),
        ({"text": "a", "colour": "red"}, "INVALID_PARAM"),
    ],
)
def test_what_is_wrong_is_refused(sandbox: Sandbox, token: str, fields: dict[str, Any], code: str) -> None:
    refused = call(sandbox, "notes/create", i=token, **fields)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert sandbox.posts("misskey") == []


def test_the_same_bytes_are_the_old_file_unless_forced(sandbox: Sandbox, token: str) -> None:
    def upload(**form: str) -> Any:
        files = {"file": ("a.png", picture(), "image/png")}
        answer = requests.post(
            f"{sandbox.url}/api/drive/files/create", data={"i": token} | form, files=files, timeout=10
        )
        return answer.json()

    first = upload(comment="eins")
    assert upload(comment="zwei") == {"id": first["id"], "comment": "eins"}
    assert upload(comment="zwei", force="true")["comment"] == "zwei"
    assert upload(comment="ä" * 513)["error"]["code"] == "COMMENT_TOO_LONG"


def test_a_session_gives_its_token_once_and_only_after_consent(sandbox: Sandbox) -> None:
    assert call(sandbox, "miauth/1-2-3/check").json() == {"ok": False}
    page = f"{sandbox.url}/miauth/1-2-3?name=x&permission=write:notes&callback=http://127.0.0.1:9/"
    form = requests.get(page, timeout=10).text.partition('name="ticket" value="')[2].partition('"')[0]
    assert form
    decided = {"ticket": form, "decision": "allow", "account": "verein"}
    back = requests.post(f"{sandbox.url}/miauth/decided", data=decided, timeout=10, allow_redirects=False)
    assert back.headers["Location"] == "http://127.0.0.1:9/?session=1-2-3"
    told = call(sandbox, "miauth/1-2-3/check").json()
    assert (told["ok"], told["user"]["username"]) == (True, "verein")
    assert call(sandbox, "miauth/1-2-3/check").json() == {"ok": False}
