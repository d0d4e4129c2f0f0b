"""segrules: declarative rules for customer segments."""
