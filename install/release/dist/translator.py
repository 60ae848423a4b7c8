"""Parameters in Go for papermill.

Papermill finds engines of other packages by their entry points, but no translators. It loads the modules of all
engines when it starts, so this one makes the translator known, too. The engine is papermill's own.
"""

import json
import math

from papermill.engines import NBClientEngine
from papermill.translators import Translator, papermill_translators


class Engine(NBClientEngine):
    """What papermill runs notebooks with by default."""


def _string(value):
    # Go reads JSON's escapes, but no halves of surrogate pairs, and no byte order mark as it is.
    return json.dumps(value, ensure_ascii=False).replace("\ufeff", "\\ufeff").replace("\x7f", "\\x7f")


def _typed(value):
    """The Go type of a value, and an expression of that type."""
    if value is None:
        return "any", "any(nil)"
    if isinstance(value, bool):
        return "bool", "true" if value else "false"
    if isinstance(value, int):
        if -(2**63) <= value < 2**63:
            return "int", str(value)
        raise ValueError(f"{value} is too large for an int of Go")
    if isinstance(value, float):
        if math.isnan(value):
            return "float64", "math.NaN()"
        if math.isinf(value):
            return "float64", f"math.Inf({1 if value > 0 else -1})"
        return "float64", repr(value)
    if isinstance(value, dict):
        of, texts = _common(list(value.values()))
        pairs = (f"{_string(str(k))}: {text}" for k, text in zip(value, texts))
        return f"map[string]{of}", f"map[string]{of}{{{', '.join(pairs)}}}"
    if isinstance(value, (list, tuple)):
        of, texts = _common(list(value))
        return f"[]{of}", f"[]{of}{{{', '.join(texts)}}}"
    return "string", _string(str(value))


def _common(values):
    """The type that all values have, any if they differ, and their expressions."""
    typed = [_typed(v) for v in values]
    types = {of for of, _ in typed}
    return types.pop() if len(types) == 1 else "any", [text for _, text in typed]


class GoTranslator(Translator):
    """Writes parameters as Go: what isn't one of Go's basic types is a slice or a map, of any if its parts differ."""

    @classmethod
    def translate(cls, val):
        return _typed(val)[1]

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"{name} := {str_val}"


papermill_translators.register("go", GoTranslator)
