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

# In cents: nobody trades what surely will not happen (0.00) or will (100.00).
MIN_PRICE, MAX_PRICE = 1, 9_999
MAX_MOVE = 200

MAX_QUANTITY = 1000
# How often part of a contract is traded: tenths of it.
PART_CHANCE = 0.1


@dataclass(slots=True)
class Contract:
    """One tradable outcome and its last price in whole cents, so that nothing drifts."""

    symbol: str
    market: str
    cents: int


class Market:
    """All contracts; each execution moves the price of its contract by up to two."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        # One list of contracts per market.
        self._by_market = [
            [
                Contract(f"{contest}:winner--{contender}", market, chance.randint(MIN_PRICE, MAX_PRICE))
                for contest, contenders in contests.items()
                for contender in contenders
            ]
            for market, contests in MARKETS.items()
        ]

    def next_execution(self, epoch: int) -> execution_pb2.execution:
        """The next trade, struck at `epoch` (Unix seconds); all markets trade about equally often."""
        chance = self._chance
        contract = chance.choice(chance.choice(self._by_market))
        contract.cents = min(MAX_PRICE, max(MIN_PRICE, contract.cents + chance.randint(-MAX_MOVE, MAX_MOVE)))
        return execution_pb2.execution(
            symbol=contract.symbol,
            market=contract.market,
            # The wire's 32-bit floats hold few cents exactly. What is read as the shortest decimal is what was meant.
            price=contract.cents / 100,
            quantity=self._next_quantity(),
            executionEpoch=epoch,
            stateSymbol=chance.choices(STATES, STATE_WEIGHTS)[0],
        )

    def _next_quantity(self) -> float:
        if self._chance.random() < PART_CHANCE:
            return self._chance.randint(10, 10 * MAX_QUANTITY) / 10
        return float(self._chance.randint(1, MAX_QUANTITY))
