"""The subcommands of `edgechat server`."""

import argparse
import asyncio

from edgechat.look.screen import say
from edgechat.server.drafting import add
from edgechat.server.listing import list_servers
from edgechat.server.locating import locate
from edgechat.server.moving import drain, move, undo
from edgechat.server.removing import remove
from runtime.errors import StackError
from runtime.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> bool:
    """Carry out one of them, printing; whether all is well. Raises StackError, and what migrating raises."""
    match options.action:
        case "list":
            is_of_all = options.room is None
            told = list_servers(settings, options.json) if is_of_all else locate(settings, options.room, options.json)
            text, is_well = asyncio.run(told)
            print(text)
            return is_well
        case "add":
            asyncio.run(add(settings, _pairs(options), options.if_new, say))
        case "move" if options.undo:
            asyncio.run(undo(settings, say))
        case "move":
            asyncio.run(move(settings, options.slots, options.room, options.to, say))
        case "drain":
            asyncio.run(drain(settings, options.name, say))
        case "remove":
            asyncio.run(remove(settings, options.name, say))
    return True


def _pairs(options: argparse.Namespace) -> list[tuple[str, str]]:
    words = [options.name, options.url, *options.more]
    if len(words) % 2:
        raise StackError(f"{words[-1]} has no URL: give each server's name and then its URL")
    return list(zip(words[::2], words[1::2], strict=True))
