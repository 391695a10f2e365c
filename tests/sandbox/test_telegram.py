"""How strict the Telegram stand-in is, and two independent clients."""

import asyncio
import json
from typing import Any

import apprise
import pytest
import telegram
from apprise.plugins.telegram import NotifyTelegram

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Bot, Clock, picture

TEXT = "Sommerfest & Musik 🎉 https://example.org/fest/?a=1&b=2 #Sommerfest"


def test_code_points_count_after_parsing(bot: Bot, sandbox: Sandbox) -> None:
    assert bot("sendMessage", chat_id="@verein", text="😀" * 4096)["message_id"] == 1
    assert bot("sendMessage", chat_id="@verein", text="😀" * 4097) == "Bad Request: message is too long"
    html = f"<b>{'&amp;' * 4096}</b>"
    message = bot("sendMessage", chat_id="@verein", text=html, parse_mode="HTML")
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]
    assert bot("sendMessage", chat_id="@verein", text=" \n") == "Bad Request: message text is empty"
    assert len(sandbox.posts("telegram")) == 2


def test_captions_are_short(bot: Bot) -> None:
    file = ("b.png", picture(), "image/png")
    assert bot("sendPhoto", chat_id="@verein", caption="ä" * 1024, file=file)["photo"][0]["width"] == 64
    assert (
        bot("sendPhoto", chat_id="@verein", caption="ä" * 1025, file=file) == "Bad Request: message caption is too long"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<b>offen", "can't find end tag"),
        ("a < b", "escape <, > and &"),
        ("<p>Absatz</p>", 'unsupported start tag "p"'),
        ("zu</b>", "unexpected end tag"),
    ],
)
def test_broken_html_is_refused(bot: Bot, text: str, words: str) -> None:
    assert words in bot("sendMessage", chat_id="@verein", text=text, parse_mode="HTML")


@pytest.mark.parametrize(
    ("entities", "words"),
    [
        ([{"type": "bold", "offset": 0, "length": 3}], "ENTITY_BOUNDS_INVALID"),
        ([{"type": "fett", "offset": 0, "length": 1}], "unsupported type"),
        ([{"type": "bold", "offset": 0, "length": 1}] * 101, "too many entities"),
        ("kein JSON", "can't parse entities JSON object"),
        ({}, "Bad Request"),
    ],
)
def test_entities_are_checked_in_utf16(bot: Bot, entities: Any, words: str) -> None:
    fine = bot("sendMessage", chat_id="@verein", text="😀", entities=[{"type": "bold", "offset": 0, "length": 2}])
    assert fine["text"] == "😀"
    refused = bot("sendMessage", chat_id="@verein", text="😀", entities=entities)
    assert words in refused if entities else refused["text"] == "😀"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (picture(size=(2000, 90)), "PHOTO_INVALID_DIMENSIONS"),
        (picture(size=(9000, 1001)), "PHOTO_INVALID_DIMENSIONS"),
        (b"kein Bild", "IMAGE_PROCESS_FAILED"),
        (b"x" * (10 * 1024 * 1024 + 1), "too big for a photo"),
    ],
    ids=["ratio", "size", "no picture", "bytes"],
)
def test_pictures_are_looked_at(bot: Bot, data: bytes, words: str) -> None:
    assert words in bot("sendPhoto", chat_id="@verein", file=("b.png", data, "image/png"))


def test_refusals_in_its_own_words(bot: Bot, sandbox: Sandbox) -> None:
    assert bot("sendMessage", chat_id="@nirgendwo", text="Hallo") == "Bad Request: chat not found"
    assert bot("sendMessage", chat_id="@zweitkonto", text="Hallo").startswith("Forbidden: bot is not a member")
    assert bot("sendPhoto", chat_id="@verein") == "Bad Request: there is no photo in the request"
    assert bot("deleteMessage", chat_id="@verein", message_id=9) == "Bad Request: message to delete not found"
    bot.token = "1:wrong"
    assert bot("getMe") == "Unauthorized"
    assert sandbox.posts() == []


