import { access, load, picture, refusal, tell } from "./access.mjs";

const { AtpAgent, RichText } = load("@atproto/api");
const agent = new AtpAgent({ service: access.base_url });
await agent.login({ identifier: access.credentials.handle, password: access.credentials.app_password });
const text = new RichText({ text: "Grüße an @zweitkonto.test 🎉 https://example.org/fest #Sommerfest" });
await text.detectFacets(agent);
const { data } = await agent.uploadBlob(picture, { encoding: "image/png" });
const images = [{ image: data.blob, alt: "Zelt", aspectRatio: { width: 64, height: 36 } }];
const embed = { $type: "app.bsky.embed.images", images };
const first = await agent.post({ text: text.text, facets: text.facets, embed, langs: ["de"] });
const reply = { root: first, parent: first };
const second = await agent.post({ text: "zwei", reply });
const thread = (await agent.getPostThread({ uri: first.uri })).data.thread;
const feed = (await agent.getAuthorFeed({ actor: agent.session.handle, limit: 1 })).data;
const posts = (await agent.getPosts({ uris: [first.uri] })).data.posts;
await agent.deletePost(second.uri);
tell({
  who: (await agent.getProfile({ actor: agent.session.did })).data.displayName,
  facets: text.facets.map((facet) => facet.features[0].$type),
  answers: thread.replies.map((answer) => answer.post.record.text),
  feed: feed.feed.map((item) => item.post.record.text),
  alt: posts[0].embed.images[0].alt,
  refused: await refusal(() => agent.post({ text: "x".repeat(301) })),
});
