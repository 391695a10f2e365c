"""How much of a limit is left, in each of the ways in which networks tell it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.transport.rate_limits import RateLimit, nearly_used_up, told

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
UNIX = str(int(LATER.timestamp()))


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


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (
            {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "7", "x-ratelimit-reset": LATER.isoformat()},
            RateLimit(most=300, left=7, at=NOW, until=LATER),
        ),
        (
            {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": UNIX},
            RateLimit(most=100, left=0, at=NOW, until=LATER),
        ),
        (
            {"ratelimit-limit": "3000", "ratelimit-remaining": "2999", "ratelimit-reset": UNIX},
            RateLimit(most=3000, left=2999, at=NOW, until=LATER),
        ),
        ({"ratelimit-limit": "30", "ratelimit-remaining": "31"}, RateLimit(most=30, left=30, at=NOW)),
        ({"x-app-usage": '{"call_count": 28, "total_time": 31}'}, RateLimit(of="percent", most=100, left=69, at=NOW)),
        ({"x-app-usage": '{"call_count": 130}'}, RateLimit(of="percent", most=100, left=0, at=NOW)),
        ({"x-app-usage": "{}"}, None),
        ({"x-app-usage": "[" * 100_000}, None),
        ({"x-ratelimit-limit": "9" * 5000, "x-ratelimit-remaining": "1"}, None),
        ({"x-ratelimit-limit": "٣٠", "x-ratelimit-remaining": "1"}, None),
        ({"x-ratelimit-limit": "30"}, None),
    ],
)  # fmt: skip
def test_what_a_response_tells_of_its_limit(headers: dict[str, str], limit: RateLimit | None) -> None:
    assert told(headers, NOW) == limit


def test_a_limit_begins_anew_by_our_clock_whatever_the_servers_says() -> None:
    headers = {
        "date": "Sat, 21 Nov 2026 07:00:00 GMT",  # two hours behind
        "x-rate-limit-limit": "100",
        "x-rate-limit-remaining": "3",
        "x-rate-limit-reset": str(int((LATER - timedelta(hours=2)).timestamp())),
    }
    limit = told(headers, NOW)
    assert limit is not None
    assert limit.until == LATER


@given(
    st.dictionaries(
        st.sampled_from(["limit", "remaining", "reset"]).flatmap(
            lambda end: st.sampled_from([f"{family}-{end}" for family in ("x-ratelimit", "x-rate-limit", "ratelimit")])
        )
        | st.just("x-app-usage"),
        st.text(max_size=30) | st.integers().map(str) | st.floats().map(str),
    )
)
def test_whatever_the_headers_hold_a_limit_makes_sense(headers: dict[str, str]) -> None:
    limit = told(headers, NOW)
    assert limit is None or 0 <= limit.left <= limit.most


def test_the_tightest_limit_comes_first() -> None:
    limits = [
        RateLimit(most=300, left=100, at=NOW),
        RateLimit(most=30, left=4, at=NOW),
        RateLimit(most=5, left=5, at=NOW),
    ]
    assert [limit.most for limit in sorted(limits)] == [30, 300, 5]
