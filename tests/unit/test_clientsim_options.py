"""The command lines are those that users of the original know."""

import pytest

from clientsim import chatsimulator, swarm


def test_the_original_command_line_works() -> None:
    """`adam --roomid 3 --filter True`, on the usual port."""
    options = chatsimulator.parse_options(["adam", "--roomid", "3", "--filter", "True"])
    assert (options.name, options.roomid, options.filter) == ("adam", 3, True)
    assert (options.host, options.port, options.pace, options.comment_pace) == ("127.0.0.1", 4242, 15.0, 3.0)


@pytest.mark.parametrize(("text", "truth"), [("True", True), ("true", True), ("False", False)])
def test_filter_takes_a_word(text: str, truth: bool) -> None:
    """As Python and shells write it."""
    assert chatsimulator.parse_options(["a", "--roomid", "0", "--filter", text]).filter is truth


@pytest.mark.parametrize(
    "arguments",
    [
        ["adam"],
        ["--roomid", "3"],
        ["adam", "--roomid", "three"],
        ["adam", "--roomid", "3", "--filter", "maybe"],
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


@pytest.mark.parametrize("arguments", [["--users", "0"], ["--rooms", "-1"], ["--seconds", "inf"], ["--rate", "x"]])
def test_a_wrong_swarm_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2."""
    with pytest.raises(SystemExit) as ended:
        swarm.parse_options(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err
