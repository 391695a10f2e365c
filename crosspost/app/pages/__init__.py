"""Pages of HTML: the preview, and the parts of it that any other page can show. See :mod:`.post_card`."""
