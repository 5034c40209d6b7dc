"""The trade feed's contents: contracts on who wins what, and one execution after the other.

Pure: randomness comes from the `random.Random` given and the time from the caller, so a seed repeats a run. Symbols
read `CONTEST:winner--Contender`, as users of the original know them from their filters.
"""

from dataclasses import dataclass
from random import Random

from proto import execution_pb2

# market -> contest -> who may win it
MARKETS: dict[str, dict[str, tuple[str, ...]]] = {
    "BASEBALL": {"WORLD SERIES": ("Yankees", "Dodgers", "Phillies", "Astros")},
    "BASKETBALL": {"NBA FINALS": ("Lakers", "Celtics", "76ers", "Nuggets")},
    "BOXING": {"HEAVYWEIGHT": ("Tyson Fury", "Oleksandr Usyk", "Anthony Joshua")},
    "FOOTBALL": {"DALLAS@PHILADELPHIA": ("Cowboys", "Eagles"), "SUPER BOWL": ("Chiefs", "49ers", "Bills")},
    "GOLF": {"MASTERS": ("Tiger Woods", "Rory McIlroy", "Jon Rahm"), "US OPEN": ("Tiger Woods", "Brooks Koepka")},
    "NASCAR": {
        "DAYTONA": ("Kyle Busch", "Denny Hamlin", "Kyle Larson"),
        "TALLADEGA": ("Kyle Busch", "Joey Logano"),
    },
    "POLITICS": {
        "PRESIDENT": ("Joe Biden", "Donald Trump", "Kamala Harris"),
        "SENATE PA": ("John Fetterman", "Bob Casey"),
    },
    "TENNIS": {"WIMBLEDON": ("Roger Federer", "Novak Djokovic", "Carlos Alcaraz")},
    "TRACK&FIELD": {
        "OLYMPIC 100m": ("Usain Bolt", "Noah Lyles", "Yohan Blake"),
        "OLYMPIC MARATHON": ("Eliud Kipchoge", "Abdi Nageeye"),
    },
}

# Where the orders come from; the first ones trade most.
STATES = ("PA", "NY", "NV", "CA", "NJ", "TX", "FL", "IL", "OH", "MI", "CO", "WA")
STATE_WEIGHTS = (18, 16, 12, 12, 10, 8, 6, 5, 4, 4, 3, 2)

MAX_QUANTITY = 1000


@dataclass(slots=True)
class Contract:
    """One tradable outcome and its last price, 0 (will not happen) to 100 (will)."""

    symbol: str
    market: str
    price: float


class Market:
    """All contracts; each execution moves the price of its contract by a few quarters."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        # One list of contracts per market.
        self._by_market = [
            [
                Contract(f"{contest}:winner--{contender}", market, chance.randrange(401) / 4)
                for contest, contenders in contests.items()
                for contender in contenders
            ]
            for market, contests in MARKETS.items()
        ]

    def next_execution(self, epoch: int) -> execution_pb2.execution:
        """The next trade, struck at `epoch` (Unix seconds); all markets trade about equally often."""
        chance = self._chance
        contract = chance.choice(chance.choice(self._by_market))
        # Quarters are exact in the wire's 32-bit floats, so what is stored equals what was meant.
        contract.price = min(100.0, max(0.0, contract.price + chance.randint(-8, 8) / 4))
        return execution_pb2.execution(
            symbol=contract.symbol,
            market=contract.market,
            price=contract.price,
            quantity=float(chance.randint(1, MAX_QUANTITY)),
            executionEpoch=epoch,
            stateSymbol=chance.choices(STATES, STATE_WEIGHTS)[0],
        )
