package worker_test

// This file tests the explanations of an interpreter's death. The files in testdata/crash hold what Go 1.26 wrote to
// descriptor 2 and to the crash descriptor.

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"gilkernel/kernel/worker"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata")

func TestRealCrashes(t *testing.T) {
	files, err := filepath.Glob("testdata/crash/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string]string{}
			for _, f := range a.Files {
				part[f.Name] = string(f.Data)
			}
			shown, c := worker.Explain(part["stderr"], part["crash"], 2, "", "512 MiB")
			if shown != "before\n" {
				t.Errorf("part of the report is shown:\n%s", shown)
			}
			got := fmt.Sprintf("%s: %s\n%s\ncell %d pos %q exit %d\n%s", c.Kind, c.Reason, c.Goroutine, c.Cell, c.Pos,
				c.Exit, c.Trace)
			if *update {
				for i := range a.Files {
					if a.Files[i].Name == "want" {
						a.Files[i].Data = []byte(got)
					}
				}
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != part["want"] {
				t.Errorf("got\n%s\nwant\n%s", got, part["want"])
			}
		})
	}
}

func TestExplain(t *testing.T) {
	const (
		abort   = "SIGABRT: abort\nPC=0x1 m=3 sigcode=18446744073709551610\n\ngoroutine 0 [idle]:\n"
		threads = "the system gave the interpreter no more threads: too many ran or waited at once (ulimit -u)"
	)
	for _, row := range []struct {
		name, stderr, crash string
		code                int
		signal              string
		kind, reason, pos   string
	}{
		{"os.Exit", "", "gilkernel-exit: code=3 pos=In[4]:2:1 by=os.Exit\n", 3, "",
			"SystemExit", "os.Exit(3) ended the interpreter at In[4]:2:1", "In[4]:2:1"},
		{"os.Exit nowhere", "", "gilkernel-exit: code=0 pos= by=os.Exit\n", 0, "",
			"SystemExit", "os.Exit(0) ended the interpreter", ""},
		{"log.Fatal", "", "gilkernel-exit: code=1 pos=In[4]:1:1 by=log.Fatal\n", 1, "",
			"SystemExit", "log.Fatal ended the interpreter at In[4]:1:1 with exit code 1", "In[4]:1:1"},
		{"native exit", "", "", 9, "", "SystemExit", "the interpreter process exited with code 9", ""},
		{"killed", "", "", -1, "SIGKILL", "killed",
			"the interpreter was killed (SIGKILL): by the cell itself, by another program, or by the system for want " +
				"of memory", ""},
		{"another signal", "", "", -1, "SIGUSR1", "killed",
			"the signal SIGUSR1 ended the interpreter: the cell itself or another program sent it", ""},
		{"unknown fatal error", "fatal error: all is lost\n\ngoroutine 1 [running]:\nmain.f()\n\tf.go:1\n", "", 2, "",
			"fatal error", "Go's runtime gave up: all is lost", ""},
		{"runtime error of native code",
			"panic: runtime error: index out of range [3] with length 2\n\ngoroutine 5 [running]:\nx.f()\n\tx.go:1\n",
			"", 2, "",
			"runtime error", "a goroutine that library code started failed: index out of range [3] with length 2", ""},
		{"native abort", "runtime/cgo: pthread_create failed: Resource temporarily unavailable\n", "", -1, "SIGABRT",
			"out of memory", threads, ""},
		{"native abort, reported", "runtime/cgo: pthread_create failed: Resource temporarily unavailable\n" + abort,
			abort, 2, "", "out of memory", threads, ""},
		{"two at once", "runtime/cgo: runtime/cgo: pthread_create failed: Resource temporarily unavailable\n" +
			"pthread_create failed: Resource temporarily unavailableSIGABRT: abort\n\n" + abort[15:], abort,
			2, "", "out of memory", threads, ""},
		{"another during the report", "SIGABRT: aruntime/cgo: bort\nPC=0pthread_create failed: " +
			"Resource temporarily unavailablex1 m=3\n sigcode=18446744073709551610\n\ngoroutine 0 [idle]:\n", abort,
			2, "", "out of memory", threads, ""},
		{"no memory for a thread's arguments", "runtime/cgo: out of memory in thread_start\n" + abort, abort, 2, "",
			"out of memory", "the cell needed more memory than there is", ""},
		{"abort without a word", abort, abort, 2, "", "aborted", "the interpreter aborted itself (SIGABRT)", ""},
		{"panic again", "panic: one [recovered]\n\tpanic: two\n\ngoroutine 5 [running]:\n", "", 2, "",
			"panic", "a goroutine that library code started panicked: two", ""},
	} {
		shown, c := worker.Explain(row.stderr, row.crash, row.code, row.signal, "")
		if c.Kind != row.kind || c.Reason != row.reason || c.Pos != row.pos || c.Exit != row.code ||
			c.Signal != row.signal || shown != "" {
			t.Errorf("%s: %+v, shown %q", row.name, c, shown)
		}
	}
}

