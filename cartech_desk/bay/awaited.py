"""Futures that have ended, and one that is not waited for longer than so long."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


def done(value: T) -> Future[T]:
    """Return a Future that ended well."""
    future: Future[T] = Future()
    future.set_result(value)
    return future


def failed(error: Exception) -> "Future[T]":
    """Return a Future that ended with an error."""
    future: Future[T] = Future()
    future.set_exception(error)
    return future


def then(future: Future[T], make: Callable[[T], U]) -> Future[U]:
    """Return a Future that ends with what `make` makes of this one's result, or with its error."""
    result: Future[U] = Future()
    result.set_running_or_notify_cancel()

    def ended(future: Future[T]) -> None:
        error = future.exception()
        if error is not None:
            result.set_exception(error)
            return
        result.set_result(make(future.result()))

    future.add_done_callback(ended)
    return result


def within(future: Future[None], seconds: float) -> Future[None]:
    """Return a Future that ends with this one, or after so many seconds without it."""
    result: Future[None] = Future()
    result.set_running_or_notify_cancel()
    lock = threading.Lock()

    def end() -> None:
        with lock:
            if not result.done():
                result.set_result(None)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()

    def in_time(_: Future[None]) -> None:
        timer.cancel()
        end()

    future.add_done_callback(in_time)
    return result
