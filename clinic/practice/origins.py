"""Addresses of other sites that may show our booking pages. Pure: texts in, texts out.

An origin is what a browser sends as `Origin`: scheme, host, and the port where it is not the usual one.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

MOST_ORIGINS: Final = 20
_LONGEST_HOST: Final = 253
# Letters, digits and hyphens between dots. Nothing else, for origins are put into a content policy as they stand.
_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_USUAL_PORT: Final = {"https": 443, "http": 80}
_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1"})
_EXAMPLE: Final = "such as https://www.example.org"


def parse_origins(text: str) -> list[str]:
    """One origin for each line that says anything, as browsers write them, each once, in their order.

    Raises ValueError with a sentence for the person who typed the line.
    """
    origins = list(dict.fromkeys(parse_origin(line.strip()) for line in text.splitlines() if line.strip()))
    if len(origins) > MOST_ORIGINS:
        raise ValueError(f"At most {MOST_ORIGINS} addresses; these are {len(origins)}.")
    return origins


def parse_origin(line: str) -> str:
    """`HTTPS://Example.org:443/` is https://example.org. Raises ValueError."""
    try:
        parts = urlsplit(line)
        port = parts.port
    except ValueError:
        raise ValueError(f"“{line}” is not the address of a site, {_EXAMPLE}.") from None
    host = parts.hostname or ""
    if parts.scheme not in _USUAL_PORT:
        raise ValueError(f"“{line}” must begin with https://, {_EXAMPLE}.")
    if parts.scheme == "http" and host not in _OWN_MACHINE:
        raise ValueError(f"“{line}” must begin with https://. Only a site on your own computer may use http://.")
    if not host.isascii():
        raise ValueError(f"“{line}”: write the name as it is registered, beginning with xn--.")
    if "@" in parts.netloc or len(host) > _LONGEST_HOST or not _HOST.fullmatch(host) or port == 0:
        raise ValueError(f"“{line}” is not the address of a site, {_EXAMPLE}. Stars cannot be used.")
    if parts.path not in {"", "/"} or "?" in line or "#" in line:
        raise ValueError(f"“{line}”: leave out what follows the name of the site, {_EXAMPLE}.")
    return f"{parts.scheme}://{host}" + ("" if port in {None, _USUAL_PORT[parts.scheme]} else f":{port}")
