"""segrules: declarative rules for customer segments."""

__version__ = "0.1.0"
