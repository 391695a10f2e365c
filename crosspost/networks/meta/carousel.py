"""Posts on Instagram and Threads with several pictures, or with a video.

Sources: developers.facebook.com/docs/instagram-platform/content-publishing (carousel posts, reels), docs/threads/posts
(carousel, video), checked 2026-11-27.
"""

from typing import Any

from crosspost.errors import NotSent
from crosspost.model import Draft, Video
from crosspost.networks.base import Save
from crosspost.networks.meta.graph import DEAD


def form_of(network: Any, draft: Draft, remote: dict[str, Any], save: Save) -> dict[str, str]:
    """The form that creates the post's container: of its video, or of pictures with a container each, ready before.

    :param network: a :class:`.containers.ContainerNetwork`
    """
    if draft.video is not None:
        film: dict[str, str] = network.film(draft, draft.video, film_address(network, draft.video))
        return film
    items = []
    for number, picture in enumerate(draft.images):
        key = f"media_item_{number}"  # an upload: a new one can be made at any time
        if key not in remote or network.status_of(remote[key])[0] in (*DEAD, "GONE"):
            url = network.address(number, draft, remote, save)
            remote[key] = network.make(network.album_item(picture, url))
            save(key, remote[key])
        items.append(remote[key])
    for item in items:
        network.await_container(item)
    form: dict[str, str] = network.album(draft)
    return form | {"media_type": "CAROUSEL", "children": ",".join(items)}


def film_address(network: Any, video: Video) -> str:
    """The address of a video on the site, after checking that the site serves it.

    :param network: a :class:`.containers.ContainerNetwork`
    :raises NotSent: when it does not yet, with what to do
    """
    with network.talking():
        answer = network.session.head(video.url)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if answer.status_code == 200 and kind.startswith("video/"):
        return str(answer.request.url or video.url)
    what = f"is {kind or 'of no type'}, not a video" if answer.status_code == 200 else "is not there"
    raise NotSent(
        f"{network.account}: {network.name} fetches the video from the site, and {video.url} {what} "
        f"(HTTP {answer.status_code}): deploy the site"
    )
