"""Uploads pictures to Slack, and tells which a message shows.

Sources: docs.slack.dev files.getUploadURLExternal, files.completeUploadExternal, files.info, conversations.history;
that a file may be shown once it has its media type: github.com/slackapi/python-slack-sdk/issues/1658. Checked
2026-11-27.

A file that is uploaded without a channel is seen by nobody but the bot until a message shows it.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from crosspost.errors import AuthExpired, NotSent, Rejected, Unsupported
from crosspost.model import Picture, Prepared, Receipt
from crosspost.networks.post_search import rows
from crosspost.networks.slack_message import files_of

#: seconds between looks; a longer wait is for the next attempt
_LOOKS = (1, 1, 2, 4, 8, 15)


def upload(network: Any, picture: Picture) -> str:
    """Upload a picture; it is still being processed then.

    :param network: the adapter of Slack
    :returns: the file's id
    """
    fitted = network.fitted(picture)
    name = f"picture.{fitted.mime.rpartition('/')[2]}"
    wanted = {"filename": name, "length": len(fitted.data)} | ({"alt_txt": picture.alt} if picture.alt else {})
    with network.talking():
        given = network.call("files.getUploadURLExternal", **wanted)
        url, file = str(given["upload_url"]), str(given["file_id"])
    place = urlsplit(url)
    if not (url.startswith(f"{network.base_url}/") or (place.scheme == "https" and _is_slacks(place.hostname or ""))):
        raise NotSent(f"{network.account}: Slack wants the picture at {place.netloc}, which is not its own")
    network.session.hide(place.path.rpartition("/")[2])  # who knows it may upload
    with network.talking():
        network.session.post(url, data=fitted.data, headers={"Content-Type": fitted.mime}).raise_for_status()
    with network.talking():
        network.call("files.completeUploadExternal", files=json.dumps([{"id": file, "title": name}]))
    return file


def wait(network: Any, file: str) -> None:
    """Wait until Slack has processed a file; a message that shows it before is refused.

    :param network: the adapter of Slack
    :raises NotSent: when that takes longer; the next attempt goes on waiting
    :raises Rejected: when it is no picture to Slack
    """
    for pause in (*_LOOKS, 0):
        with network.talking():
            kind = str(network.call("files.info", file=file)["file"].get("mimetype") or "")
        if kind.startswith("image/"):
            return
        if kind:
            raise Rejected(f"{network.account}: Slack does not take the picture for one: it says {kind}")
        network.sleep(pause)
    raise NotSent(f"{network.account}: Slack is still processing the picture")


def uploaded(prepared: Prepared) -> list[str]:
    """The files of a draft's pictures, as :func:`upload` told them."""
    return [str(prepared.remote[f"media_{number}"]) for number in range(len(prepared.draft.images))]


def shown(network: Any, receipt: Receipt, count: int) -> list[str]:
    """The files that a message shows.

    :param network: the adapter of Slack
    :param count: how many it shows, as far as we know; where there are none, nobody is asked
    :raises Unsupported: when they cannot be told: a change would take them away
    """
    if not count:
        return []
    one = {"oldest": receipt.id, "latest": receipt.id, "inclusive": "true", "include_all_metadata": "true"}
    messages = []
    try:
        with network.talking():
            answer = network.call("conversations.history", channel=network.options.channel, **one)
            messages = [message for message in rows(answer, "messages") if message.get("ts") == receipt.id]
    except AuthExpired:
        if network.session.last is None or b"missing_scope" not in network.session.last.body:
            raise
    files = [file for message in messages for file in files_of(message)]
    if len(files) != count:
        raise Unsupported(
            f"{network.account}: Slack does not tell which pictures the message shows, and a change would take them "
            f"away; change it in Slack ({receipt.url})"
        )
    return files


def _is_slacks(host: str) -> bool:
    return host == "slack.com" or host.endswith(".slack.com")
