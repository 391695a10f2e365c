"""Networks that show a picture from where it is on the web: only its address goes along, no file is uploaded."""

import msgspec

from crosspost.errors import MediaError
from crosspost.model import Draft, Post
from crosspost.networks.base import Network
from crosspost.networks.drafting import without


class LinkedPictures(Network):
    """A mixin. No file has to be fitted, but one that no program can show is left out here, too."""

    def draft(self, post: Post) -> Draft:
        draft = self.compose(post)
        broken: list[MediaError] = []
        for picture in draft.images:
            if picture.path:  # else it is on the web only
                try:
                    self.sketched(picture)
                except MediaError as error:
                    broken.append(error)
        if not broken:
            return draft
        self._hold_back(post, broken[0])
        # composed anew: a mail has the picture in its words
        draft = self.compose(msgspec.structs.replace(post, thumbnail=None, images=(), gallery=()))
        return without(draft, *(f"goes out without a picture: {error}" for error in broken))
