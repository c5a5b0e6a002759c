"""JAX, set up for this process when first needed."""

from __future__ import annotations

import os
import sys
import threading
from functools import lru_cache
from importlib.metadata import version
from typing import Any

FLAGS_OF = "0.10.2"
FLAGS = "--xla_backend_extra_options=" + ",".join(
    ["-force-vector-interleave=1", "-unroll-count=1", "-enable-nontrivial-unswitch=false", "-disable-lsr"]
)
"""What LLVM leaves out: it would unroll loops of 64 turns eightfold and write them anew for every condition that does
not change, which takes a third of the time of compiling and gains nothing. These are flags of the whole process, and
one unknown to LLVM would end it: so they are set only for the version of jaxlib that they are known to suit, only if
JAX was not imported before, and only if there are no others of their kind."""
_ONE = threading.Lock()


def jax() -> Any:
    """JAX, with 64-bit numbers switched on (programs say which precision they use)."""
    flags()
    import jax

    return jax


def flags() -> str:
    """The flags that XLA goes by in this process. The first call imports JAX."""
    with _ONE:
        return _set_up()


@lru_cache(maxsize=1)
def _set_up() -> str:
    given = os.environ.get("XLA_FLAGS")
    ours = "jax" not in sys.modules and version("jaxlib") == FLAGS_OF and "extra_options" not in (given or "")
    used = f"{given or ''} {FLAGS}".strip() if ours else given or ""
    os.environ["XLA_FLAGS"] = used
    try:
        import jax

        jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call, unused-ignore]
        jax.devices()
    finally:
        # XLA has read them: programs started by this one need not.
        os.environ.pop("XLA_FLAGS")
        if given is not None:
            os.environ["XLA_FLAGS"] = given
    return used
