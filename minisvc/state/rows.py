"""Sessions as rows of a database: they can be listed, and each of a user's revoked ("log out everywhere")."""

from __future__ import annotations

from minisvc.state.stored import Stored


class Rows(Stored):
    """What the two databases have in common. Rows of sessions that are over go when somebody writes."""

    def revoke(self, user: str) -> int:
        """End every session that names `user` under "user", at whatever instance it began.

        Returns:
            How many there were.

        Raises:
            StoreDown: the database does not answer; some may have been ended.
        """
        theirs = [sid for sid, session in self.sessions.alive().items() if session.get("user") == user]
        return sum(self.reader.delete(sid) for sid in theirs)
