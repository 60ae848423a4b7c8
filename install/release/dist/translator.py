"""Parameters in Go for papermill.

Papermill finds engines of other packages by their entry points, but no translators. It loads the modules of all
engines when it starts, so this one makes the translator known, too. The engine is papermill's own.
"""

import contextvars
import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.translators import Translator, papermill_translators


# The types of the parameters in the cell that papermill has shown to inspect: codify, which follows, gets only values.
_declared = contextvars.ContextVar("_declared", default={})

_INTS = {"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64"}
_FLOATS = {"float32", "float64"}


class Engine(NBClientEngine):
    """What papermill runs notebooks with by default."""


def _string(value):
    # Go reads JSON's escapes, but no halves of surrogate pairs, and no byte order mark as it is.
    return json.dumps(value, ensure_ascii=False).replace("\ufeff", "\\ufeff").replace("\x7f", "\\x7f")


def _float(value):
    if math.isnan(value):
        return "math.NaN()"
    if math.isinf(value):
        return f"math.Inf({1 if value > 0 else -1})"
    if value == 0 and math.copysign(1, value) < 0:
        return "math.Copysign(0, -1)"  # a constant of Go has no sign then
    return repr(value)


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
        return "float64", _float(value)
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
    if types == {"int", "float64"}:
        return "float64", [text for _, text in typed]
    return types.pop() if len(types) == 1 else "any", [text for _, text in typed]


def _as(value, of, inside=False):
    """An expression of a Go type for a value, None if the value isn't of that kind. inside says that it is an element:
    what it is in gives a number its type."""
    if value is None:
        return f"{of}(nil)" if of.startswith(("[]", "map[", "any", "error")) else None
    if of == "any":
        return f"any({_typed(value)[1]})"
    if isinstance(value, (list, tuple)) and of.startswith("[]"):
        texts = [_as(v, of[2:], True) for v in value]
        return None if None in texts else f"{of}{{{', '.join(texts)}}}"
    if isinstance(value, dict) and of.startswith("map[string]"):
        texts = [_as(v, of[len("map[string]"):], True) for v in value.values()]
        pairs = (f"{_string(str(k))}: {text}" for k, text in zip(value, texts))
        return None if None in texts else f"{of}{{{', '.join(pairs)}}}"
    if isinstance(value, bool) or isinstance(value, str):
        own, text = _typed(value)
        return text if own == of else None
    if isinstance(value, int) and of in _INTS | _FLOATS:
        return str(value) if inside or of == "int" else f"{of}({value})"
    if isinstance(value, float) and of in _FLOATS:
        return _float(value) if of == "float64" or inside and value - value == 0 else f"{of}({_float(value)})"
    return None


# A line of the parameters' cell: name := value, var name = value, var name type = value, each with a comment.
_NAME = re.compile(r"\s*(?P<var>var\s+)?(?P<name>[^\W\d]\w*)\s*(?P<rest>.*)$")
_REST = re.compile(
    r"""(?P<type>[^=:"`'/]*?)\s*:?=\s*(?P<value>(?:"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|/(?!/)|[^"`'/])*?)"""
    r"""\s*(?://\s*(?P<help>.*))?$"""
)


def _type_of(value):
    """The type of an expression, as far as its beginning shows it; "None", as papermill says, if it doesn't."""
    if re.fullmatch(r"[-+]?0[xXbBoO][\da-fA-F_]+", value):
        return "int"
    if re.fullmatch(r"[-+*/()\s\d._eE]*\d[-+*/()\s\d._eE]*", value):
        return "float64" if re.search(r"[.eE]", value) else "int"
    if value in ("true", "false"):
        return "bool"
    if re.fullmatch(r'"(\\.|[^"\\])*"|`[^`]*`?', value):
        return "string"
    literal = re.match(r"((?:\[\]|map\[string\])+[a-z]\w*)\s*[{(]", value)
    converted = re.fullmatch(r"([a-z]\w*)\(.*\)", value)
    if literal:
        return literal[1]
    if converted and converted[1] in _INTS | _FLOATS | {"string", "any"}:
        return converted[1]
    return "None"


def _parameters(source):
    """The name, type, value and comment of each parameter that a line declares."""
    group = False
    for line in source.splitlines():
        if re.match(r"\s*var\s*\(", line):
            group = True
        elif group and re.match(r"\s*\)", line):
            group = False
        name = _NAME.match(line)
        rest = name and _REST.match(name["rest"])
        if not rest or not (group or name["var"] or not rest["type"] and ":=" in name["rest"]):
            continue
        of = rest["type"].replace("interface{}", "any")
        yield name["name"], of or _type_of(rest["value"]), rest["value"], rest["help"] or ""


class GoTranslator(Translator):
    """Writes parameters as Go: as the type that they have in the parameters' cell, if it shows one that the value fits.

    Otherwise what isn't one of Go's basic types is a slice or a map, of any if its parts differ.
    """

    @classmethod
    def translate(cls, val):
        return _typed(val)[1]

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"{name} := {str_val}"

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        declared = _declared.get()
        _declared.set({})
        lines = [cls.comment(comment)]
        for name, value in parameters.items():
            text = _as(value, declared.get(name, ""))
            lines.append(cls.assign(name, cls.translate(value) if text is None else text))
        return "\n".join(lines) + "\n"

    @classmethod
    def inspect(cls, parameters_cell):
        from papermill.models import Parameter

        found = [Parameter(*p) for p in _parameters(parameters_cell["source"])]
        _declared.set({p.name: p.inferred_type_name for p in found})
        return found


papermill_translators.register("go", GoTranslator)
