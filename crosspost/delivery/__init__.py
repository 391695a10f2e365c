"""From posts to receipts: plan, deliver, and find out about what is in doubt. The only place that retries."""

from crosspost.delivery.engine import Engine
from crosspost.delivery.planner import Plan, make_plan
from crosspost.delivery.post_cache import PostCache
from crosspost.delivery.rules import Listener, Rules

__all__ = ["Engine", "Listener", "Plan", "PostCache", "Rules", "make_plan"]