def test_an_album_is_a_message_for_each_picture(bot: Bot, sandbox: Sandbox) -> None:
    def album(*captions: str, **more: Any) -> Any:
        media = [{"type": "photo", "media": f"attach://p{n}", "caption": c} for n, c in enumerate(captions)]
        files = {f"p{n}": (f"{n}.png", picture(), "image/png") for n in range(len(captions))}
        return bot("sendMediaGroup", chat_id="@verein", media=json.dumps(media), files=files, **more)

    sent = album("Zelt", "")
    assert [message.get("caption") for message in sent] == ["Zelt", ""]
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [len(post["images"]) for post in sandbox.posts()] == [1, 1]
    for captions in (["eins"], ["x"] * 11, ["x" * 1025, "zwei"]):
        assert album(*captions).startswith("Bad Request")
    assert "colour" in album("a", "b", colour="blue")
    video = json.dumps([{"type": "video", "media": "attach://p"}] * 2)
    assert "photos only" in bot("sendMediaGroup", chat_id="@verein", media=video)
    missing = json.dumps([{"type": "photo", "media": "attach://p"}] * 2)
    assert bot("sendMediaGroup", chat_id="@verein", media=missing).startswith("Bad Request: wrong file identifier")
    assert len(sandbox.posts()) == 2, "all or none"


def test_a_bot_hears_nothing(bot: Bot) -> None:
    bot("sendMessage", chat_id="@verein", text="Hallo")
    assert bot("getUpdates", offset=1, limit=5, timeout=0, allowed_updates=["message"]) == []
    assert bot("deleteWebhook", drop_pending_updates=True) is True
    assert bot("getWebhookInfo")["url"] == ""
    assert "calls nobody" in bot("setWebhook", url="https://example.org")
    assert bot("getUpdates", limit=101).startswith("Bad Request")
    assert bot("getUpdates", timeout=51).startswith("Bad Request")


def test_waiting_for_updates_blocks_nobody(sandbox: Sandbox, bot: Bot) -> None:
    paused: list[float] = []
    sandbox.pause = paused.append  # type: ignore[method-assign] # instead of real seconds
    assert bot("getUpdates", timeout=30) == []
    assert paused == [30]


def test_an_answer_names_its_message(bot: Bot, sandbox: Sandbox) -> None:
    bot("sendMessage", chat_id="@verein", text="eins")
    answer = bot("sendMessage", chat_id="@verein", text="zwei", reply_parameters={"message_id": 1})
    assert answer["reply_to_message"]["text"] == "eins"
    assert sandbox.posts()[1]["extra"]["in_reply_to_id"] == "1"
    lost = bot("sendMessage", chat_id="@verein", text="drei", reply_parameters={"message_id": 9})
    assert lost == "Bad Request: message to be replied not found"
    fine = {"message_id": 9, "allow_sending_without_reply": True}
    assert "reply_to_message" not in bot("sendMessage", chat_id="@verein", text="drei", reply_parameters=fine)
    assert bot("sendMessage", chat_id="@verein", text="x", reply_parameters={"quote": "eins"}).startswith("Bad Request")


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("sendMessage", {"chat_id": "@verein", "text": "Hallo", "caption": "Hallo"}),
        ("sendMessage", {"chat_id": "@verein", "text": "Hallo", "reply_markup": {"inline_keyboard": []}}),
        ("sendMessage", {"chat_id": "@verein", "text": "Hallo", "link_preview_options": {"size": "large"}}),
        ("getMe", {"chat_id": "@verein"}),
        ("getChat", {"chat_id": "@verein", "text": "x"}),
        ("deleteMessage", {"chat_id": "@verein", "message_id": 1, "revoke": True}),
    ],
)
def test_nothing_is_taken_and_dropped(bot: Bot, sandbox: Sandbox, method: str, fields: dict[str, Any]) -> None:
    assert "the sandbox does not know the parameter" in bot(method, **fields)
    assert sandbox.posts() == []


