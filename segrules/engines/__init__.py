"""Statement text in, rows out.

An engine opens a connection and runs text; it builds no query and knows no rule, no plan and no project. Each
database driver is imported in its own file only: `from segrules.engines.duckdb import connect`.
"""

from segrules.engines.engine import Cluster, Engine, EngineError, Server

__all__ = ["Cluster", "Engine", "EngineError", "Server"]
