"""How many rows of each feed there were, looked up once for all who ask within a second."""

import asyncio
import time

from gateway.postgres.questions import Questions
from proto import chatmessage_pb2 as pb

KEEP_SECONDS = 1.0


class Rates:
    """Answers RATES."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        # Held during a look, so that those who ask meanwhile share it.
        self._look = asyncio.Lock()
        self._known: list[pb.feedrate] = []
        self._looked_at = float("-inf")

    async def read(self) -> pb.chatmessage:
        """The answer; raises what Questions raises."""
        async with self._look:
            if time.monotonic() - self._looked_at >= KEEP_SECONDS:
                rows = await self._questions.rates()
                self._known = [pb.feedrate(feed=row["feed"], rows=row["rows"]) for row in rows]
                self._looked_at = time.monotonic()
            return pb.chatmessage(mtype=pb.RATES, rates=self._known)
