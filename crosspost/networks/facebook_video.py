"""Videos of a Facebook Page: sent in parts, then published by one request that names the upload.

The first answer gives the video's id, which is written down before anything is sent. The last request publishes that
very video, so repeating it makes no second one, and what became public can be read under that id.

Sources: developers.facebook.com/docs/graph-api/video-uploads (start, transfer, finish), docs/video-api/reference
/error-codes, docs/graph-api/reference/{page/videos,video,video-status,video/captions}, checked 2026-11-27.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from crosspost.config.small_file import open_file
from crosspost.errors import DeliveryError, MediaError, NotSent, Rejected, Unknown
from crosspost.model import Prepared, Video, VideoLimits
from crosspost.networks.base import Save
from crosspost.networks.meta import graph
from crosspost.text.language_names import language

#: videos have a server of their own
HOST = "https://graph-video.facebook.com"
#: 10 GB and four hours are documented; 1 GB is what a machine sends in a bearable time. The ratios are 9:16 to 16:9
LIMITS = VideoLimits(
    containers=("MP4", "MOV"), bytes=1_000_000_000, longest=14_400, min_ratio=0.56, max_ratio=1.78,
    captions=500_000, captions_as="SRT", poster=("own", "picture"), alt=-1,
)  # fmt: skip
_FIELDS = "id,published,permalink_url,post_id,status"
#: what a video is that will never be published
_DEAD = ("error", "expired", "upload_failed")
#: after that a video that is still processed says nothing about what went wrong
_PROCESSED_BY = timedelta(hours=1)


def upload(network: Any, prepared: Prepared, save: Save) -> Prepared:
    """Send the file in the parts that Facebook asks for, and go on where an earlier attempt stopped.

    :param network: the adapter of Facebook
    :raises Unknown: when an earlier attempt has published it
    """
    remote, video = dict(prepared.remote), prepared.draft.video
    if video is None:
        return prepared
    if "video" in remote:
        node = told(network, remote["video"])
        if _is_out(node):
            raise Unknown(f"{network.account}: the uploaded video is on the Page already")
        if _status(node) in _DEAD or (not node and prepared.begun is None):
            remote = {key: value for key, value in remote.items() if key not in ("video", "session", "left")}
    video, resumed = network.sendable(video), "video" in remote
    if not resumed:
        remote |= _begun(network, network.filmed(video).bytes, save)
    try:
        _send(network, video.path, remote, save)
    except (NotSent, Rejected):
        if not resumed or not _is_refused(network):
            raise
        remote |= _begun(network, network.filmed(video).bytes, save)  # the upload of an earlier attempt has ended
        _send(network, video.path, remote, save)
    return msgspec.structs.replace(prepared, remote=remote)


def publish(network: Any, prepared: Prepared) -> str:
    """Publish what was uploaded; the only irreversible request.

    :param network: the adapter of Facebook
    :returns: the video's id
    """
    draft, remote = prepared.draft, prepared.remote
    form = {"upload_phase": "finish", "upload_session_id": remote["session"], "description": draft.text}
    form |= {"title": draft.title} if draft.title else {}
    poster = network.poster(draft.video) if draft.video is not None else None
    thumb = {"thumb": ("thumb.jpg", poster.data, poster.mime)} if poster is not None else None
    answer = _ask(network, form, thumb, irreversible=True)
    if answer.get("success") is not True:
        raise network.unreadable("the answer does not confirm the video")
    return str(remote["video"])


def caption(network: Any, video: Video, number: str) -> tuple[str, ...]:
    """Add captions to a video that is out, which is the only documented moment; what went wrong, for people.

    :param network: the adapter of Facebook
    """
    if not video.captions:
        return ()
    from crosspost.media.video import read_captions

    known = language(video.captions_language)
    try:
        data = read_captions(video.captions, network.allowed.videos or VideoLimits())
        locale = f"{known[0]}_{known[1].country}" if known else ""
        part = {"captions_file": (f"captions.{locale}.srt", data, "application/octet-stream")}
        client = graph.client(network.session, network.secret("access_token"))
        with network.talking():
            client.request(f"{client.version}/{number}/captions", post_args={"default_locale": locale}, files=part)
    except (DeliveryError, MediaError) as error:
        return (f"out without the captions of its video; add them on Facebook ({error})",)
    return ()


def find(network: Any, prepared: Prepared, since: datetime) -> dict[str, Any] | None:
    """The video when it is out; None when nothing says so, which is no proof.

    :param network: the adapter of Facebook
    :raises Unknown: while Facebook is still processing it
    """
    node = told(network, prepared.remote["video"])
    if _is_out(node):
        return node
    phase = ((node.get("status") or {}).get("processing_phase") or {}).get("status")
    if phase in ("in_progress", "complete") and network.clock() - since < _PROCESSED_BY:
        raise Unknown(f"{network.account}: Facebook is still processing the video; whether it is out shows later")
    return None


def told(network: Any, video: str) -> dict[str, Any]:
    """What Facebook says of a video; {} when there is none."""
    try:
        with network.talking():
            node = graph.client(network.session, network.secret("access_token")).get_object(video, fields=_FIELDS)
    except Rejected:
        if network.session.last is not None and graph.missing(network.session.last):
            return {}
        raise
    if not isinstance(node, dict) or not node.get("id"):
        raise NotSent(f"{network.account}: Facebook does not say what happened to the video")
    return node


def is_post(number: str) -> bool:
    """Whether an id is that of a post, ``PAGE_POST``; that of a video has one part."""
    return "_" in number


def post_of(client: Any, number: str, page: str) -> str:
    """The id of the post that shows a video, which is not known while it is processed; a post's own id as it is.

    :param client: facebook-sdk's
    :param page: the Page's id
    """
    if is_post(number):
        return number
    post = client.get_object(number, fields="post_id").get("post_id")
    return f"{page}_{post}" if post else number


def _is_out(node: dict[str, Any]) -> bool:
    publishing = (node.get("status") or {}).get("publishing_phase") or {}
    done = publishing.get("status") == "complete" and publishing.get("publish_status") == "published"
    return node.get("published") is True or done


def _status(node: dict[str, Any]) -> str:
    return str((node.get("status") or {}).get("video_status") or "")


def _is_refused(network: Any) -> bool:
    """Whether Facebook refused the last part because of its upload."""
    last = network.session.last
    subcode = graph.error_of(last).get("error_subcode") if last is not None else None
    return isinstance(subcode, int) and subcode // 1000 == 1363


def _begun(network: Any, size: int, save: Save) -> dict[str, Any]:
    """Announce a video: its id, that of the upload, and the first part to send."""
    answer = _ask(network, {"upload_phase": "start", "file_size": str(size)})
    if not answer.get("video_id") or not answer.get("upload_session_id"):
        raise NotSent(f"{network.account}: Facebook accepted the video but returned no id")
    begun: dict[str, Any] = {"video": str(answer["video_id"]), "session": str(answer["upload_session_id"])}
    begun["left"] = _left(network, answer)
    save("video", begun["video"], ("session", begun["session"]), ("left", begun["left"]))
    return begun


def _send(network: Any, path: str, remote: dict[str, Any], save: Save) -> None:
    try:
        with open_file(Path(path)) as file:
            while remote["left"][0] < remote["left"][1]:
                first, end = remote["left"]
                file.seek(first)
                remote["left"] = _sent(network, remote["session"], first, file.read(end - first))
                save("left", remote["left"])
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}") from None


def _sent(network: Any, session: str, first: int, data: bytes) -> list[int]:
    form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": str(first)}
    part = {"video_file_chunk": ("part", data, "application/octet-stream")}
    return _left(network, _ask(network, form, part))


def _left(network: Any, answer: dict[str, Any]) -> list[int]:
    """The part to send next: where it begins and ends; both are the same when all is there."""
    try:
        return [int(answer["start_offset"]), int(answer["end_offset"])]
    except (KeyError, TypeError, ValueError):
        raise NotSent(f"{network.account}: Facebook does not say which part of the video it wants next") from None


def _ask(network: Any, form: dict[str, str], files: Any = None, *, irreversible: bool = False) -> dict[str, Any]:
    client = graph.client(
        network.session,
        network.secret("access_token"),
        base=HOST if network.base_url == network.home else network.base_url,
    )
    page = network.me().id
    with network.talking(irreversible=irreversible):
        answer = client.request(f"{client.version}/{page}/videos", post_args=form, files=files, method="POST")
    return answer if isinstance(answer, dict) else {}
