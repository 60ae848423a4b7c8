package search_test

// This file holds what breaks under which Python, and that against what real ones do.

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"gilkernel/runtime/builtins"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/search"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// versioned are programs that are broken under some versions. Each is two threads that do the same.
var versioned = []struct {
	name   string
	breaks string // under which of the versions below
	main   func(*machine.Thread) string
	want   string // what comes out unless it breaks
	python string // the same, n times in each thread: broken() says whether it broke
}{
	{"counter", "2.7 3.9 3.13t 3.14t", adders(2, 1, false), "2", `
x = 0
def one():
    global x
    for _ in range(n): x += 1
def broken(): return x != 2 * n
`},
	{"append", "", func(th *machine.Thread) string {
		l := builtins.NewList()
		add := func(*machine.Thread) { l.Append(1) }
		pair(add, add)(th)
		return fmt.Sprint(l.Len())
	}, "2", `
l = []
def one():
    for i in range(n): l.append(i)
def broken(): return len(l) != 2 * n
`},
	{"check then act", "2.7 3.9 3.13t 3.14t", func(th *machine.Thread) string {
		var taken variable
		won := builtins.NewList()
		take := func(t *machine.Thread) {
			if taken.load(t) == 0 {
				taken.store(t, 1)
				won.Append(1)
			}
		}
		pair(take, take)(th)
		return fmt.Sprint(won.Len())
	}, "1", `
taken, won = [0] * n, []
def one():
    for i in range(n):
        if taken[i] == 0:
            taken[i] = 1
            won.append(i)
def broken(): return len(won) > n
`},
	{"double-checked locking", "2.7 3.9 3.13t 3.14t", func(th *machine.Thread) string {
		var ready, value, wrong variable
		lock := threading.NewLock()
		get := func(t *machine.Thread) {
			if ready.load(t) == 0 {
				lock.With(func() {
					if ready.load(t) == 0 {
						ready.store(t, 1)
						value.store(t, 42)
					}
				})
			}
			if value.load(t) != 42 {
				wrong.store(t, 1)
			}
		}
		pair(get, get)(th)
		return fmt.Sprint(wrong.v)
	}, "0", `
ready, value, wrong = [0] * n, [0] * n, []
lock = threading.Lock()
def one():
    for i in range(n):
        if not ready[i]:
            with lock:
                if not ready[i]:
                    ready[i] = 1
                    value[i] = 42
        if value[i] != 42: wrong.append(i)
def broken(): return len(wrong) > 0
`},
	{"a call in between", "2.7 3.9 3.12 3.13t 3.14t", func(th *machine.Thread) string {
		var x variable
		add := func(t *machine.Thread) {
			old := x.load(t)
			t.Check() // the function's entry
			x.store(t, old+1)
		}
		pair(add, add)(th)
		return fmt.Sprint(x.v)
	}, "2", `
x = 0
def f(old): return old + 1
def one():
    global x
    for _ in range(n): x = f(x)
def broken(): return x != 2 * n
`},
}

// breaks reports whether a schedule makes a program end in another way.
func breaks(t *testing.T, version, want string, main func(*machine.Thread) string) bool {
	t.Helper()
	r := search.Search(&search.Options{All: true, Unbounded: true, Schedules: 1e6}, python(t, version, main))
	if !r.Complete {
		t.Fatalf("under %s not all schedules were tried", version)
	}
	broken := false
	for _, f := range r.Outcomes {
		broken = broken || f.Err != nil || f.Value != want
	}
	return broken
}

func TestByVersion(t *testing.T) {
	for _, p := range versioned {
		var got []string
		for _, version := range []string{"2.7", "3.9", "3.12", "3.13t", "3.14t"} {
			if breaks(t, version, p.want, p.main) {
				got = append(got, version)
			}
		}
		if s := strings.Join(got, " "); s != p.breaks {
			t.Errorf("%s breaks under %s, want %s", p.name, s, p.breaks)
		}
	}
}

// again runs a program in Python until it breaks, or for half a second. It prints which.
const again = `
import sys, threading, time
n = 20000
if sys.version_info[0] == 2: sys.setcheckinterval(1)
else: sys.setswitchinterval(1e-6)
end = time.time() + 0.5
said = "whole"
while said == "whole" and time.time() < end:
    exec(program, globals())
    all = [threading.Thread(target=one) for _ in range(2)]
    for t in all: t.start()
    for t in all: t.join()
    if broken(): said = "broken"
print(said)
`

// TestRealPythons holds the same against the Pythons of this computer. What a Python breaks must break under its model;
// what it doesn't break within the time proves nothing, and is only named.
func TestRealPythons(t *testing.T) {
	here := map[string]bool{}
	defer func() {
		for _, version := range []string{"2.7", "3.9", "3.12", "3.13t", "3.14t"} {
			if !here[version] {
				t.Logf("unconfirmed: there is no Python %s here", version)
			}
		}
	}()
	for _, py := range twin.Pythons(t) {
		here[py.Version] = true
		for _, p := range versioned {
			script := "program = '''" + p.python + "'''\n" + again
			out, err := exec.CommandContext(t.Context(), py.Path, "-c", script).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", py.Version, err, out)
			}
			real, model := strings.TrimSpace(string(out)) == "broken", breaks(t, py.Version, p.want, p.main)
			switch {
			case real && !model:
				t.Errorf("Python %s breaks %s, and no schedule of its model does", py.Version, p.name)
			case real:
				t.Logf("Python %s breaks %s, as its model does", py.Version, p.name)
			case model:
				t.Logf("unconfirmed: Python %s didn't break %s, and its model can", py.Version, p.name)
			default:
				t.Logf("Python %s didn't break %s, and no schedule of its model does", py.Version, p.name)
			}
		}
	}
}
