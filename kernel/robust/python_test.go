//go:build linux

package robust_test

// This file defines what cells do in real Pythons, and what is left when anything of it is killed.

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"gilkernel/runtime/cpython"
	"gilkernel/skip"
)

// realPython returns the newest CPython 3 of this computer as words for %%python, and skips the test if there is none.
func realPython(t testing.TB) string {
	t.Helper()
	home, _ := os.UserHomeDir()
	e := &cpython.Env{OS: "linux", Home: home, Getenv: os.Getenv}
	f := &cpython.Finder{}
	all, err := f.Find(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		if p := all[i]; p.Implementation == "CPython" && p.Version >= "3" {
			return p.Path
		}
	}
	skip.Missing(t, "there is no Python 3 on this computer")
	return ""
}

func TestPythonCells(t *testing.T) {
	python := realPython(t)
	p := open(t)
	if c := p.run("type point struct{ x, y int }\nps := []point{{1, 2}, {3, 4}}\nname, n, x := \"ü\", 5, 2.0\n" +
		"nan, raw := math.NaN(), []byte{0, 255}\n" +
		"big1 := new(big.Int).Lsh(big.NewInt(1), 100)\nbyID := map[int]string{7: \"seven\"}\nvar none *point\n" +
		"var anything any = []any{nil, true}\n" +
		"var mu sync.Mutex\nch := make(chan int)\nfn := func() {}\nbad := \"\\xff\"\ntype ring struct{ next *ring }\n" +
		"r := &ring{}; r.next = r\ndeep := map[string][]any{\"a\": {1, ch}}\nch2 := any(3i)"); c.res.Status != "ok" {
		t.Fatalf("%+v", c.res)
	}
	for i, r := range []struct{ words, code, out, failed string }{
		{"", "print('hello', 'wörld')", "hello wörld\n", ""},
		{"", "import sys\nsys.stdout.write('no end'); print('err', file=sys.stderr)", "no end", ""},
		{"--x a 'b c'", "", "", `no option "--x"`},
		{"a 'b c' -- --x", "import sys; print(sys.argv[1:], __name__)", "['a', 'b c', '--x'] __main__\n", ""},
		{"-W error", "import warnings; warnings.warn('w')", "", "UserWarning: w"},
		{"-O", "assert False\nprint(__debug__)", "False\n", ""},
		{"", "print(sorted(k for k in globals() if not k.startswith('__')))", "[]\n", ""},
		{"", "x = 1\n\nraise ValueError('wrong\\nlines')", "", "ValueError: wrong"},
		{"", "def f(\n", "", "SyntaxError"},
		{"", "import sys; sys.exit()", "", ""},
		{"", "import sys; sys.exit(2)", "", "SystemExit: 2"},
		{"", "import sys; sys.exit('reason')", "", "SystemExit: reason"},
		{"", "import os; print('x', flush=True); os._exit(4)", "x\n", "CalledProcessError: Python"},
		{"", "import os; os._exit(0)", "", ""},
		{"", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "", "ended by a signal: killed"},
		{"", "import os; os.closerange(3, 1000); print('closed')", "closed\n", ""},
		{"", "import os\nfor fd in range(3, 200):\n    try: os.write(fd, b'nonsense\\n{}\\n[1]\\n\"x\"\\n')\n" +
			"    except OSError: pass\nprint('on')", "on\n", ""},
		{"", "def f(n): return f(n + 1)\nf(0)", "", "RecursionError"},
		{"", "class E(Exception):\n    def __str__(self): 1/0\nraise E", "", "E"},
		{"", "raise KeyboardInterrupt", "", "KeyboardInterrupt"},
		{"", "import threading, time\ndef f(): time.sleep(0.05); print('late')\n" +
			"threading.Thread(target=f).start(); print('main')", "main\nlate\n", ""},
		{"", "import atexit; atexit.register(print, 'end'); 1/0", "end\n", "ZeroDivisionError: division by zero"},
		{"--in ps,name,n,x,nan,raw,byID,none,anything", "print(ps, name, n, x, nan, raw, byID, none, anything)",
			"[{'x': 1, 'y': 2}, {'x': 3, 'y': 4}] ü 5 2.0 nan b'\\x00\\xff' {7: 'seven'} None [None, True]\n", ""},
		{"--in big1", "print(big1 == 2**100)", "True\n", ""},
		{"--in nope", "1", "", "NameError: --in nope: there is no variable nope"},
		{"--in mu", "1", "", "TypeError: mu is a sync.Mutex, which can't be sent to Python"},
		{"--in ch", "1", "", "TypeError: ch is a chan int, which can't be sent to Python: receive from it"},
		{"--in fn", "1", "", "TypeError: fn is a function"},
		{"--in bad", "1", "", "TypeError: bad is a string that is no valid UTF-8"},
		{"--in r", "1", "", "TypeError: r.next is a value that contains itself"},
		{"--in deep", "1", "", `TypeError: deep["a"][1] is a chan int`},
		{"--in ch2", "1", "", "TypeError: ch2 is a complex128"},
		{"--out q", "1", "", "TypeError: the cell didn't define q"},
		{"--out q,w", "q = [1, {2}]; w = {1: 2}", "",
			"TypeError: q[1] is a set, which JSON has no form for: use sorted(q[1]); w has the key 1"},
		{"--out q", "q = []; q.append(q)", "", "TypeError: q[0] contains itself"},
		{"--out q", "q = '\\ud800'", "", "TypeError: q is a str with half of a surrogate pair"},
		{"--out q", "q = 1; 1/0", "", "ZeroDivisionError"},
		{"--out q", "import os; q = 1; os._exit(0)", "", "TypeError: Python ended before it could say"},
	} {
		c := p.run("%%python " + python + " " + r.words + "\n" + r.code)
		failed := ""
		for _, o := range c.errors() {
			failed = plain(o)
		}
		if c.text("stdout") != r.out || !strings.Contains(failed, r.failed) ||
			(r.failed == "") != (c.res.Status == "ok") {
			t.Errorf("%d: %s %q printed %q and failed with %q, %s: %s", i, r.words, r.code, c.text("stdout"), failed,
				c.res.EName, c.res.EValue)
		}
	}
	c := p.run("%%python " + python + "\ndef f(x):\n    return 1 / x\n\ntry:\n    f(0)\nexcept Exception as e:\n" +
		"    raise KeyError('k') from e")
	for _, want := range []string{`File "In[`, "line 3, in f", "return 1 / x", "line 6, in <module>", "direct cause",
		"KeyError: 'k'"} {
		if text := plain(c.errors()[0]); !strings.Contains(text, want) || strings.Contains(text, "boot.py") {
			t.Errorf("the traceback lacks %q:\n%s", want, text)
		}
	}
	p.run("%%python " + python + " --out a,b,c,d,e,f,g,h\na, b, c, d = True, 10**30, 1.0, 'ü'\n" +
		"e, f, g, h = b'\\xff', (1, None), {'x': [2.5]}, None")
	p.wants(`fmt.Sprintf("%T %T %T %T %T %T %T %T", a, b, c, d, e, f, g, h)`,
		`"bool *big.Int float64 string []uint8 []interface {} map[string]interface {} <nil>"`)
	p.wants(`fmt.Sprintln(a, b, c, d, e, f, g, h)`,
		`"true 1000000000000000000000000000000 1 ü [255] [1 <nil>] map[x:[2.5]] <nil>\n"`)
	p.run("%%python " + python + " --out a\na = 'now a text'")
	p.wants("a", `"now a text"`)
	for code, want := range map[string]string{
		"%%python 2.99\n1":      "PythonNotFound: there is no Python 2.99 on this computer; ",
		"%%python /bin/true\n1": "isn't a Python", "%%python /nope/python\n1": "there is no file /nope/python",
		"%%python /tmp\n1": "no Python in the directory", "%%python x/y\n1": "there is no file",
	} {
		c := p.run(code)
		got := c.res.EName + ": " + c.res.EValue
		if want == "isn't a Python" {
			want = "is not a Python"
		}
		if c.res.Status != "error" || !strings.Contains(got, want) {
			t.Errorf("%q: %s", code, got)
		}
	}
	if c := p.run("%%python 2.99 --optional\n1"); c.res.Status != "ok" ||
		!strings.HasPrefix(c.text("stdout"), "Not run: there is no Python 2.99") {
		t.Errorf("%+v, %q", c.res, c.text("stdout"))
	}
	if c := p.run("%pythons"); c.res.Status != "ok" || len(c.outputs()) != 1 ||
		!strings.Contains(fmt.Sprint(c.outputs()[0].Data), python) &&
			!strings.Contains(string(c.outputs()[0].Data["text/plain"]), "CPython") {
		t.Errorf("%+v, %v", c.res, c.outputs())
	}
}

