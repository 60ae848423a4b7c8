package interp_test

import (
	"strings"
	"testing"

	"gilkernel/kernel/link"
)

// fatal runs code that ends the process and returns what it printed and left behind, on the crash
// descriptor and, where that says nothing of the reason, on standard error.
func fatal(t *testing.T, code string, env ...string) (out, report string, exit int) {
	t.Helper()
	p := begin(t, env...)
	p.send(&link.Request{Run: p.request(code)})
	r := &result{out: map[int]string{}}
	for e := range p.events {
		r.add(e)
		if e.Done != nil {
			t.Fatalf("the run ended: %+v %s", e.Done, trace(e.Done.Error))
		}
	}
	report, state := p.died()
	return r.out[1], report + p.raw[1].String(), state.ExitCode()
}

func TestExit(t *testing.T) {
	for _, row := range []struct {
		code, report string
		exit         int
	}{
		{"import \"os\"\nos.Exit(3)", "gilkernel-exit: code=3 pos=In[1]:3:1 by=os.Exit\n", 3},
		{"import \"os\"\nos.Exit(0)", "gilkernel-exit: code=0 pos=In[1]:3:1 by=os.Exit\n", 0},
		{"import \"syscall\"\nsyscall.Exit(4)", "gilkernel-exit: code=4 pos=In[1]:3:1 by=syscall.Exit\n", 4},
		{"import \"log\"\nlog.SetFlags(0); log.Fatal(\"end\")", "gilkernel-exit: code=1 pos=In[1]:3:18 by=log.Fatal\n",
			1},
		{"import \"log\"\nlog.SetFlags(0); log.Fatalf(\"en%s\", \"d\")",
			"gilkernel-exit: code=1 pos=In[1]:3:18 by=log.Fatalf\n", 1},
		{"import \"log\"\nlog.SetFlags(0); log.Fatalln(\"end\")",
			"gilkernel-exit: code=1 pos=In[1]:3:18 by=log.Fatalln\n", 1},
	} {
		code := "import \"fmt\"\nfor i := 0; i < 1000; i++ { fmt.Print(\"x\") }\n" + row.code + "\n"
		out, report, exit := fatal(t, code)
		want := strings.Repeat("x", 1000)
		if strings.Contains(code, "log") {
			want += "end\n"
		}
		if out != want || report != row.report || exit != row.exit {
			t.Errorf("%s: printed %q, left %q, exit %d", row.code, out[len(out)-20:], report, exit)
		}
	}
}

// The deaths that nothing can prevent: Go's runtime describes them on the crash descriptor, with the
// labels of the goroutine.
func TestFatal(t *testing.T) {
	for _, row := range []struct{ name, code, want string }{
		{"map race", `m := map[int]int{}
for k := 0; k < 4; k++ { go func() { for { m[1] = 2 } }() }
select {}`, "fatal error: concurrent map "},
		{"unlock", "import \"sync\"\nvar mu sync.Mutex\nmu.Unlock()", "fatal error: sync: unlock of unlocked mutex"},
		{"panic in a compiled goroutine", `import ("reflect"; "sync"; "time")
p := sync.Pool{New: func() any { return 1 }}
p.Get()
var wg sync.WaitGroup
reflect.ValueOf(&wg).MethodByName("Go").Call([]reflect.Value{reflect.ValueOf(func() { panic("by itself") })})
time.Sleep(time.Hour)`, "by itself"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, report, exit := fatal(t, row.code+"\n")
			if !strings.Contains(report, row.want) || exit != 2 {
				t.Errorf("exit %d, left %.3000s", exit, report)
			}
			if !strings.Contains(report, `"cell": "1"`) && !strings.Contains(report, "{cell: 1, ") { // Go 1.26, Go 1.27
				t.Errorf("no label in %.3000s", report)
			}
		})
	}
}

// What was printed before a death has arrived.
func TestLastWords(t *testing.T) {
	out, _, _ := fatal(t,
		"import (\"fmt\"; \"sync\")\nfor i := 0; i < 10; i++ { fmt.Println(i) }\nvar mu sync.Mutex\nmu.Unlock()\n")
	if out != "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n" {
		t.Errorf("got %q", out)
	}
}

func TestMemoryLimit(t *testing.T) {
	for _, code := range []string{
		"var kept [][]byte\n---\nfor { b := make([]byte, 1<<20); b[0] = 1; kept = append(kept, b) }\n",
		"b := make([]byte, 1<<34)\n_ = b\n",
	} {
		_, report, exit := fatal(t, code, "GILKERNEL_MEMORY_LIMIT=300MiB")
		// Which of them it is depends on who asks first; the last is the C library's, which makes the threads. The
		// collector of garbage says nothing.
		said := link.OutOfSpans(report)
		for _, words := range []string{"out of memory", "cannot allocate", "pthread_create failed"} {
			said = said || strings.Contains(report, words)
		}
		if !said || exit != 2 {
			t.Errorf("exit %d, left %.2000s", exit, report)
		}
	}
}

func TestMemoryLimitText(t *testing.T) {
	for _, env := range []string{"0", "1000000000", "1GiB", "", "much"} {
		p := begin(t, "GILKERNEL_MEMORY_LIMIT="+env)
		p.run("b := make([]byte, 1<<28)\n_ = b\n").ok(t)
	}
}

func TestEndOfRequests(t *testing.T) {
	p := begin(t)
	p.send(&link.Request{Run: p.request("for {  }\n")})
	p.closeIn()
	p.died()
}

func TestWrongRequests(t *testing.T) {
	p := start(t)
	p.send(&link.Request{Run: &link.Run{ID: 1}})
	if report, state := p.died(); state.ExitCode() == 0 && report != "" {
		t.Errorf("exit %d, %s", state.ExitCode(), report)
	}
	if !strings.Contains(p.raw[1].String(), "the first must be an init") {
		t.Errorf("it said %q", p.raw[1].String())
	}
}
