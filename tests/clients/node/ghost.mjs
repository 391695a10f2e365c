import { access, load, refusal, tell } from "./access.mjs";

const GhostAdminAPI = load("@tryghost/admin-api");
const client = new GhostAdminAPI({ url: access.base_url, key: access.credentials.admin_key, version: "v5.0" });
const site = await client.site.read();
const image = await client.images.upload({ file: access.picture });
const draft = await client.posts.add(
  {
    title: "Sommerfest & Musik",
    html: "<p>Um drei geht es los.</p>",
    slug: "fest",
    feature_image: image.url,
    feature_image_alt: "Zelt",
    canonical_url: "https://example.org/fest/",
    tags: ["Garten"],
  },
  { source: "html" },
);
const stale = await refusal(() => client.posts.edit({ id: draft.id, updated_at: "2020-01-01T00:00:00.000Z", title: "Alt" }));
const change = { id: draft.id, updated_at: draft.updated_at, status: "published" };
const published = await client.posts.edit(change);
const found = await client.posts.read({ slug: "fest" });
const second = await client.posts.add({ title: "Falsch", status: "published" });
await client.posts.delete({ id: second.id });
tell({ site: site.title, states: [draft.status, published.status], found: found.id === draft.id, stale });
