"""Slack's own library posts, answers, changes, lists and deletes."""

import json
import os
import sys

from slack_sdk import WebClient  # type: ignore[import-not-found]  # not in ours
from slack_sdk.errors import SlackApiError  # type: ignore[import-not-found]  # the same

access = json.loads(os.environ["CLIENT_ACCESS"])
client = WebClient(token=access["credentials"]["token"], base_url=f"{access['base_url']}/api/")
who = client.auth_test()
(channel,) = [one["id"] for page in client.conversations_list(limit=1) for one in page["channels"] if one["is_member"]]
metadata = {"event_type": "test", "event_payload": {"key": "1"}}
first = client.chat_postMessage(channel=channel, text="Sommerfest &amp; Musik", metadata=metadata)
client.chat_postMessage(channel=channel, text="zwei", thread_ts=first["ts"])
client.chat_update(channel=channel, ts=first["ts"], text="Sommerfest um vier")
listed = client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
replies = client.conversations_replies(channel=channel, ts=first["ts"])["messages"]
second = client.chat_postMessage(channel=channel, text="Falsch")
client.chat_delete(channel=channel, ts=second["ts"])
try:
    client.chat_postMessage(channel="C0000000404", text="Nirgends")
    refused = ""
except SlackApiError as error:
    refused = error.response["error"]
told = {"who": who["user"], "listed": [one["text"] for one in listed], "replies": [one["text"] for one in replies]}
json.dump(told | {"key": listed[0]["metadata"]["event_payload"]["key"], "refused": refused}, sys.stdout)
