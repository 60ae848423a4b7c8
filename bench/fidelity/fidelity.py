"""The experiments of bench/fidelity in Python: python fidelity.py NAME JSON-ARGUMENTS prints a JSON list of numbers.

It runs unchanged on 2.7 through 3.14, with and without a GIL.
"""
import json
import os
import socket
import sys
import threading
import time

now = getattr(time, "perf_counter", time.time)


def pin(cores):
    """Pins this process to so many cores, as a machine of that size."""
    if not cores:
        return
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))[:cores]
        os.sched_setaffinity(0, cpus)
        return
    import ctypes
    mask = ctypes.c_ulong((1 << cores) - 1)
    ctypes.CDLL(None).sched_setaffinity(0, ctypes.sizeof(mask), ctypes.byref(mask))


def interval(ms):
    if ms and hasattr(sys, "setswitchinterval"):
        sys.setswitchinterval(ms / 1000.0)


def median(xs):
    xs = sorted(xs)
    return xs[len(xs) // 2] if xs else 0.0


def start(*targets):
    threads = [threading.Thread(target=f) for f in targets]
    for t in threads:
        t.daemon = True
        t.start()
    return threads


def join(threads):
    for t in threads:
        t.join()


def countdown(n):
    while n > 0:
        n -= 1


def threads(k, n, cores=0):
    """Time of k threads that share the work, over that of one."""
    pin(cores)
    t = now()
    countdown(n)
    one = now() - t
    t = now()
    join(start(*[lambda: countdown(n // k)] * k))
    return [(now() - t) / one]


def processes(k, n):
    """The same with processes; their start isn't counted."""
    t = now()
    countdown(n)
    one = now() - t
    ends = []
    for _ in range(k):
        a, b = socket.socketpair()
        if os.fork() == 0:
            b.recv(1)
            countdown(n // k)
            b.send(b"x")
            os._exit(0)
        ends.append(a)
    time.sleep(0.05)
    t = now()
    for a in ends:
        a.send(b"x")
    for a in ends:
        a.recv(1)
    return [(now() - t) / one]


def wake(ms, cpu, n):
    """How much later than asked for a thread goes on that sleeps 1 ms, ms."""
    interval(ms)
    stop = []

    def burn():
        while not stop:
            countdown(1000)

    late = []

    def sleeper():
        for _ in range(n):
            t = now()
            time.sleep(0.001)
            late.append((now() - t) * 1000 - 1)
        stop.append(1)

    join(start(*([burn] * cpu + [sleeper])))
    return [median(late), sorted(late)[int(len(late) * 0.9)]]


def hold(ms, k, seconds, ticks=0):
    """The median time that one of k threads holds the GIL, ms; switches a second."""
    interval(ms)
    if ticks and hasattr(sys, "setcheckinterval"):
        sys.setcheckinterval(ticks)
    end = now() + seconds
    owner = [0]
    began, last = [end] * k, [end] * k
    holds = []

    def burn(me):
        while True:
            t = now()
            if owner[0] != me:
                was = owner[0]
                owner[0] = me
                holds.append((last[was] - began[was]) * 1000)
                began[me] = t
            last[me] = t
            if t > end:
                return

    join(start(*[lambda i=i: burn(i) for i in range(k)]))
    return [median(holds[1:]), len(holds) / float(seconds)]


def echo(ms, cpu, seconds):
    """Round trips a second to a process that answers at once; their median time, ms."""
    interval(ms)
    a, b = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "ab"]
    a.bind(("127.0.0.1", 0))
    b.bind(("127.0.0.1", 0))
    a.connect(b.getsockname())
    b.connect(a.getsockname())
    child = os.fork()
    if child == 0:
        while True:
            b.send(b.recv(64))
    stop = []

    def burn():
        while not stop:
            countdown(1000)

    times = []

    def client():
        end = now() + seconds
        while True:
            t = now()
            a.send(b"ping")
            a.recv(64)
            u = now()
            times.append((u - t) * 1000)
            if u > end:
                stop.append(1)
                return

    t = now()
    join(start(*([burn] * cpu + [client])))
    os.kill(child, 9)
    os.waitpid(child, 0)
    return [len(times) / (now() - t), median(times)]


def share(k, seconds):
    """The smallest and the largest share of k threads in the work that is done."""
    counts = [0] * k
    end = now() + seconds

    def burn(i):
        n = 0
        while now() < end:
            countdown(1000)
            n += 1
        counts[i] = n

    join(start(*[lambda i=i: burn(i) for i in range(k)]))
    total = float(sum(counts))
    return [min(counts) / total, max(counts) / total]


counter = 0


def one():
    return 1


def lost(kind, n):
    """Updates that two threads lose, per cent."""
    lock = threading.Lock()

    def plain():
        global counter
        for _ in range(n):
            counter += 1

    def call():
        global counter
        for _ in range(n):
            counter = counter + one()

    def locked():
        global counter
        for _ in range(n):
            with lock:
                counter += 1

    join(start(*[{"plain": plain, "call": call, "locked": locked}[kind]] * 2))
    return [100.0 * (2 * n - counter) / (2 * n)]


def stall(n):
    """The longest pause of a thread that ticks each ms, over the time of a call that doesn't release the GIL."""
    ticks, stop = [], []

    def ticker():
        while not stop:
            time.sleep(0.001)
            ticks.append(now())

    ts = start(ticker)
    time.sleep(0.05)
    numbers = getattr(__builtins__, "xrange", range)(n)
    t = now()
    sum(numbers)
    took = now() - t
    time.sleep(0.05)
    stop.append(1)
    join(ts)
    return [max(b - a for a, b in zip(ticks, ticks[1:])) / took]


def overlap(k, ms):
    """Time of k threads that sleep at once, over that of one."""
    t = now()
    join(start(lambda: time.sleep(ms / 1000.0)))
    single = now() - t
    t = now()
    join(start(*[lambda: time.sleep(ms / 1000.0)] * k))
    return [(now() - t) / single]


def native(free, n):
    """Throughput of two threads in native calls that do or don't release the GIL, over that of one."""
    import zlib
    data = os.urandom(1 << 18)
    numbers = getattr(__builtins__, "xrange", range)(300000)

    def work():
        for _ in range(n):
            if free:
                zlib.compress(data, 6)
            else:
                sum(numbers)

    t = now()
    work()
    single = now() - t
    t = now()
    join(start(work, work))
    return [2 * single / (now() - t)]


def handoff(n):
    """Hand-offs a second between two threads that wait for each other's lock."""
    a, b = threading.Lock(), threading.Lock()
    b.acquire()

    def ping():
        for _ in range(n):
            a.acquire()
            b.release()

    def pong():
        for _ in range(n):
            b.acquire()
            a.release()

    t = now()
    join(start(ping, pong))
    return [2 * n / (now() - t)]


def barge(kind, seconds):
    """The smaller share of two threads that release a lock and acquire it again at once; acquisitions a second."""
    lock = threading.Lock()
    counts = [0, 0]
    end = now() + seconds

    def work(i):
        while now() < end:
            with lock:
                counts[i] += 1
                if kind == "sleep":
                    time.sleep(0.001)
                elif kind == "compute":
                    t = now() + 0.001
                    while now() < t:
                        pass

    join(start(lambda: work(0), lambda: work(1)))
    total = float(sum(counts))
    return [min(counts) / total, total / seconds]


def spawn(n):
    """The time of a thread's start and join, ms."""
    t = now()
    for _ in range(n):
        join(start(lambda: None))
    return [(now() - t) * 1000 / n]


def together(kind, k, n):
    """Time of k threads, or of k processes with their start, that share the work, over that of one thread."""
    one = now()
    countdown(n)
    one = now() - one
    if kind == "threads":
        t = now()
        join(start(*[lambda: countdown(n // k)] * k))
        return [(now() - t) / one]
    import multiprocessing
    if hasattr(multiprocessing, "get_context"):
        multiprocessing = multiprocessing.get_context("fork")
    t = now()
    ps = [multiprocessing.Process(target=countdown, args=(n // k,)) for _ in range(k)]
    for p in ps:
        p.start()
    join(ps)
    return [(now() - t) / one]


def begin(method, n):
    """The median time from the start of a process that does nothing to its end, ms."""
    import multiprocessing
    context = multiprocessing.get_context(method)
    took = []
    for _ in range(n + 1):
        t = now()
        p = context.Process(target=os.getpid)
        p.start()
        p.join()
        took.append((now() - t) * 1000)
    return [median(took[1:])]


def pipe(size, n):
    """The time of a message from one process to another, by size, microseconds."""
    import multiprocessing
    if hasattr(multiprocessing, "get_context"):
        multiprocessing = multiprocessing.get_context("fork")
    a, b = multiprocessing.Pipe()

    def child():
        while b.recv():
            pass
        b.send(None)

    p = multiprocessing.Process(target=child)
    p.start()
    data = b"x" * size
    a.send(data)
    t = now()
    for _ in range(n):
        a.send(data)
    a.send(None)
    a.recv()
    took = now() - t
    p.join()
    return [took * 1e6 / n]


def servers(kind, form, k, n):
    """Time of k clients at once at a server of a form; each answer needs work of a kind."""
    try:
        import socketserver
    except ImportError:
        import SocketServer as socketserver
    numbers = getattr(__builtins__, "xrange", range)(n * 5)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(1)
            if kind == "python":
                countdown(n)
            elif kind == "native":
                sum(numbers)
            else:
                time.sleep(n / 2e7)
            self.request.sendall(b"!")

    server = {"one": socketserver.TCPServer, "threads": socketserver.ThreadingTCPServer, "processes": socketserver.ForkingTCPServer}[form](("127.0.0.1", 0), Handler)
    ts = start(lambda: server.serve_forever(0.01))

    def ask():
        c = socket.create_connection(server.server_address)
        c.sendall(b"?")
        c.recv(1)
        c.close()

    ask()
    t = now()
    join(start(*[ask] * k))
    took = now() - t
    server.shutdown()
    join(ts)
    server.server_close()
    return [took * 1000]


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
