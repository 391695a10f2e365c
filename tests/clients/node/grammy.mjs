import { access, load, picture, refusal, tell, TEXT } from "./access.mjs";

const { Bot, InputFile, InputMediaBuilder } = load("grammy");
const bot = new Bot(access.credentials.bot_token, { client: { apiRoot: access.base_url } });
const chat = access.settings.chat;
const sent = await bot.api.sendMessage(chat, TEXT);
const marked = await bot.api.sendMessage(chat, "*Fest* am Beet\\!", { parse_mode: "MarkdownV2" });
const photo = await bot.api.sendPhoto(chat, new InputFile(picture, "b.png"), { caption: "Zelt" });
const item = (caption) => InputMediaBuilder.photo(new InputFile(picture, "b.png"), { caption });
const album = await bot.api.sendMediaGroup(chat, [item("eins"), item("zwei")]);
await bot.api.editMessageText(chat, sent.message_id, "Neu");
await bot.api.deleteMessage(chat, photo.message_id);
tell({
  who: (await bot.api.getMe()).username,
  entities: marked.entities,
  album: album.map((message) => message.caption),
  updates: await bot.api.getUpdates(),
  refused: await refusal(() => bot.api.sendMessage(chat, "Fest!", { parse_mode: "MarkdownV2" })),
});
