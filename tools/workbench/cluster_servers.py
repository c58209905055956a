"""A PostgreSQL primary with a streaming read replica, both of the embedded kind, in the cache."""

import shutil

from . import postgres, processes


class PrimaryServer(postgres.EmbeddedServer):
    """As the embedded server, and others may follow it."""

    settings = {**postgres.SETTINGS, "wal_level": "replica", "max_wal_senders": "5"}

    def __init__(self, cache, binaries):
        super().__init__(cache / "cluster" / "primary", binaries)
        self.key = "cluster"


class ReplicaServer(postgres.EmbeddedServer):
    """Follows a primary that runs; can be read only."""

    settings = {**PrimaryServer.settings, "hot_standby": "on", "hot_standby_feedback": "on"}

    def __init__(self, cache, binaries, primary):
        super().__init__(cache / "cluster" / "replica", binaries)
        self.key = "cluster"
        self.primary = primary

    def forget(self):
        """Take a new copy of the primary at the next start."""
        shutil.rmtree(self.data, ignore_errors=True)

    def _create(self):
        processes.require_space(self.place, 1.5, "The replica")
        self.place.mkdir(parents=True, exist_ok=True)
        copy = self.programs / "pg_basebackup"
        source = ["-h", self.primary.socket, "-U", postgres.ADMIN, "-D", self.data]
        processes.run(
            [*self._as_server(), copy, *source, "-R", "-X", "stream", "-c", "fast"],
            self.home / "basebackup.log",
            "Copying the primary",
            env=self.primary.environment(),
        )
        self.data.chmod(0o700)