// Without any Python the sentence says what to do.
func TestNoPython(t *testing.T) {
	nowhere := t.TempDir()
	p := open(t, cpython.OnlyVariable+"="+nowhere)
	for code, want := range map[string]string{
		"%%python\n1":                 "No Python 3 was found",
		"%%python --optional\n1":      "No Python 3 was found",
		"%%python 3.11 --optional\n1": "install one from",
		"%pythons":                    "install one from",
	} {
		if c := p.run(code); c.res.Status != "ok" || !strings.Contains(c.text("stdout"), want) {
			t.Errorf("%q: %+v %s", code, c.res, c.text("stdout"))
		}
	}
	if c := p.run("%%python 3.11\n1"); c.res.EName != "PythonNotFound" ||
		!strings.Contains(c.res.EValue, "install one from") {
		t.Errorf("%+v", c.res)
	}
}

func TestPythonInput(t *testing.T) {
	python := realPython(t)
	p := open(t)
	var asked []string
	c := p.begin("%%python "+python+"\nimport getpass, sys\nprint('before')\na = input('name? ')\n"+
		"b = getpass.getpass()\nc = sys.stdin.readline()\nd = [l for l in sys.stdin]\nprint([a, b, c, d])",
		func(prompt string, password bool) string {
			asked = append(asked, fmt.Sprint(prompt, password))
			if len(asked) == 5 {
				return "\x04"
			}
			return fmt.Sprintf("änswer %d", len(asked))
		})
	c.wait()
	if want := "before\n['änswer 1', 'änswer 2', 'änswer 3\\n', ['änswer 4\\n']]\n"; c.text("stdout") != want ||
		fmt.Sprint(asked) != "[name? false Password: true false false false]" {
		t.Errorf("printed %q, asked %v, %v", c.text("stdout"), asked, c.res)
	}
	if c := p.run("%%python " + python + "\ninput('x')"); c.res.EName != "EOFError" {
		t.Errorf("nobody can be asked: %+v", c.res)
	}
}

