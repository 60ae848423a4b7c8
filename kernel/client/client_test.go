//go:build unix

package client_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/client"
	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/notebook"
)

// The kernel under test is this test's own binary.
func TestMain(m *testing.M) {
	kerneltest.Main(m, map[string]kerneltest.Role{
		"owner": owner,
		"stillborn": func([]string) int {
			fmt.Fprintln(os.Stderr, "there is no such moon")
			return 1
		},
		"survived": func([]string) int { // by a process that holds its standard output
			child := exec.Command(os.Args[0], "survivor")
			child.Stdout, child.Stderr = os.Stdout, os.Stderr
			if err := child.Start(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			fmt.Fprintf(os.Stderr, "survivor %d\n", child.Process.Pid)
			return 1
		},
		"survivor": func([]string) int {
			time.Sleep(time.Hour)
			return 0
		},
	})
}

func start(t *testing.T) (*client.Kernel, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	k, err := client.Start(ctx, &client.StartOptions{Argv: kerneltest.Kernel(), Env: []string{"GILKERNEL_HISTORY="}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Stop)
	return k, ctx
}

func TestRequests(t *testing.T) {
	k, ctx := start(t)
	info, err := k.KernelInfo(ctx)
	if err != nil || info.Implementation != "gilkernel" || info.ProtocolVersion != "5.5" ||
		!strings.Contains(string(info.LanguageInfo), `"name":"go"`) {
		t.Errorf("KernelInfo = %+v, %v", info, err)
	}
	if err := k.Heartbeat(ctx); err != nil {
		t.Errorf("Heartbeat: %v", err)
	}
	if status, indent, err := k.IsComplete(ctx, "func f() {"); status != "incomplete" || indent != "\t" || err != nil {
		t.Errorf("IsComplete = %q, %q, %v", status, indent, err)
	}
	code := "s := \"🚀\"; strings.ToUpp" // the offsets count code points
	if c, err := k.Complete(ctx, code, len([]rune(code))); err != nil || len(c.Matches) == 0 ||
		c.Matches[0] != "ToUpper" || c.End != len([]rune(code)) || c.End-c.Start != len("ToUpp") {
		t.Errorf("Complete = %+v, %v", c, err)
	}
	if text, err := k.Inspect(ctx, "fmt.Println", 5, 0); err != nil || !strings.Contains(text, "func Println") {
		t.Errorf("Inspect = %q, %v", text, err)
	}
	if text, err := k.Inspect(ctx, "noSuchName", 5, 0); err != nil || text != "" {
		t.Errorf("Inspect of nothing = %q, %v", text, err)
	}
	if _, err := k.Execute(ctx, &client.Execution{Code: "6 * 7", StoreHistory: true}); err != nil {
		t.Fatal(err)
	}
	if h, err := k.History(ctx, 5); err != nil || len(h) != 1 || h[0] != "6 * 7" {
		t.Errorf("History = %q, %v", h, err)
	}
}

// A question comes after what the cell has printed before it, though the two come through different sockets.
func TestOutputComesBeforeTheQuestion(t *testing.T) {
	k, ctx := start(t)
	printed, asked := "", 0
	res, err := k.Execute(ctx, &client.Execution{
		Code:   "for i := range 200 { fmt.Print(i, \" \"); display.Input(\"? \") }",
		Output: func(o *notebook.Output, _ bool) { printed += o.Text },
		Input: func(string, bool) string {
			if want := fmt.Sprint(asked, " "); !strings.HasSuffix(printed, want) {
				t.Errorf("question %d comes after %q", asked, printed)
			}
			asked++
			return ""
		},
	})
	if err != nil || res.Status != "ok" || asked != 200 {
		t.Errorf("%q, %v, %d questions", res.Status, err, asked)
	}
}

func TestExecute(t *testing.T) {
	k, ctx := start(t)
	for _, test := range []struct {
		name, code, status, out string
		input                   func(string, bool) string
	}{
		{"value", "6 * 7", "ok", "execute_result 42", nil},
		{"output", "fmt.Println(1)\nfmt.Fprintln(os.Stderr, 2)", "ok", "stdout 1\n|stderr 2\n", nil},
		{"error", "panic(\"boom\")", "error", "error panic", nil},
		{"question", "s, _ := display.Input(\"name? \")\nfmt.Print(s)", "ok", "stdout got name? false",
			func(p string, secret bool) string { return fmt.Sprintf("got %s%v", p, secret) }},
		{"password", "p, _ := display.Password(\"key? \")\nfmt.Print(p)", "ok", "stdout got key? true",
			func(p string, secret bool) string { return fmt.Sprintf("got %s%v", p, secret) }},
		{"nobody to ask", "_, err := display.Input(\"x\")\nfmt.Print(err != nil)", "ok", "stdout true", nil},
		{"clear that waits", "fmt.Print(\"old\")\ndisplay.Clear(true)\nfmt.Print(\"new\")", "ok",
			"stdout old|clear|stdout new", nil},
		{"clear at once", "fmt.Print(\"old\")\ndisplay.Clear(false)", "ok", "stdout old|clear", nil},
	} {
		var got []string
		res,
			err := k.Execute(ctx,
			&client.Execution{Code: test.code, Input: test.input, Output: func(o *notebook.Output, _ bool) {
				switch {
				case o == nil:
					got = append(got, "clear")
				case o.Type == "stream":
					got = append(got, o.Name+" "+o.Text)
				case o.Type == "error":
					got = append(got, "error "+o.EName)
				default:
					s, _ := o.DataText("text/plain")
					got = append(got, o.Type+" "+s)
				}
			}})
		if out := strings.Join(got, "|"); err != nil || res.Status != test.status || out != test.out {
			t.Errorf("%s: %q, status %q, %v; want %q, %q", test.name, out, res.Status, err, test.out, test.status)
		}
	}
}

// Requests of several goroutines must each get their own answers.
func TestHammerRequests(t *testing.T) {
	k, ctx := start(t)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 25 {
				want := fmt.Sprint(g*1000 + i)
				got := ""
				res, err := k.Execute(ctx,
					&client.Execution{Code: want,
						Output: func(o *notebook.Output, _ bool) { got, _ = o.DataText("text/plain") }})
				if err != nil || res.Status != "ok" || got != want {
					t.Errorf("%s gave %q, %+v, %v", want, got, res, err)
					return
				}
				if _, err := k.KernelInfo(ctx); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestInterrupt(t *testing.T) {
	k, ctx := start(t)
	running := make(chan struct{})
	done := make(chan client.Result, 1)
	// Ends with the interrupted cell.
	go func() {
		var once sync.Once
		res, _ := k.Execute(ctx, &client.Execution{Code: "fmt.Println(\"go\")\nfor {\n}",
			Output: func(*notebook.Output, bool) { once.Do(func() { close(running) }) }})
		done <- res
	}()
	<-running
	if err := k.Interrupt(ctx); err != nil {
		t.Fatal(err)
	}
	if res := <-done; res.EName != "KeyboardInterrupt" {
		t.Errorf("the cell ended with %+v", res)
	}
}

func TestKernelDies(t *testing.T) {
	k, ctx := start(t)
	started := make(chan struct{})
	failed := make(chan error, 1)
	// Ends when the kernel does.
	go func() {
		var once sync.Once
		_, err := k.Execute(ctx, &client.Execution{Code: "fmt.Println(\"go\")\ntime.Sleep(time.Hour)",
			Output: func(*notebook.Output, bool) { once.Do(func() { close(started) }) }})
		failed <- err
	}()
	<-started
	if err := syscall.Kill(k.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-k.Exited()
	if err := <-failed; !errors.Is(err, client.ErrClosed) {
		t.Errorf("a request to a kernel that died: %v, want ErrClosed", err)
	}
}

func TestStop(t *testing.T) {
	k, ctx := start(t)
	pid := k.PID()
	k.Stop()
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the kernel process is still there: %v", err)
	}
	if _, err := k.KernelInfo(ctx); !errors.Is(err, client.ErrClosed) {
		t.Errorf("a request after Stop: %v, want ErrClosed", err)
	}
	k.Close() // a second time: nothing
}

// A subscription may reach the kernel after its first idle, which is then lost: Start must ask again.
func TestStartAgainAndAgain(t *testing.T) {
	for range 30 {
		k, _ := start(t)
		k.Stop()
	}
}

func TestStillborn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	_, err := client.Start(ctx, &client.StartOptions{Argv: []string{os.Args[0], "stillborn"}})
	if err == nil || !strings.Contains(err.Error(), "there is no such moon") {
		t.Errorf("error %v, want one with what the kernel printed", err)
	}
	if _, err := client.Start(ctx, &client.StartOptions{Argv: []string{"/no/such/program"}}); err == nil {
		t.Error("a program that isn't there started")
	}
}

// A process that a kernel started and that outlives it, holding its output, doesn't keep anyone waiting.
func TestSurvivor(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { // ends when Start fails: soon, or never
		_, err := client.Start(ctx, &client.StartOptions{Argv: []string{os.Args[0], "survived"}})
		ended <- err
	}()
	select {
	case err := <-ended:
		var pid int
		if err == nil || !strings.Contains(err.Error(), "the kernel ended while it started: survivor ") {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(err.Error(), "survivor ")
		fmt.Sscan(text, &pid)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	case <-time.After(5 * time.Minute):
		t.Fatal("Start waits for the survivor")
	}
}
