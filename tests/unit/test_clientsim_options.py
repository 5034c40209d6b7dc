"""The command lines are those that users of the original know."""

import socket
from collections.abc import Iterator

import pytest

from clientsim import chatsimulator, swarm
from clientsim.screen import Screen


def test_the_original_command_line_works() -> None:
    """`adam --roomid 3 --filter True`, on the usual port."""
    options = chatsimulator.parse_options(["adam", "--roomid", "3", "--filter", "True"])
    assert (options.name, options.roomid, options.filter) == ("adam", 3, True)
    assert (options.host, options.port, options.pace, options.comment_pace) == ("127.0.0.1", 4242, 15.0, 3.0)


@pytest.mark.parametrize("text", ["True", "true", "1", "yes", "all of them", "no", "0"])
def test_filter_takes_any_text(text: str) -> None:
    """As with the original, whose option was a text that was there or not."""
    assert chatsimulator.parse_options(["a", "--roomid", "0", "--filter", text]).filter is True


@pytest.mark.parametrize("text", ["False", "false", ""])
def test_false_is_no_filter(text: str) -> None:
    """Whoever writes False means it."""
    assert chatsimulator.parse_options(["a", "--roomid", "0", "--filter", text]).filter is False


@pytest.mark.parametrize(
    "arguments",
    [
        ["adam"],
        ["--roomid", "3"],
        ["adam", "--roomid", "three"],
        ["adam", "--roomid", "3", "--filter"],
        ["adam", "--roomid", "3", "--pace", "0"],
        ["adam", "--roomid", "3", "--pace", "nan"],
    ],
)
def test_a_wrong_command_line_ends_with_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And says what is wrong."""
    with pytest.raises(SystemExit) as ended:
        chatsimulator.parse_options(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_missing_room_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """The original ended with a traceback about None."""
    with pytest.raises(SystemExit):
        chatsimulator.parse_options(["adam", "--filter", "True"])
    assert "the following arguments are required: --roomid" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--roomid=3", "--filter=True", "adam"], ["--room", "3", "adam", "--filt", "True"]]
)
def test_options_stand_anywhere_and_may_be_short(arguments: list[str]) -> None:
    """As the original's did, by the same library."""
    options = chatsimulator.parse_options(arguments)
    assert (options.name, options.roomid, options.filter) == ("adam", 3, True)


@pytest.mark.parametrize("arguments", [["--users", "0"], ["--rooms", "-1"], ["--seconds", "inf"], ["--rate", "x"]])
def test_a_wrong_swarm_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2."""
    with pytest.raises(SystemExit) as ended:
        swarm.parse_options(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken by a socket on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


async def test_no_service_is_one_clear_line(closed_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2, from the simulator and from the swarm."""
    options = chatsimulator.parse_options(["adam", "--roomid", "3", "--port", str(closed_port)])
    assert await chatsimulator.simulate(options, Screen()) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"no chat service reachable at 127.0.0.1:{closed_port}: ")
    assert error.count("\n") == 1
    assert await swarm.Swarm(swarm.parse_options(["--users", "3", "--port", str(closed_port)])).run() == 2
    assert "3 users did not get in" in capsys.readouterr().out