func TestPythonInterrupted(t *testing.T) {
	python := realPython(t)
	p := open(t)
	p.run("kept := 7")
	stop := p.alive()
	ready := func(c *cell) {
		t.Helper()
		p.await("ready", func() bool { return strings.Contains(c.text("stdout"), "ready") })
	}
	c := p.begin("%%python "+python+"\nimport time\nprint('ready')\ntime.sleep(1000)", nil)
	ready(c)
	p.interrupt()
	c.wait()
	if c.res.EName != "KeyboardInterrupt" || !strings.Contains(plain(c.errors()[0]), ", in <module>") {
		t.Errorf("sleeping: %+v %v", c.res, c.errors())
	}
	c = p.begin("%%python "+python+"\nimport time\ntry:\n    print('ready'); time.sleep(1000)\n"+
		"except KeyboardInterrupt:\n    time.sleep(0.1); print('tidied up')", nil)
	ready(c)
	p.interrupt()
	c.wait()
	if c.res.EName != "KeyboardInterrupt" || !strings.Contains(c.text("stdout"), "tidied up") {
		t.Errorf("handled: %+v %q", c.res, c.text("stdout"))
	}
	asked := make(chan bool)
	answer := make(chan bool)
	c = p.begin("%%python "+python+"\ninput('well? ')", func(string, bool) string {
		close(asked)
		<-answer
		return "late"
	})
	<-asked
	p.interrupt()
	close(answer) // too late
	c.wait()
	if c.res.EName != "KeyboardInterrupt" {
		t.Errorf("asking: %+v", c.res)
	}
	for range 2 { // it is killed by the second interrupt, or after a while
		c = p.begin("%%python "+python+"\nimport signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"+
			"print('ready')\ntime.sleep(1000)", nil)
		ready(c)
		p.interrupt()
		p.interrupt()
		c.wait()
		if c.res.EName != "KeyboardInterrupt" || !strings.Contains(c.res.EValue, "was killed") {
			t.Errorf("deaf: %+v", c.res)
		}
	}
	c = p.begin("%%python "+python+"\nimport signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"+
		"print('ready')\ntime.sleep(1000)", nil)
	ready(c)
	p.interrupt()
	c.wait()
	if c.res.EName != "KeyboardInterrupt" || !strings.Contains(c.res.EValue, "was killed") {
		t.Errorf("deaf: %+v", c.res)
	}
	p.wants("kept", "7")
	stop()
}

