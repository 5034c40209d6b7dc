"""How what belongs to one server is called in logs and reports."""


def of_server(what: str, name: str | None) -> str:
    """With the server's name behind it, if there are several."""
    return what if name is None else f"{what} (server {name})"