// The labels of a goroutine say to which cell it belongs and where it was started.
func TestLabelsOfTheDying(t *testing.T) {
	for _, headline := range []string{
		// Go 1.26, Go 1.27
		`goroutine 41 gp=0xc000 m=3 mp=0xc001 [running, locked to thread labels:{"cell": "12", "site": "In[5]:3:2", ` +
			`"x": "a\"]:b"}]:`,
		`goroutine 41 gp=0xc000 m=3 mp=0xc001 [running, locked to thread] {cell: 12, site: "In[5]:3:2", x: "a\"]:b"}:`,
		`goroutine 41 gp=0xc000 m=3 mp=0xc001 [running, locked to thread] {"a}]:": "site: 3", empty: , cell: 12, ` +
			`site: "In[5]:3:2"}:`,
	} {
		labelsOfTheDying(t, headline)
	}
}

func labelsOfTheDying(t *testing.T, headline string) {
	t.Helper()
	_, c := worker.Explain(`fatal error: sync: unlock of unlocked mutex

`+headline+`
sync.fatal({0x1, 0x2})
	/usr/local/go/src/runtime/panic.go:1181 +0x18
encoding/json.(*Decoder).Decode(0xc000012345, {0x1?, 0x2?})
	/usr/local/go/src/encoding/json/stream.go:63 +0x75 fp=0x1 sp=0x2 pc=0x3
reflect.Value.Call({0x1})
	/usr/local/go/src/reflect/value.go:1
gilkernel/kernel/exec.runCfg(0x1)
	/go/pkg/mod/github.com/traefik/yaegi@v0.16.1/interp/run.go:1
created by gilkernel/kernel/interp.(*session).start in goroutine 1
	/src/session.go:1

goroutine 1 [select]:
main.main()
	/src/main.go:1
`, "", 2, "", "")
	if c.Goroutine != "goroutine 41 [running, locked to thread], started at In[5]:3:2" || c.Cell != 12 ||
		c.Pos != "In[5]:3:2" {
		t.Errorf("%+v", c)
	}
	if c.Trace != "encoding/json.(*Decoder).Decode(...)\n\tjson/stream.go:63\n" {
		t.Errorf("trace is %q", c.Trace)
	}
}

func TestCutReport(t *testing.T) {
	const tail = "\ngoroutine 1 [running]:\nmain.f()\n\tf.go:1\n"
	for _, row := range []struct {
		name, text, tail string
		cut              bool
		code             int
		shown, report    string
	}{
		{"nothing", "", "", false, 0, "", ""},
		{"no crash", "text\n", "", false, 0, "text\n", ""},
		{"looks like one", "panic: no\n", "", false, 0, "panic: no\n", ""},
		{"descriptor 2 was closed", "", tail, false, 2, "", tail},
		{"whole", "a\nfatal error: x\n" + tail, tail, false, 2, "a\n", "fatal error: x\n\n" + tail[1:]},
		{"other text between", "a\nfatal error: x\n\ngoroutine 1 [running]:\nother\nmain.f()\n\tf.go:1\nlast\n", tail,
			false, 2,
			"a\nother\nlast\n", "fatal error: x\n\n" + tail[1:]},
		{"the rest of a long report", "fatal error: x\n" + tail + "\ngoroutine 2 [select]:\n", tail, true, 2, "",
			"fatal error: x\n\n" + tail[1:]},
		{"after an unfinished line", "afatal error: x\n" + tail, "fatal error: x\n" + tail, false, 2, "a",
			"fatal error: x\n" + tail},
		{"no crash descriptor", "a\nruntime: full\nfatal error: x\n" + tail, "", false, 2, "a\n",
			"runtime: full\nfatal error: x\n" + tail},
	} {
		shown, report := worker.CutReport(row.text, row.tail, row.cut, row.code)
		if shown != row.shown || report != row.report {
			t.Errorf("%s: shown %q, want %q; report %q, want %q", row.name, shown, row.shown, report, row.report)
		}
	}
}
