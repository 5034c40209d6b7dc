"""When a part that died is started again, and when it is given up; the clock is the test's."""

import subprocess

import pytest

from edgechat.run.supervisor import Pauses, Watch, describe_end
from runtime.errors import ServerStartError


class Process:
    """What the watch asks of a child process."""

    def __init__(self) -> None:
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


class Fake:
    """A part that lives, gets ready and dies as the test says."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self.launches = 0
        self.ready = False

    def launch(self) -> None:
        self.launches += 1
        self.child = Process()  # type: ignore[assignment]

    def is_ready(self) -> bool:
        return self.ready

    def reason(self) -> str:
        return "first line\nno such table"

    def die(self, status: int = 1) -> None:
        assert self.child is not None
        self.child.returncode = status


class Scene:
    """A watch, its part, what it said, and a clock to turn."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.part = Fake()
        self.said: list[str] = []
        self.watch = Watch("bridge", self.part, self.said.append, lambda: self.now)

    def run_ready(self) -> None:
        self.watch.launch()
        self.part.ready = True
        self.watch.tick()
        assert self.watch.is_ready

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.watch.tick()


def test_pauses_double_up_to_fifteen_seconds() -> None:
    """1, 2, 4, 8, 15, 15."""
    pauses = Pauses()
    assert [pauses.after(lived=0.5) for _ in range(6)] == [1, 2, 4, 8, 15, 15]


def test_a_minute_of_life_resets_the_pause() -> None:
    """The next death then costs a second only, and the one after it two."""
    pauses = Pauses()
    assert [pauses.after(lived) for lived in (5, 59, 60, 5)] == [1, 2, 1, 2]


def test_a_dead_part_is_started_again_after_its_pause() -> None:
    """One line says how it ended and when it comes back, another one that it is back."""
    scene = Scene()
    scene.run_ready()
    scene.part.die(status=-9)
    scene.part.ready = False
    scene.pass_time(30)
    assert scene.part.launches == 1
    scene.pass_time(0.9)
    assert scene.part.launches == 1
    scene.pass_time(0.2)
    assert scene.part.launches == 2
    assert not scene.watch.is_ready
    scene.part.ready = True
    scene.pass_time(0.1)
    assert scene.watch.is_ready
    assert scene.said == ["bridge was ended by SIGKILL; starting it again in 1 s", "bridge is back"]


def test_three_deaths_before_ready_are_hopeless() -> None:
    """The reason is the last lines of its log."""
    scene = Scene()
    scene.watch.launch()
    for _ in range(2):
        scene.part.die()
        scene.pass_time(0.1)
        scene.pass_time(20)
    assert scene.part.launches == 3
    scene.part.die()
    with pytest.raises(ServerStartError, match=r"(?s)bridge ended 3 times .*\nno such table"):
        scene.pass_time(0.1)


def test_what_was_ready_once_is_never_given_up() -> None:
    """However often it dies."""
    scene = Scene()
    scene.run_ready()
    scene.part.ready = False
    for deaths in range(1, 20):
        scene.part.die()
        scene.pass_time(0.1)
        scene.pass_time(20)
        assert scene.part.launches == deaths + 1


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        (None, "x", "is not running"),
        (-15, "x", "was ended by SIGTERM"),
        (0, "x", "ended with status 0"),
        (1, "", "ended with status 1"),
        (1, "a\nb \n", "ended with status 1 (b)"),
    ],
)
def test_an_end_is_told_in_one_line(status: int | None, reason: str, said: str) -> None:
    """With the last thing the process wrote, if it failed."""
    assert describe_end(status, reason) == said
