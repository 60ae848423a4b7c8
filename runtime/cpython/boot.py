# What runs before a cell in the Python that the cell asked for; 2.7 and 3.x. It is executed in a namespace of its own, so that the
# cell finds an empty __main__. Descriptor 3 brings answers, 4 takes what is to be told; both as lines of JSON.
import base64, io, json, linecache, os, sys, threading, time, traceback

PY2 = sys.version_info[0] == 2
text = type(u"")
NAME = __file__
MARK = u"\0"  # the only key of an object that stands for what JSON has no form for


def load(directory):
    """Reads the cell."""
    with io.open(os.path.join(directory, "cell.json"), encoding="utf-8") as f:
        return json.load(f)


def revive(pairs):
    """Makes a value of what stands for it."""
    value = dict(pairs)
    if MARK not in value:
        return value
    kind, x = value[MARK]
    if kind == "bytes":
        return base64.b64decode(x)
    if kind == "float":
        return float(x)
    return dict((k, v) for k, v in x)  # "dict": keys that aren't text


def enter(cell, namespace, path):
    """Readies a namespace for the cell and returns its code."""
    label, source = str(cell["label"]), u"\n" * (cell["line"] - 1) + cell["source"]
    linecache.cache[label] = (len(source), None, [str(l) if not PY2 else l.encode("utf-8") for l in source.splitlines(True)], label)
    for name, value in cell["in"].items():
        namespace[str(name)] = json.loads(value, object_pairs_hook=revive)
    namespace["__file__"] = path
    if PY2:
        source = b"\xef\xbb\xbf" + source.encode("utf-8")
    return compile(source, label, "exec", 0, 1)


def lines(stream, fd):
    """Returns a stream that is written to at the end of each line, as on a terminal."""
    if stream is None:
        return None
    if PY2:
        return os.fdopen(os.dup(fd), "w", 1)
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(line_buffering=True)
        return stream
    return io.TextIOWrapper(stream.detach(), encoding=stream.encoding, errors=stream.errors, line_buffering=True)


class Refused(Exception):
    pass


def plain(value, path, above=()):
    """Returns value as JSON has it. Refused says which part of it isn't JSON."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, (bytes, bytearray)) and not PY2:
        return {MARK: ["bytes", base64.b64encode(bytes(value)).decode("ascii")]}
    if isinstance(value, bytes) and PY2:
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return {MARK: ["bytes", base64.b64encode(value).decode("ascii")]}
    if isinstance(value, text):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("%s is a str with half of a surrogate pair, which is no text elsewhere" % path)
        return text(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return {MARK: ["float", repr(float(value))]}
        return float(value)
    if isinstance(value, int) or PY2 and isinstance(value, long):  # noqa: F821
        return int(value)
    if type(value).__module__.split(".")[0] == "numpy" and hasattr(value, "tolist"):
        return plain(value.tolist(), path, above)
    if isinstance(value, (list, tuple, dict)):
        if any(value is x for x in above):
            raise Refused("%s contains itself" % path)
        if len(above) > 500:
            raise Refused("%s is nested more than 500 deep" % path)
        above = above + (value,)
        if not isinstance(value, dict):
            return [plain(x, "%s[%d]" % (path, i), above) for i, x in enumerate(value)]
        for k in value:
            if not isinstance(k, (text, str)):
                raise Refused("%s has the key %r, and JSON has only text as keys: use {str(k): v for k, v in %s.items()}" % (path, k, path))
        if MARK in value:
            raise Refused("%s has a key that is a zero character alone" % path)
        return dict((text(k), plain(v, "%s[%r]" % (path, k), above)) for k, v in value.items())
    kind = type(value).__name__
    hint = {"set": ": use sorted(%s)" % path, "frozenset": ": use sorted(%s)" % path, "range": ": use list(%s)" % path, "generator": ": use list(%s)" % path,
            "map": ": use list(%s)" % path, "complex": ": use [%s.real, %s.imag]" % (path, path), "datetime": ": use %s.isoformat()" % path}.get(kind, "")
    raise Refused("%s is %s %s, which JSON has no form for%s" % (path, "an" if kind[0] in "aeiouAEIOU" else "a", kind, hint))


class Host(object):
    """The other ends of descriptors 3 and 4."""

    def __init__(self):
        import fcntl
        self.pid, self.lock = os.getpid(), threading.RLock()
        # Out of the way of programs that count on small numbers; children don't inherit them.
        take = [fcntl.fcntl(fd, getattr(fcntl, "F_DUPFD_CLOEXEC", fcntl.F_DUPFD), 100) for fd in (3, 4)]
        for fd in take:
            fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        os.close(3)
        os.close(4)
        self.answers, self.out = os.fdopen(take[0], "rb"), take[1]
        self.mine = os.fstat(self.out)[1:3]

    def tell(self, **what):
        if os.getpid() != self.pid:  # a forked child; only the cell itself is listened to
            return
        data = json.dumps(what).encode("ascii") + b"\n"
        with self.lock:
            try:
                while data and os.fstat(self.out)[1:3] == self.mine:
                    data = data[os.write(self.out, data):]
            except OSError:
                pass  # the cell has closed it

    def ask(self, prompt, password=False):
        """Asks the person, and returns a line without its end."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        if os.getpid() != self.pid:
            raise EOFError("a child process can't ask for input: the page answers the cell's own process only")
        with self.lock:
            self.tell(t="ask", prompt=prompt, password=password)
            line = self.answers.readline()
        answer = json.loads(line.decode("utf-8")) if line else {"error": "input is no longer available"}
        if answer.get("eof"):
            raise EOFError("EOF when reading a line")
        if answer.get("error"):
            raise EOFError(str(answer["error"]))
        return answer["text"].encode("utf-8") if PY2 else answer["text"]


