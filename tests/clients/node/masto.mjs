import { access, load, picture, refusal, tell, TEXT } from "./access.mjs";

const { createRestAPIClient } = load("masto");
const client = createRestAPIClient({ url: access.base_url, accessToken: access.credentials.access_token });
const me = await client.v1.accounts.verifyCredentials();
const media = await client.v2.media.create({ file: new Blob([picture], { type: "image/png" }), description: "Zelt" });
const first = await client.v1.statuses.create({ status: TEXT, mediaIds: [media.id], language: "de" });
const second = await client.v1.statuses.create({ status: "zwei", inReplyToId: first.id });
const poll = await client.v1.statuses.create({ status: "Kommt ihr?", poll: { options: ["Ja", "Nein"], expiresIn: 600 } });
await client.v1.statuses.$select(second.id).update({ status: "zwei, geändert" });
const context = await client.v1.statuses.$select(first.id).context.fetch();
const history = await client.v1.statuses.$select(second.id).history.list();
const found = await client.v2.search.list({ q: "geändert", type: "statuses" });
const pages = [];
for await (const page of client.v1.accounts.$select(me.id).statuses.list({ limit: 2 })) pages.push(page.length);
await client.v1.statuses.$select(poll.id).remove();
tell({
  who: me.acct,
  source: (await client.v1.statuses.$select(first.id).source.fetch()).text,
  answers: context.descendants.map((status) => status.id === second.id),
  versions: history.map((version) => version.content),
  found: found.statuses.length,
  options: poll.poll.options.map((option) => option.title),
  pages,
  refused: await refusal(() => client.v1.statuses.create({ status: "x".repeat(501) })),
});
