"""When to post: a post's date, an account's schedule and history, and the clock → a time and the reason. Pure."""

from crosspost.schedule.due import Due, due, found_at, lateness, openings, ready, wanted
from crosspost.schedule.schedule_parser import parse
from crosspost.schedule.simulation import Agenda, Pending, Planned, plan
from crosspost.schedule.values import Schedule

__all__ = [
    "Agenda",
    "Due",
    "Pending",
    "Planned",
    "Schedule",
    "due",
    "found_at",
    "lateness",
    "openings",
    "parse",
    "plan",
    "ready",
    "wanted",
]
