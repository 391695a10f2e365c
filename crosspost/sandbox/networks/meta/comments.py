"""A comment below a post, as the stand-ins of Facebook and Instagram keep it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Comment:
    """What somebody wrote below a post; ``parent`` is the comment it answers, "" for none."""

    id: str
    post: str
    parent: str
    account: str
    text: str
    time: datetime
    hidden: bool = False
    likes: list[str] = field(default_factory=list)
