"""CORE TREE -> FORMULA -> PROOF OR EXAMPLE: tests as formulas of the solver z3. Only imported where it is installed."""
