"""The pieces of the planner: feasible sets, risk measures, descent, exchange. Pure numerics on NumPy arrays.

Nothing here knows of models or answers; `ask/plan.py` joins the pieces.
"""