class Typed(io.RawIOBase):
    """Standard input: each line is asked for."""

    def __init__(self, host):
        io.RawIOBase.__init__(self)
        self.host, self.left, self.ended = host, b"", False

    def readable(self):
        return True

    def readinto(self, b):
        if not self.left:
            try:
                line = self.host.ask("")
            except EOFError:
                return 0
            self.left = (line if PY2 else line.encode("utf-8")) + b"\n"
        n = min(len(b), len(self.left))
        b[:n] = self.left[:n]
        self.left = self.left[n:]
        return n


class Typed2(object):
    """The same for Python 2, whose files are bytes."""
    encoding, closed, softspace = "utf-8", False, 0

    def __init__(self, host):
        self.buffer = io.BufferedReader(Typed(host))

    def __iter__(self):
        return iter(self.readline, "")

    def next(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def isatty(self):
        return False

    def fileno(self):
        return 0

    def __getattr__(self, name):
        return getattr(self.buffer, name)


def terminal(host):
    """Puts the page in the place of the terminal."""
    import getpass
    try:
        import builtins
    except ImportError:
        import __builtin__ as builtins
    stdin = Typed2(host) if PY2 else io.TextIOWrapper(io.BufferedReader(Typed(host)), encoding="utf-8")
    sys.stdin = stdin

    def input(prompt="", *rest):
        """Asks on the page."""
        if sys.stdin is not stdin:  # the cell has put another one in its place
            return own(prompt, *rest)
        return host.ask(str(prompt))

    def ask_secret(prompt="Password: ", stream=None, **more):
        """Asks on the page, without showing what is typed."""
        return host.ask(str(prompt), True)

    own = builtins.raw_input if PY2 else builtins.input
    if PY2:
        builtins.raw_input = input
        builtins.input = lambda prompt="": eval(input(prompt), sys._getframe(1).f_globals, sys._getframe(1).f_locals)
    else:
        builtins.input = input
    getpass.getpass = ask_secret


def figures(host):
    """Shows the figures of matplotlib, if the cell has made any."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None or os.getpid() != host.pid:
        return
    for n in plt.get_fignums():
        figure, f = plt.figure(n), io.BytesIO()
        figure.savefig(f, format="png", bbox_inches="tight")
        titles = [a.get_title() for a in figure.axes if a.get_title()]
        host.tell(t="show", data={"image/png": base64.b64encode(f.getvalue()).decode("ascii"), "text/plain": "[figure%s]" % "".join(": " + x for x in titles[:1])})
        plt.close(n)


def backend(host):
    """Makes plt.show() show on the page."""
    if "MPLBACKEND" in os.environ:
        return
    import types

    class Backend(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            import matplotlib.backends.backend_agg as agg
            return getattr(agg, name)

    module = Backend("gilkernel_figures")
    module.show = lambda *a, **k: figures(host)
    sys.modules["gilkernel_figures"] = module
    os.environ["MPLBACKEND"] = "module://gilkernel_figures"


def describe(kind, value, tb):
    """Returns an exception as it is told: with the frames of the cell and of what it calls, without ours."""
    if PY2:
        stack = [f for f in traceback.extract_tb(tb) if f[0] != NAME]
        said = (["Traceback (most recent call last):\n"] + traceback.format_list(stack) if stack else []) + traceback.format_exception_only(kind, value)
    else:
        told = traceback.TracebackException(kind, value, tb)
        todo, seen = [told], set()
        while todo:  # causes, contexts and the members of groups have frames too
            t = todo.pop()
            if t is None or id(t) in seen:
                continue
            seen.add(id(t))
            t.stack[:] = [f for f in t.stack if f.filename != NAME]
            todo += [t.__cause__, t.__context__] + (getattr(t, "exceptions", None) or [])
        said = list(told.format())
        if not told.stack and said and said[0].startswith("Traceback (most recent call last):"):
            said = said[1:]
    said = "".join(said).rstrip("\n").split("\n")
    try:
        words = str(value)
    except Exception:
        words = "<exception str() failed>"
    return {"name": kind.__name__, "value": decode(words), "traceback": [decode(l) for l in said]}


def decode(s):
    return s.decode("utf-8", "replace") if isinstance(s, bytes) else s.encode("utf-8", "backslashreplace").decode("utf-8")


def main(directory):
    """Runs the cell as the main program."""
    import __main__, atexit
    cell, host = load(directory), Host()
    for name in list(vars(__main__)):
        if not name.startswith("__"):
            delattr(__main__, name)
    sys.argv = [str(cell["label"])] + [a.encode("utf-8") if PY2 else a for a in cell["args"]]
    sys.stdout, sys.stderr = lines(sys.stdout, 1), lines(sys.stderr, 2)
    terminal(host)
    backend(host)
    clock = getattr(time, "perf_counter", time.time)

    def give():
        """Tells the values; called when the threads and the processes of the cell have ended."""
        if os.getpid() != host.pid:
            return
        values, refused = {}, []
        for name in cell["out"]:
            if name not in vars(__main__):
                refused.append("the cell didn't define %s" % name)
                continue
            try:
                values[name] = plain(vars(__main__)[name], name)
            except Refused as e:
                refused.append(str(e))
        host.tell(t="out", values=values, refused=refused)

    if cell["out"]:
        atexit.register(give)
    began, error, status = clock(), None, None
    try:
        if hasattr(sys, "setswitchinterval") and cell.get("interval"):
            sys.setswitchinterval(cell["interval"])
        code = enter(cell, vars(__main__), os.path.join(directory, "main.py"))
        began = clock()
        exec(code, vars(__main__))
    except SystemExit as e:
        status = e.code
        if status not in (None, 0, False):
            error = {"name": "SystemExit", "value": decode(str(status)), "traceback": []}
            if not isinstance(status, int):
                status = 1  # Python would print the text as well
    except BaseException:
        kind, value, tb = sys.exc_info()
        error, status = describe(kind, value, tb), 1
        if os.getpid() != host.pid:
            sys.stderr.write("\n".join(str(l) for l in error["traceback"]) + "\n")
        elif sys.excepthook is not sys.__excepthook__:
            sys.excepthook(kind, value, tb)
    seconds = clock() - began
    try:
        figures(host)
    except Exception:
        if error is None:
            error, status = describe(*sys.exc_info()), 1
    host.tell(t="end", seconds=seconds, error=error)
    if status is not None:
        sys.exit(status)


def child(namespace):
    """Runs the cell in a process that multiprocessing starts, as Python runs the main module there."""
    path = namespace["__file__"]
    sys.stdout, sys.stderr = lines(sys.stdout, 1), lines(sys.stderr, 2)
    exec(enter(load(os.path.dirname(path)), namespace, path), namespace)
