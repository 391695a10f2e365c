// Its address is fixed in the code: started with redirect.cjs.
import { access, load, picture, refusal, tell, TEXT } from "./access.mjs";

const { TwitterApi } = load("twitter-api-v2");
const known = access.credentials;
const signed = { appKey: known.consumer_key, appSecret: known.consumer_secret };
const tokens = { accessToken: known.access_token, accessSecret: known.access_token_secret };
const answers = [];
for (const [way, login] of [["OAuth 1.0a", { ...signed, ...tokens }], ["OAuth 2", known.bearer_token]]) {
  const client = new TwitterApi(login).v2;
  const media = await client.uploadMedia(picture, { media_type: "image/png" }, 50);
  await client.createMediaMetadata(media, { alt_text: { text: "Zelt" } });
  const made = (await client.tweet(`${TEXT} ${way}`, { media: { media_ids: [media] } })).data;
  const answer = (await client.reply(`zwei ${way}`, made.id)).data;
  const me = (await client.me()).data;
  const timeline = await client.userTimeline(me.id, { max_results: 5, "tweet.fields": ["entities"] });
  answers.push({
    who: me.username,
    link: timeline.tweets.find((tweet) => tweet.id === made.id).entities.urls[0].expanded_url,
    refused: await refusal(() => client.tweet(`${TEXT} ${way}`)),
    deleted: (await client.deleteTweet(answer.id)).data.deleted,
  });
}
tell(answers);
