import { access, load, picture, refusal, tell, TEXT } from "./access.mjs";

const { default: generator } = load("megalodon");
const client = generator("mastodon", access.base_url, access.credentials.access_token);
const me = (await client.verifyAccountCredentials()).data;
const { createReadStream } = await import("node:fs");
const media = (await client.uploadMedia(createReadStream(access.picture), { description: "Zelt" })).data;
const first = (await client.postStatus(TEXT, { media_ids: [media.id], language: "de", visibility: "unlisted" })).data;
const second = (await client.postStatus("zwei", { in_reply_to_id: first.id })).data;
const poll = (await client.postStatus("Kommt ihr?", { poll: { options: ["Ja", "Nein"], expires_in: 600 } })).data;
await client.editStatus(second.id, { status: "zwei, geändert" });
const home = (await client.getHomeTimeline({ limit: 5 })).data;
const context = (await client.getStatusContext(second.id)).data;
await client.deleteStatus(poll.id);
tell({
  who: me.acct,
  picture: picture.length > 0 && first.media_attachments[0].description,
  source: (await client.getStatusSource(first.id)).data.text,
  home: home.map((status) => status.id === poll.id || status.id === second.id || status.id === first.id),
  answered: context.ancestors.map((status) => status.id === first.id),
  options: poll.poll.options.map((option) => option.title),
  limit: (await client.getInstance()).data.configuration.statuses.max_characters,
  refused: await refusal(() => client.postStatus("x".repeat(501))),
});