// multiprocessing starts processes by each method; what stays behind is ended with the cell.
func TestPythonProcesses(t *testing.T) {
	python := realPython(t)
	h := newHousehold(t)
	p := h.start("start", "-f")
	p.run("n := 3")
	for _, method := range []string{"fork", "spawn", "forkserver"} {
		c := p.run("%%python " + python + " --in n --out squares\nimport multiprocessing as mp\nclass Box:\n" +
			"    def __init__(self, v): self.v = v\ndef square(b): return Box(b.v ** 2 + n - n)\n" +
			"if __name__ == '__main__':\n    mp.set_start_method('" + method + "')\n    with mp.Pool(2) as pool:\n" +
			"        squares = [b.v for b in pool.map(square, [Box(i) for i in range(n)])]\n" +
			"    p = mp.Process(target=print, args=('from the child',)); p.start(); p.join()")
		if c.res.Status != "ok" || c.text("stdout") != "from the child\n" {
			t.Errorf("%s: %+v %q %q", method, c.res, c.text("stdout"), c.text("stderr"))
		}
		p.wants("fmt.Sprint(squares)", `"[0 1 4]"`)
	}
	c := p.run("%%python " + python + "\nimport os, time\nif os.fork() == 0:\n    1/0\nos.wait()\nprint('parent')")
	if c.res.Status != "ok" || c.text("stdout") != "parent\n" ||
		!strings.Contains(c.text("stderr"), "ZeroDivisionError") {
		t.Errorf("a child's error is not the cell's: %+v %q %q", c.res, c.text("stdout"), c.text("stderr"))
	}
	p.run("%%python " + python + "\nimport os, subprocess\nsubprocess.Popen(['sleep', '1000'])\nif os.fork() == 0:\n" +
		"    os.execvp('sleep', ['sleep', '1000'])")
	h.awaitProcesses("what a cell has started is left",
		func(now map[int]string) bool { return !hasSleep(now) && !hasPython(now) })
	if err := p.k.Shutdown(h.ctx); err != nil {
		t.Error(err)
	}
	h.isGone()
}

func hasPython(now map[int]string) bool {
	for _, line := range now {
		if strings.Contains(line, "gilkernel-python") || strings.Contains(line, "watchman") {
			return true
		}
	}
	return false
}