def test_twenty_a_minute(bot: Bot, clock: Clock) -> None:
    answers = [bot("sendMessage", chat_id="@verein", text=f"{n}") for n in range(21)]
    assert answers[-1] == "Too Many Requests: retry after 60"
    clock.pass_by(minutes=1)
    assert bot("sendMessage", chat_id="@verein", text="wieder")["message_id"] == 21


def test_editing_knows_text_from_caption(bot: Bot, sandbox: Sandbox) -> None:
    bot("sendMessage", chat_id="@verein", text="eins")
    bot("sendPhoto", chat_id="@verein", caption="zwei", file=("b.png", picture(), "image/png"))
    assert bot("editMessageText", chat_id="@verein", message_id=1, text="neu")["edit_date"]
    assert "not modified" in bot("editMessageText", chat_id="@verein", message_id=1, text="neu")
    assert "no text" in bot("editMessageText", chat_id="@verein", message_id=2, text="neu")
    assert "no caption" in bot("editMessageCaption", chat_id="@verein", message_id=1, caption="neu")
    assert bot("editMessageCaption", chat_id="@verein", message_id=2, caption="neu")["caption"] == "neu"
    assert bot("deleteMessage", chat_id="@verein", message_id=1) is True
    assert [post["text"] for post in sandbox.posts()] == ["neu"]


# ── clients nobody here wrote ─────────────────────────────────────────────────────────────────────────────────────


def test_python_telegram_bot_posts_edits_and_deletes(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # its new form of retry_after; the old one warns
    token = sandbox.accounts()["telegram"]["credentials"]["bot_token"]

    async def work() -> None:
        bold = telegram.MessageEntity("bold", 0, 10)
        preview = telegram.LinkPreviewOptions(url="https://example.org/fest", prefer_large_media=True)
        async with telegram.Bot(token, base_url=f"{sandbox.url}/bot") as bot:
            assert bot.username == "verein_bot"
            assert (await bot.get_chat("@verein")).title == "Verein Beispiel"
            sent = await bot.send_message("@verein", TEXT, entities=[bold], link_preview_options=preview)
            assert (sent.text, sent.link) == (TEXT, f"https://t.me/verein/{sent.message_id}")
            photo = await bot.send_photo("@verein", picture(), caption="<b>Zelt</b> &amp; Wiese", parse_mode="HTML")
            assert (photo.caption, photo.photo[0].width) == ("Zelt & Wiese", 64)
            assert (await bot.edit_message_text("Neu", "@verein", sent.message_id)).text == "Neu"
            assert await bot.delete_message("@verein", photo.message_id)
            with pytest.raises(telegram.error.BadRequest, match="caption is too long"):
                await bot.send_photo("@verein", picture(), caption="x" * 1025)
            with pytest.raises(telegram.error.Forbidden):
                await bot.send_message("@zweitkonto", "Hallo")
            sandbox.fault("telegram", "429", retry_after=30)
            with pytest.raises(telegram.error.RetryAfter):
                await bot.send_message("@verein", "Hallo")
            sandbox.fault("telegram", "cut-after")
            with pytest.raises(telegram.error.NetworkError):
                await bot.send_message("@verein", "Hallo")

    asyncio.run(work())
    assert [post["text"] for post in sandbox.posts()] == ["Neu", "Hallo"]
    assert json.dumps(sandbox.posts()[0]["extra"]["link_preview"])


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # the library's own, on Python 3.11
def test_apprise_posts(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address is fixed in the class; nothing else of it is changed."""
    token = sandbox.accounts()["telegram"]["credentials"]["bot_token"]
    monkeypatch.setattr(NotifyTelegram, "notify_url", f"{sandbox.url}/bot")
    sender = apprise.Apprise()
    assert sender.add(f"tgram://{token}/@verein/?format=html")
    assert sender.notify(body="<b>Sommerfest</b> &amp; Musik", body_format="html")
    (post,) = sandbox.posts("telegram")
    assert post["text"] == "Sommerfest & Musik"
    assert post["extra"]["entities"] == [{"type": "bold", "offset": 0, "length": 10}]
