"""discord-webhook posts with a picture, changes and deletes."""

import json
import os
import sys
from pathlib import Path

from discord_webhook import DiscordWebhook  # type: ignore[import-not-found]  # not in ours

access = json.loads(os.environ["CLIENT_ACCESS"])
url = access["credentials"]["webhook"].replace("https://discord.com", access["base_url"])
hook = DiscordWebhook(url=url, content="Sommerfest <@1>", wait=True)
hook.allowed_mentions = {"parse": []}
hook.add_file(file=Path(access["picture"]).read_bytes(), filename="zelt.png")
first = hook.execute()
changed = DiscordWebhook(url=hook.url, id=first.json()["id"], content="Sommerfest um vier", wait=True)
edited = changed.edit()
second = DiscordWebhook(url=hook.url, content="Falsch", wait=True)
second.execute()
deleted = second.delete()
empty = DiscordWebhook(url=hook.url, content="", wait=True).execute()
told = {"states": [first.status_code, edited.status_code, deleted.status_code]}
told |= {"pictures": len(first.json()["attachments"])}
json.dump(told | {"refused": empty.json()["message"]}, sys.stdout)
