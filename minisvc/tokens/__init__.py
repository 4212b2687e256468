"""Tokens: signed ones that anybody with the key can verify, and opaque ones that somebody has to be asked about.

Nothing here opens a file or a socket: keys come from outside, records go to whoever keeps them, time is a clock.
`gullible` is bad practice on purpose.
"""

from minisvc.tokens.beliefs import Beliefs
from minisvc.tokens.keys import KeyRing, TokenKey
from minisvc.tokens.opaque import fingerprint, fresh_token
from minisvc.tokens.records import Grant, MemoryRecords, Records, TokenRecord
from minisvc.tokens.refused import TokenRefused
from minisvc.tokens.registry import Issued, Registry
from minisvc.tokens.web import WebTokens

__all__ = [
    "Beliefs",
    "Grant",
    "Issued",
    "KeyRing",
    "MemoryRecords",
    "Records",
    "Registry",
    "TokenKey",
    "TokenRecord",
    "TokenRefused",
    "WebTokens",
    "fingerprint",
    "fresh_token",
]
