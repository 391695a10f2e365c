"""How many reacted to a post on X (docs.x.com/x-api/fundamentals/metrics, public_metrics)."""

from typing import Any

from crosspost.model.response import Figures, Responses
from crosspost.networks import reply_fields


def responses_of(answer: Any) -> Responses | None:
    """The figures of a post; None when it is not there any more.

    :param answer: tweepy's answer to a request for one post
    :raises ValueError: when it holds neither the post nor the reason
    """
    if answer.data is None:
        if any(error.get("title") == "Not Found Error" for error in answer.errors):
            return None
        raise ValueError("neither a post nor why there is none")
    told = answer.data["public_metrics"]
    return Responses(
        figures=Figures(
            likes=reply_fields.number(told.get("like_count")),
            reposts=reply_fields.number(told.get("retweet_count")),
            replies=reply_fields.number(told.get("reply_count")),
            views=reply_fields.number(told.get("impression_count")),
        ),
    )
