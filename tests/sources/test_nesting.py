"""HTML that is nested too deep is never parsed; what opens nothing counts for nothing."""

import pytest

from crosspost.sources.web.nesting import _DEEPEST, TooDeep, refuse_depth


@pytest.mark.parametrize("tag", ["<br>", "<IMG src=x>", "<p>", "<li>", "<div/>", "<path d='x' />", "<b></b>"])
def test_what_opens_nothing(tag: str) -> None:
    refuse_depth(tag * (2 * _DEEPEST))


@pytest.mark.parametrize("tag", ["<div>", "<B class='a'>", "<section\n>"])
def test_where_the_bound_is(tag: str) -> None:
    refuse_depth(tag * _DEEPEST)
    with pytest.raises(TooDeep, match=f"more than {_DEEPEST:,} levels deep"):
        refuse_depth(tag * (_DEEPEST + 1))
    refuse_depth("</div>" * 50 + tag * _DEEPEST)
