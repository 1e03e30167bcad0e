"""What the system refuses is told in words, also where its error has none."""

import errno
import socket

import pytest

from analysis.faults import refusal


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "x.csv"),
            "No space left on device: x.csv",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError("AF_UNIX path too long"), "AF_UNIX path too long"),
        (ChildProcessError("it ended without an answer"), "it ended without an answer"),
        (TimeoutError(), "TimeoutError"),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
    ],
)
def test_a_refusal_says_why(error, told):
    assert refusal(error) == told


def test_a_path_that_is_too_long_for_a_socket_is_told(tmp_path):
    with socket.socket(socket.AF_UNIX) as made, pytest.raises(OSError) as caught:
        made.bind(str(tmp_path / ("x" * 200)))
    assert refusal(caught.value) == "AF_UNIX path too long"
