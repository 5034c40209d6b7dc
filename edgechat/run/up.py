"""`edgechat up`: everything on this machine, until Ctrl-C."""

from collections.abc import Callable

from edgechat.home import Home
from edgechat.look import screen
from edgechat.run.several import settle
from edgechat.run.stack import Stack
from runtime.interrupt import Interrupt, StopRequested
from runtime.settings import Settings


def run_up(
    settings: Settings, home: Home, *, feeds: bool = True, quiet: bool = False, with_parent: bool = False
) -> None:
    """Start everything, supervise it until a signal arrives, stop everything; raises StackError and SettingError."""
    settings = settle(settings, home)
    progress: Callable[[str], None] = screen.say_nothing if quiet else screen.say
    with Interrupt(follow_parent=with_parent) as interrupt:
        stack = Stack(settings, home, progress, interrupt.wait, feeds)
        home.open(stack.parts, settings.server_map if settings.servers > 1 else None)
        try:
            stack.start()
            progress(screen.welcome(settings, home, feeds))
            stack.supervise()
        except StopRequested:
            progress("stopping")
        finally:
            stack.stop()
            home.close()
    progress("stopped; the data is kept")
