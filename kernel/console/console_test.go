//go:build unix

package console_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/console"
	"gilkernel/kernel/kerneltest"
)

// The kernel under test, and the console itself, are this test's own binary.
func TestMain(m *testing.M) {
	kerneltest.Main(m, map[string]kerneltest.Role{"console": func(args []string) int {
		ctx, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		return console.Main(ctx, args,
			&console.Options{Kernel: kerneltest.Kernel(), Stdout: os.Stdout, Stderr: os.Stderr})
	}})
}

// typed runs the console with this text as its standard input.
func typed(t *testing.T, text string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"console"}, args...)...)
	cmd.Env = append(os.Environ(), "GILKERNEL_HISTORY=")
	cmd.Stdin = strings.NewReader(text)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func TestCells(t *testing.T) {
	stdout, stderr, err := typed(t, `x := 20
x + 1
func twice(n int) int {
	return 2 * n
}
twice(x)
fmt.Println("printed")
panic("boom")
x + 3
?fmt.Println
noSuchName?
fmt.Println("a comment") // isn't it?
exit
fmt.Println("after the end")
`)
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, stdout, stderr)
	}
	for _, want := range []string{"Out[2]: 21", "Out[4]: 40", "printed\n", "a comment\n", "Out[7]: 23", "func Println(",
		`nothing is known about "noSuchName"`} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "boom") {
		t.Errorf("no traceback in\n%s", stderr)
	}
	if strings.Contains(stdout, "after the end") {
		t.Error("exit didn't end the session")
	}
}

// An incomplete cell is run as it stands when the person sends an empty line, or the input ends.
func TestIncomplete(t *testing.T) {
	for _, text := range []string{"fmt.Println(\n\n", "fmt.Println("} {
		stdout, stderr, err := typed(t, text)
		if err != nil || !strings.Contains(stderr, "SyntaxError") {
			t.Errorf("%q: %v\n%s\n%s", text, err, stdout, stderr)
		}
	}
}

func TestInput(t *testing.T) {
	stdout, stderr, err := typed(t, "s, _ := display.Input(\"name? \")\nAda\n\"hello \" + s\n")
	if err != nil || !strings.Contains(stdout, `"hello Ada"`) {
		t.Errorf("%v\n%s\n%s", err, stdout, stderr)
	}
}

// SIGTERM ends the console where it waits for a line, in a cell and at a cell's question.
func TestTerminated(t *testing.T) {
	for name, typed := range map[string]string{
		"prompt":   "fmt.Println(\"rea\" + \"dy\")\n",
		"cell":     "fmt.Println(\"rea\" + \"dy\"); time.Sleep(time.Hour)\n",
		"question": "fmt.Println(\"rea\" + \"dy\"); display.Input(\"? \")\n",
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "console")
			cmd.Env = append(os.Environ(), "GILKERNEL_HISTORY=")
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			var stderr strings.Builder
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// SIGQUIT: the console says where it hangs.
			watchdog := time.AfterFunc(5*time.Minute, func() {
				t.Error("the console doesn't end")
				cmd.Process.Signal(syscall.SIGQUIT)
			})
			defer watchdog.Stop()
			if _, err := io.WriteString(in, typed); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for lines.Scan() && !strings.HasSuffix(lines.Text(), "ready") {
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, out)
			cmd.Wait()
			if t.Failed() {
				t.Log(stderr.String())
			}
		})
	}
}

func TestBadInput(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"/no/such/folder"}, "is not a folder"},
		{[]string{"a", "b"}, "name one folder"},
		{[]string{"--nonsense"}, "nonsense"},
	} {
		_, stderr, err := typed(t, "", test.args...)
		if err == nil || !strings.Contains(stderr, test.want) {
			t.Errorf("%q: %v, %s; want a failure with %q", test.args, err, stderr, test.want)
		}
	}
}
