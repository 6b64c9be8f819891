"""Waiting for the bay without a screen."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from cartech_desk.app.recording_session import awaited, connected


class EndsAtTheTimeOut(Future):
    """Ends well between the time-out of a look and the question whether it has ended."""

    def result(self, timeout=None):
        try:
            return super().result(timeout)
        finally:
            if not self.done():
                self.set_result("well")


def test_what_ends_well_at_the_very_time_out_is_no_error():
    assert awaited(EndsAtTheTimeOut()) == "well"
    assert connected(SimpleNamespace(connect=lambda _: EndsAtTheTimeOut()), "sim:") == "well"


def test_a_time_out_that_the_work_itself_ended_with_is_raised():
    future = Future()
    future.set_exception(TimeoutError("the car"))
    with pytest.raises(TimeoutError, match="the car"):
        awaited(future)