// Whoever is killed, nothing is left: no process and no file.
func TestPythonKilled(t *testing.T) {
	python := realPython(t)
	for _, victims := range []string{"interpreter", "kernel", "kernel and interpreter", "python"} {
		t.Run(victims, func(t *testing.T) {
			h := newHousehold(t)
			p := h.start("start", "-f")
			c := p.begin("%%python "+python+"\nimport multiprocessing as mp, os, time\ndef wait(): time.sleep(1000)\n"+
				"if __name__ == '__main__':\n"+
				"    for method in 'spawn', 'fork': mp.get_context(method).Process(target=wait).start()\n"+
				"    print('ready', os.getppid(), os.getpid(), '.')\n    time.sleep(1000)", nil)
			p.await("ready", func() bool { return strings.HasSuffix(c.text("stdout"), ".\n") })
			var interp, py int
			if _, err := fmt.Sscanf(c.text("stdout"), "ready %d %d", &interp, &py); err != nil {
				t.Fatal(err)
			}
			var pids []int
			switch victims {
			case "interpreter":
				pids = []int{interp}
			case "kernel":
				pids = []int{p.pid}
			case "kernel and interpreter":
				pids = []int{p.pid, interp}
			case "python":
				pids = []int{py}
			}
			for _, pid := range pids {
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.HasPrefix(victims, "kernel") {
				c.wait()
				if c.res.Status != "error" {
					t.Errorf("%+v", c.res)
				}
				h.awaitProcesses("processes are left", func(now map[int]string) bool { return !hasPython(now) })
				p.wants("1 + 1", "2")
				if err := p.k.Shutdown(h.ctx); err != nil {
					t.Error(err)
				}
			}
			go h.cmd.Wait() // or it stays as a zombie; ends with it
			h.isGone()
		})
	}
}

// Completion and help know the words.
func TestPythonWords(t *testing.T) {
	p := open(t)
	p.run("numbers := []int{1}\nfunc helper() {}")
	for code, want := range map[string]string{"%%python --in nu": "numbers", "%%python --o": "--out --optional",
		"%%python 3 --in numbers,nu": "numbers", "%pyth": "%pythons"} {
		r, err := p.k.Complete(p.ctx, code, len(code))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range strings.Fields(want) {
			if !strings.Contains(fmt.Sprint(r.Matches), w) {
				t.Errorf("%q: %v lacks %s", code, r.Matches, w)
			}
		}
		if strings.Contains(fmt.Sprint(r.Matches), "helper") {
			t.Errorf("%q offers a function: %v", code, r.Matches)
		}
	}
	text, err := p.k.Inspect(p.ctx, "%%python", 8, 0)
	if err != nil || !regexp.MustCompile("--in").MatchString(text) {
		t.Errorf("help is %q, %v", text, err)
	}
}

// A twin runs in a real Python and in Go on both machines; what it measures leaves no variable behind.
func TestTwin(t *testing.T) {
	python := realPython(t)
	p := open(t)
	c := p.run("%%python " + python + " --out version\nimport sys; version = '%d.%d' % sys.version_info[:2]")
	if c.res.Status != "ok" {
		t.Fatalf("%+v", c.res)
	}
	p.run("threads, counter := \"mine\", 1.5")
	c = p.run("%%twin --printed figure --threads 1,3 --python 9.9\nx\n--- go\ny")
	if c.res.EName != "UsageError" {
		t.Errorf("%+v", c.res)
	}
	version := strings.Trim(p.run("version").value(), `"`)
	c = p.run("%%twin --printed figure --threads 1,3 --python " + version + "\nprint('noise', threads * 10)\n--- go\n" +
		"import \"fmt\"\ncounter := 100 * threads\nfmt.Println(\"noise\", counter)")
	text := ""
	for _, o := range c.outputs() {
		if _, ok := o.Data["image/png"]; ok {
			text = string(o.Data["text/plain"])
		}
	}
	for _, want := range []string{"3 threads: figure", "the real Python", "10.0                100                100",
		"30.0                300                300"} {
		if !strings.Contains(text, want) {
			t.Errorf("%+v, the text lacks %q:\n%s", c.res, want, text)
		}
	}
	if out := c.text("stdout"); out != "" {
		t.Errorf("what the texts print is shown: %q", out)
	}
	p.wants(`fmt.Sprintln(threads, counter)`, `"mine 1.5\n"`)
	if c := p.run("%%twin --python " + version + "\n1/0\n--- go\n_ = 1"); c.res.Status != "ok" ||
		!strings.Contains(c.text("stderr"), "ZeroDivisionError") {
		t.Errorf("an error of Python's: %+v %q", c.res, c.text("stderr"))
	}
	if c := p.run("%%twin --python " + version + "\n1\n--- go\n\nx := nothing"); c.res.EName != "NameError" ||
		!strings.Contains(plain(c.errors()[0]), ":5:6") {
		t.Errorf("an error of Go's: %+v", c.res)
	}
	c = p.begin("%%twin --python "+version+"\nimport time; time.sleep(1000)\n--- go\n_ = 1", nil)
	p.await("progress", func() bool { return len(c.outputs()) > 0 })
	p.interrupt()
	c.wait()
	if c.res.EName != "KeyboardInterrupt" {
		t.Errorf("interrupted: %+v", c.res)
	}
	if c := p.run("%twin race --python 3.13 --threads 2"); c.res.Status != "ok" || len(c.errors()) > 0 {
		t.Errorf("a registered one: %+v", c.res)
	}
}
