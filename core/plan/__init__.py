"""The compiled policy: a short list of immutable node types, and the ordered decisions made of them.

Every form compiles to these nodes; every engine reads only these nodes. A backend is one readable file over them. The meaning of each
node is written next to it in ``nodes.py``; ``core/meaning/evaluate.py`` is that meaning in plain Python, and it decides. ``walk.py`` is the
one walk over nodes, ``questions.py`` what is asked of a single one, ``usage.py`` what a part reads.

Three-valued logic throughout: a part that hangs on something missing is *unknown*. ``and``, ``or``, ``not`` are Kleene's. Arithmetic,
comparisons and calls on an unknown argument are unknown. A comparison (``<`` ``<=`` ``>`` ``>=``, ``Within``) with *none* is false;
``=`` and ``!=`` treat none as a value like any other (none equals none only).
"""

from __future__ import annotations

# Each module lists what it gives in its `__all__`; saying it here again would only be a second list to keep.
from tierwise.core.plan.nodes import *
from tierwise.core.plan.plan import *
from tierwise.core.plan.questions import *
from tierwise.core.plan.usage import *
from tierwise.core.plan.walk import *
