"""What the command line's help says of the whole, and of each setting."""

from runtime.settings import DEFAULTS

DESCRIPTION = """\
Chat rooms over WebSockets whose members also watch live feeds, filtered row by row by Postgres.
`edgechat up` starts everything; the other commands start or ask one part.
"""
SETTINGS = {
    "NUM_CHATROOMS": "how many rooms there are",
    "MAX_NUMUSERS": "users per room; [4,3,5,4,2] gives each room its own number",
    "EVENT_RATE": "sport messages per second; 0 is silent",
    "EXECUTION_RATE": "trade messages per second; 0 is silent",
    "CONTAINER_HOST": "where the gateway listens",
    "CONTAINER_PORT": "",
    "GATEWAY_WORKERS": "gateway processes on that port",
    "POSTGRES_HOST": "if set, the server there is used instead of the embedded one",
    "POSTGRES_PORT": "",
    "SERVERS": "embedded servers that rooms are dealt over",
    "DATABASE": "the database",
    "DBUSER": "its owner",
    "DBPASSWORD": "the owner's password",
    "DATABASE_URL": "all five in one",
    "SERVER_MAP": "if set, rooms are dealt over several servers; its name is that of their map in NATS",
    "INSPECTOR_DBPASSWORD": "who reads everything and changes nothing logs in with it",
    "POSTGRES_PASSWORD": "if set, the embedded server has an administrator with it",
    "POSTGRES_USER": "the administrator",
    "POSTGRES_DB": "the administrator's database",
    "NATS_HOST": "if set, the server there is used instead of the embedded one",
    "NATS_PORT": "",
    "NATS_URL": "both in one",
    "EVENT_TOPIC": "the sport feed's NATS subject",
    "EXECUTION_TOPIC": "the trade feed's NATS subject",
    "FEED_STREAM": "the JetStream stream between feeds and bridge",
    "FEED_STREAM_MAX_AGE": "seconds that it keeps messages for a bridge that is away",
    "FEED_STREAM_MAX_BYTES": "bytes that it keeps",
    "FEED_STREAM_REPLICAS": "servers of a cluster that keep it",
    "AUTH_SECRET": "if set, a join needs a token signed with it (HS256); several with commas between",
    "AUTH_SECRET_FILE": "the same from a file, one on each line, read again when it changes",
    "AUTH_JWKS": "path or URL of a JWK set, whose keys tokens may be signed with",
    "AUTH_AUDIENCE": "whom tokens must be for (aud)",
    "AUTH_ISSUER": "whom they must be from (iss)",
    "EDGECHAT_HOME": "the data directory",
    "MAX_CONNECTIONS": "connections that a gateway process takes; 0 is no limit",
    "MAX_CONNECTIONS_PER_ADDRESS": "of them from one address, or one /64 of IPv6",
    "TRUSTED_PROXIES": "addresses and networks whose X-Forwarded-For is believed",
    "ALLOWED_ORIGINS": "of whose pages browsers may connect; same is the host that was asked for",
    "HANDSHAKE_TIMEOUT": "seconds within which a connection must have been opened",
    "TLS_CERT_FILE": "the gateway's certificate; it speaks TLS then",
    "TLS_KEY_FILE": "its key, if that is in a file of its own",
    "METRICS_HOST": "where /metrics, /healthz and /readyz are served",
    "GATEWAY_METRICS_PORT": "of the first gateway worker, others have the ports behind it; 0: nowhere",
    "BRIDGE_METRICS_PORT": "0: nowhere",
    "LOG_FORMAT": "text, or json: an object per line",
}
EPILOG = "settings, from the environment, and their defaults:\n" + "\n".join(
    f"  {name:<27} {DEFAULTS.get(name, ''):<12} {meaning}".rstrip() for name, meaning in SETTINGS.items()
)
