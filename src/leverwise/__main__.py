"""`python -m leverwise` is the command `leverwise`."""

from leverwise.cli import program

if __name__ == "__main__":
    program()
