import { access, load, refusal, tell } from "./access.mjs";

const WPAPI = load("wpapi");
const { username, password } = access.credentials;
const at = `${access.base_url}/wp-json`;
const client = new WPAPI({ endpoint: at, username, password });
const me = await client.users().me();
const image = await client.media().file(access.picture, "zelt.png").create({ title: "Das Zelt", alt_text: "Zelt" });
const again = await client.media().id(image.id).get();
const bare = await client.media().file(access.picture, "nochmal.png").create();
await client.media().id(bare.id).update({ alt_text: "Zelt & Zaun" });
const text = await refusal(() => client.media().file(Buffer.from("nur Text"), "text.png").create());
const tag = await client.tags().create({ name: "Beet & Garten" });
const taken = await refusal(() => client.tags().create({ name: "Beet & Garten" }));
const draft = await client.posts().create({
  title: "Sommerfest & Musik",
  content: `<p>Um drei geht es los.</p><img src="${image.source_url}" alt="Zelt">`,
  slug: "fest",
  featured_media: image.id,
  tags: [tag.id],
});
const published = await client.posts().id(draft.id).update({ status: "publish" });
const found = await client.posts().slug("fest");
const second = await client.posts().create({ title: "Falsch", content: "weg", status: "publish", slug: "fest" });
const gone = await client.posts().id(second.id).delete();
const twice = await refusal(() => client.posts().id(second.id).delete());
const empty = await refusal(() => client.posts().create({ status: "publish" }));
const stranger = new WPAPI({ endpoint: at, username, password: "falsch" });
const wrong = await refusal(() => stranger.posts().create({ title: "T", content: "x" }));
tell({
  who: me.name,
  picture: [image.alt_text, image.title.rendered, image.mime_type, again.source_url === image.source_url],
  states: [draft.status, published.status, gone.status],
  found: found.map((post) => [post.id === draft.id, post.title.rendered, post.tags.length === 1]),
  slug: second.slug,
  refused: { text, taken, twice, empty, wrong },
});
