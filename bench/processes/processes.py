"""The programs of work/work.go in Python: python processes.py PROGRAM KIND N K prints a rate per second."""
import concurrent.futures
import multiprocessing as mp
import multiprocessing.shared_memory
import sys
import time


def item(kind):
    return {
        "int": lambda: 7,
        "100 B": lambda: bytes(100),
        "10 KB": lambda: bytes(10_000),
        "1 MB bytes": lambda: bytes(1_000_000),
        "1 MB string": lambda: "x" * 1_000_000,
        "100k floats": lambda: [i + 0.5 for i in range(100_000)],
        "100k floats in []any": lambda: [i + 0.5 for i in range(100_000)],
        "100k ints in []any": lambda: list(range(100_000)),
        "dict of 10k": lambda: {f"key {i}": i for i in range(10_000)},
        "dict of 10k any": lambda: {f"key {i}": i for i in range(10_000)},
        "50k strings": lambda: [f"this is string {i}" for i in range(50_000)],
        "50k strings in []any": lambda: [f"this is string {i}" for i in range(50_000)],
        "20k tuples": lambda: [(i, "name", 1.5) for i in range(20_000)],
    }[kind]()


def sender(ctl, c, kind, n):
    v = item(kind)
    ctl.send(0)
    ctl.recv()
    for _ in range(n):
        c.send(v)
    ctl.recv()


def pipe(kind, n, k):
    ctl, ctl2 = mp.Pipe()
    a, b = mp.Pipe(k == 2)
    p = mp.Process(target=sender, args=(ctl2, b, kind, n))
    p.start()
    ctl.recv()
    began = time.perf_counter()
    ctl.send(0)
    for _ in range(n):
        a.recv()
    took = time.perf_counter() - began
    ctl.send(0)
    p.join()
    return n / took


def bytes_sender(ctl, c, n):
    v = bytes(1_000_000)
    ctl.send(0)
    ctl.recv()
    for _ in range(n):
        c.send_bytes(v)
    ctl.recv()


def pipe_bytes(kind, n, k):
    ctl, ctl2 = mp.Pipe()
    a, b = mp.Pipe(False)
    p = mp.Process(target=bytes_sender, args=(ctl2, b, n))
    p.start()
    ctl.recv()
    began = time.perf_counter()
    ctl.send(0)
    for _ in range(n):
        a.recv_bytes()
    took = time.perf_counter() - began
    ctl.send(0)
    p.join()
    return n / took


def echo(c, n):
    c.send(0)
    for _ in range(n):
        c.send(c.recv())


def pingpong(kind, n, k):
    a, b = mp.Pipe()
    p = mp.Process(target=echo, args=(b, n))
    p.start()
    v = item(kind)
    a.recv()
    began = time.perf_counter()
    for _ in range(n):
        a.send(v)
        a.recv()
    took = time.perf_counter() - began
    p.join()
    return n / took


def producer(ready, q, kind, n):
    v = item(kind)
    ready.wait()  # all are there
    ready.wait()  # and the time begins
    for _ in range(n):
        q.put(v)


def queue(kind, n, k, q=None):
    q = q or mp.Queue()
    ready = mp.Barrier(k + 1)
    ps = [mp.Process(target=producer, args=(ready, q, kind, n // k)) for _ in range(k)]
    for p in ps:
        p.start()
    ready.wait()
    began = time.perf_counter()
    ready.wait()
    for _ in range(n // k * k):
        q.get()
    took = time.perf_counter() - began
    for p in ps:
        p.join()
    return n / took


def simple(kind, n, k):
    return queue(kind, n, 1, mp.SimpleQueue())


def locker(ready, done, lock, n):
    ready.wait()  # all are there
    ready.wait()  # and the time begins
    for _ in range(n):
        lock.acquire()
        lock.release()
    done.wait()


def together(target, what, n, k):
    ready, done = mp.Barrier(k + 1), mp.Barrier(k + 1)
    ps = [mp.Process(target=target, args=(ready, done, what, n // k)) for _ in range(k)]
    for p in ps:
        p.start()
    ready.wait()
    began = time.perf_counter()
    ready.wait()
    done.wait()
    took = time.perf_counter() - began
    for p in ps:
        p.join()
    return n / took


def lock(kind, n, k):
    return together(locker, mp.Lock(), n, k)


def adder(ready, done, v, n):
    ready.wait()  # all are there
    ready.wait()  # and the time begins
    for _ in range(n):
        v.get_lock().acquire()
        v.value += 1
        v.get_lock().release()
    done.wait()


def add(kind, n, k):
    v = mp.Value("i", 0)
    rate = together(adder, v, n, k)
    assert v.value == n // k * k
    return rate


def raw(kind, n, k):
    a = mp.RawArray("d", 1000)
    began = time.perf_counter()
    for i in range(n):
        j = i % 1000
        a[j] = a[j] + 1
    return n / (time.perf_counter() - began)


def slices(kind, n, k):
    a = mp.RawArray("d", 100_000)
    values = item("100k floats")
    began = time.perf_counter()
    for _ in range(n):
        a[0:100_000] = values
        a[:]
    return n / (time.perf_counter() - began)


def task(us):
    began = time.perf_counter()
    while us > 0 and time.perf_counter() - began < us * 1e-6:
        pass
    return us


MICROS = {"no-op": 0, "10 us": 10, "1 ms": 1000}


def pool(way, kind, n, k):
    us = MICROS[kind]
    items = [us] * n
    ready = mp.Barrier(k + 1)
    with mp.Pool(k, initializer=ready.wait) as p:
        ready.wait()  # all are there
        p.map(task, [0] * (4 * k), chunksize=1)
        began = time.perf_counter()
        if way == "map by one":
            done = len(p.map(task, items, chunksize=1))
        elif way == "map":
            done = len(p.map(task, items))
        elif way == "imap":
            done = sum(1 for _ in p.imap_unordered(task, items))
        else:
            done = len([r.get() for r in [p.apply_async(task, (us,)) for _ in range(n)]])
        took = time.perf_counter() - began
    assert done == n
    return n / took


def executor(way, kind, n, k):
    us = MICROS[kind]
    items = [us] * n
    with concurrent.futures.ProcessPoolExecutor(k) as ex:
        list(ex.map(task, [0] * (4 * k)))
        began = time.perf_counter()
        if way == "map":
            done = len(list(ex.map(task, items)))
        else:
            done = len([f.result() for f in [ex.submit(task, us) for _ in range(n)]])
        took = time.perf_counter() - began
    assert done == n
    return n / took


def shared_copies(kind, n, k):
    m = mp.shared_memory.SharedMemory(create=True, size=1_000_000)
    data, out = b"x" * 1_000_000, memoryview(bytearray(1_000_000))
    began = time.perf_counter()
    for _ in range(n):
        m.buf[:1_000_000] = data
        out[:] = m.buf[:1_000_000]
    took = time.perf_counter() - began
    m.close()
    m.unlink()
    return n / took


def shared_lives(kind, n, k):
    began = time.perf_counter()
    for _ in range(n):
        m = mp.shared_memory.SharedMemory(create=True, size=65536)
        m.buf[0] = 1
        m.close()
        m.unlink()
    return n / (time.perf_counter() - began)


if __name__ == "__main__":
    program, kind, n, k = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    head, _, way = program.partition(" ")
    if head in ("pool", "executor"):
        print(globals()[head](way, kind, n, k))
    else:
        print(globals()[program.replace(" ", "_")](kind, n, k))
