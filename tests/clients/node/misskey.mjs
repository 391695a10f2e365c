import { access, load, refusal, tell, TEXT } from "./access.mjs";

const { api } = load("misskey-js");
const client = new api.APIClient({ origin: access.base_url, credential: access.credentials.access_token });
const me = await client.request("i", {});
const meta = await client.request("meta", { detail: true });
const { createdNote } = await client.request("notes/create", { text: TEXT, visibility: "home" });
const answer = await client.request("notes/create", { text: "zwei", replyId: createdNote.id });
const shown = await client.request("notes/show", { noteId: createdNote.id });
const answers = await client.request("notes/replies", { noteId: createdNote.id });
const listed = await client.request("users/notes", { userId: me.id, limit: 10 });
await client.request("notes/delete", { noteId: answer.createdNote.id });
tell({
  who: me.username,
  limit: meta.maxNoteTextLength,
  text: shown.text,
  answers: answers.map((note) => note.text),
  listed: listed.map((note) => note.id === createdNote.id),
  refused: await refusal(() => client.request("notes/create", { text: "" })),
});
