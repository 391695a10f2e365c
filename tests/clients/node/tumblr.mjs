// Tumblr's own client. Its address is fixed in the code: started with redirect.cjs. It signs with OAuth 1.0a, and the
// stand-in knows OAuth 2 only: the token stands where the signature was, and nothing else is changed.
import http from "node:http";
import { createReadStream } from "node:fs";
import { access, load, refusal, tell, TEXT } from "./access.mjs";

const signed = http.ClientRequest.prototype.setHeader;
http.ClientRequest.prototype.setHeader = function (name, value) {
  const token = name === "Authorization" && `Bearer ${access.credentials.access_token}`;
  return signed.call(this, name, token || value);
};
const { createClient } = load("tumblr.js");
const client = createClient({ consumer_key: "a", consumer_secret: "b", token: "c", token_secret: "d" });
const blog = access.settings.blog;
const heading = { type: "text", subtype: "heading1", text: "Sommerfest" };
const words = { type: "text", text: TEXT, formatting: [{ type: "bold", start: 0, end: 10 }] };
const link = { type: "link", url: "https://example.org/fest/" };
const picture = { type: "image", media: createReadStream(access.picture), alt_text: "Zelt" };
const made = await client.createPost(blog, { content: [heading, words, picture, link], tags: ["Garten", "Fest"] });
const read = (await client.getRequest(`/v2/blog/${blog}/posts/${made.id}`)).content;
await client.editPost(blog, made.id, { content: [heading, { type: "text", text: "zwei" }, read[2]], tags: ["Fest"] });
const listed = await client.blogPosts(blog, { limit: 5 });
const second = await client.createPost(blog, { content: [{ type: "text", text: "weg" }] });
await client.deletePost(blog, second.id);
tell({
  who: (await client.userInfo()).user.name,
  kinds: read.map((block) => block.type),
  listed: listed.posts.map((post) => post.id_string === String(made.id)),
  tags: listed.posts[0].tags,
  left: (await client.blogPosts(blog)).total_posts,
  unknown: await refusal(() => client.createPost(blog, { content: [{ type: "text", text: "a", size: 3 }] })),
  long: await refusal(() => client.createPost(blog, { content: [{ type: "text", text: "a".repeat(4097) }] })),
});
