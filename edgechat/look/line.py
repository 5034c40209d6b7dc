"""What `edgechat status` tells of one part, as lines of a table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one part; `complaints` are what is wrong with it though it runs."""

    part: str
    is_up: bool
    where: str
    state: str
    complaints: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether it runs and does its work."""
        return self.is_up and not self.complaints

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The cells of its lines in the table."""
        if not self.is_up:
            return [(self.part, "DOWN", self.where, self.state)]
        if not self.complaints:
            return [(self.part, "up", self.where, self.state)]
        return [(self.part, "FAULT", self.where, complaint) for complaint in self.complaints]


def first_line(error: Exception) -> str:
    """An error in one line."""
    return (str(error).strip() or repr(error)).splitlines()[0]
