"""What `edgechat server` can be told."""

import argparse

from runtime.server_map import SLOTS


def add_actions(server: argparse.ArgumentParser) -> None:
    """Add its subcommands; each sets `action`, and what it has of its own."""
    actions = server.add_subparsers(dest="action", required=True, metavar="action")
    listing = actions.add_parser(
        "list",
        help="each server with what it has, and what is wrong",
        description="Exit status 0 only if all are up, and each has what the map says.",
    )
    listing.add_argument("--json", action="store_true", help="the same for programs")
    listing.add_argument(
        "--room", type=room_number, metavar="N", help="only where this room lives; status 0 if it is open"
    )
    add = actions.add_parser(
        "add",
        help="make a database one of the servers",
        description="The first one makes the map, and may have rooms; a further one must be new. It is brought up to "
        "date, gets the feeds that the others have, and its share of the slots in which there never was a room. To run "
        "it again finishes what was interrupted, and mends what disagrees.",
    )
    add.add_argument("name", metavar="NAME", help="what it is called: small letters, digits, - and _")
    add.add_argument("url", metavar="URL", help="where it is, as postgresql://HOST:PORT/DATABASE; without a login")
    add.add_argument(
        "more", nargs="*", metavar="NAME URL", help="more of them; of a new map nobody knows before all are in it"
    )
    add.add_argument("--if-new", action="store_true", help="do nothing if the map has it there with slots already")
    move = actions.add_parser(
        "move",
        help="have slots go to another server, with the rooms in them",
        description="People go on talking: what the rooms got is copied first, then each is held up for a moment, and "
        "its members resume. Without slots and rooms it finishes what was interrupted.",
    )
    move.add_argument("--slots", type=_slots, default=[], metavar="0-9,20", help="slots by their numbers")
    move.add_argument(
        "--room", type=room_number, action="append", default=[], metavar="N", help="the slot of this room"
    )
    move.add_argument("--to", metavar="NAME", help="the server to which they go")
    move.add_argument("--undo", action="store_true", help="have back what left and has not arrived")
    drain = actions.add_parser("drain", help="have all slots of a server go to the others, before it is taken away")
    drain.add_argument("name", metavar="NAME")
    remove = actions.add_parser("remove", help="take a server that has been drained out of the map")
    remove.add_argument("name", metavar="NAME")


def room_number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a room")
    return int(text)


def _slots(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        if not (low.isascii() and low.isdigit() and (not dash or (high.isascii() and high.isdigit()))):
            raise argparse.ArgumentTypeError(f"{part!r} is no slot, and no range of slots, as in 0-9,20")
        found += range(int(low), int(high or low) + 1)
    if not found or not max(found) < SLOTS:
        raise argparse.ArgumentTypeError(f"{text!r} must name slots from 0 to {SLOTS - 1}, as in 0-9,20")
    return found
