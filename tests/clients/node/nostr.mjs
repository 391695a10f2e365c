import { access, load, refusal, tell, TEXT } from "./access.mjs";

const { finalizeEvent, getPublicKey, nip19, verifyEvent } = load("nostr-tools");
globalThis.WebSocket ??= load("ws"); // node has one of its own from 22 on
const { Relay } = load("nostr-tools/relay");
const said = access.credentials.private_key;
const key = said.startsWith("nsec") ? nip19.decode(said).data : Uint8Array.from(Buffer.from(said, "hex"));
const relay = await Relay.connect(access.base_url.replace("http", "ws"));
const at = Math.floor(Date.now() / 1000);
const note = finalizeEvent({ kind: 1, created_at: at, tags: [["t", "fest"]], content: TEXT }, key);
await relay.publish(note);
await relay.publish(note);
const ask = (filter) =>
  new Promise((resolve) => {
    const events = [];
    const asked = relay.subscribe([filter], {
      onevent: (event) => events.push(event),
      oneose: () => {
        asked.close();
        resolve(events);
      },
    });
  });
const found = await ask({ ids: [note.id] });
const mine = await ask({ authors: [getPublicKey(key)], kinds: [1], "#t": ["fest"] });
const forged = { ...note, content: "Anderes" };
const refused = await refusal(() => relay.publish(forged));
await relay.publish(finalizeEvent({ kind: 5, created_at: at, tags: [["e", note.id], ["k", "1"]], content: "" }, key));
const left = await ask({ ids: [note.id] });
relay.close();
tell({ found: found.map((event) => verifyEvent(event)), mine: mine.length, refused, left: left.length });
