"""matrix-nio sends, repeats, changes, lists and redacts."""

import asyncio
import json
import os
import sys
from pathlib import Path

from nio import AsyncClient  # type: ignore[import-not-found]  # not in ours

access = json.loads(os.environ["CLIENT_ACCESS"])
PICTURE = Path(access["picture"])


async def main() -> None:
    client = AsyncClient(access["base_url"], access["handle"])
    client.access_token = access["credentials"]["access_token"]
    who = await client.whoami()
    client.user_id = who.user_id
    room = (await client.room_resolve_alias(access["settings"]["room"])).room_id
    content = {"msgtype": "m.text", "body": "Sommerfest & Musik"}
    first = await client.room_send(room, "m.room.message", content, tx_id="eins")
    again = await client.room_send(room, "m.room.message", content, tx_id="eins")
    with PICTURE.open("rb") as file:
        kept, _ = await client.upload(file, "image/png", "zelt.png", filesize=PICTURE.stat().st_size)
    image = {"msgtype": "m.image", "body": "Zelt", "filename": "zelt.png", "url": kept.content_uri}
    second = await client.room_send(room, "m.room.message", image, tx_id="zwei")
    new = {"msgtype": "m.text", "body": "Um vier"}
    edit = {"body": "* Um vier", "msgtype": "m.text", "m.new_content": new}
    relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": first.event_id}}
    await client.room_send(room, "m.room.message", edit | relation, tx_id="drei")
    listed = await client.room_messages(room, limit=20)
    await client.room_redact(room, second.event_id, tx_id="vier")
    refused = await client.room_send("!nirgends:sandbox.example", "m.room.message", content, tx_id="fünf")
    await client.close()
    told = {"who": who.user_id == access["handle"], "same": again.event_id == first.event_id}
    told |= {"listed": [event.body for event in listed.chunk], "refused": getattr(refused, "status_code", None)}
    json.dump(told, sys.stdout)


asyncio.run(main())
