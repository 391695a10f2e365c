"""How much of a limit is left, in each of the ways in which networks tell it."""

import pytest

from crosspost.transport.exchange import nearly_used_up


@pytest.mark.parametrize(
    ("headers", "nearly"),
    [
        ({}, False),
        ({"x-ratelimit-limit": "100", "x-ratelimit-remaining": "24"}, True),
        ({"x-ratelimit-limit": "100", "x-ratelimit-remaining": "25"}, False),
        ({"x-rate-limit-limit": "100", "x-rate-limit-remaining": "1"}, True),
        ({"ratelimit-limit": "100", "ratelimit-remaining": "1"}, True),
        ({"x-app-usage": '{"call_count": 76, "total_cputime": 3, "total_time": 3}'}, True),
        ({"x-app-usage": '{"call_count": 3, "total_cputime": 3, "total_time": 80}'}, True),
        ({"x-app-usage": '{"call_count": 75, "total_cputime": 3, "total_time": 3}'}, False),
        ({"x-app-usage": "[80]"}, False),
        ({"x-app-usage": "much"}, False),
        ({"x-ratelimit-limit": "many", "x-ratelimit-remaining": "1"}, False),
    ],
)
def test_a_limit_of_which_less_than_a_quarter_is_left(headers: dict[str, str], nearly: bool) -> None:
    assert nearly_used_up(headers) is nearly
