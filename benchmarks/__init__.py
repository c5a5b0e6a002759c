"""Benchmarks: leverwise beside its peers, in one run on one machine. `make bench`, or `python -m benchmarks CASE ...`.

Each family of cases is a module whose `rows()` yields what it measured. No figure is stored here: peers (NumPy, C,
SciPy, CasADi, CMA-ES) solve the same problem in the same run, and both answers stand in the table.
"""
