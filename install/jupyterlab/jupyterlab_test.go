//go:build unix

package jupyterlab_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gilkernel/install/jupyterlab"
)

// The test program is the fake Jupyter too, and the fake kernel that it starts: FAKE says which, and what it does.
func TestMain(m *testing.M) {
	switch role := os.Getenv("FAKE"); {
	case role == "":
		os.Exit(m.Run())
	case role == "kernel":
		// Deaf to everything but SIGKILL, like a kernel whose cell does not end.
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		select {}
	default:
		fakeJupyter(role)
	}
}

func fakeJupyter(role string) {
	fmt.Println("arguments:", strings.Join(os.Args[1:], " "))
	if role == "fails" {
		fmt.Println("a traceback, say")
		os.Exit(3)
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	kernel := exec.Command(os.Args[0])
	kernel.Env = append(os.Environ(), "FAKE=kernel")
	kernel.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // as jupyter_client does
	if err := kernel.Start(); err != nil {
		panic(err)
	}
	if role == "silent" {
		select {}
	}
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		panic(err)
	}
	defer func() { l.Close() }() // which keeps it until here
	if role == "late" {
		l.Close() // the port stays known
	}
	info, _ := json.Marshal(map[string]any{"pid": os.Getpid(), "url": "http://" + l.Addr().String() + "/base/",
		"token": os.Getenv("JUPYTER_TOKEN"), "kernel": kernel.Process.Pid})
	path := filepath.Join(os.Getenv("JUPYTER_RUNTIME_DIR"), "jpserver-"+strconv.Itoa(os.Getpid())+".json")
	os.WriteFile(path+".new", info, 0o600)
	os.Rename(path+".new", path)
	switch role {
	case "late":
		time.Sleep(200 * time.Millisecond) // for the file to be seen; a Start that doesn't wait for more returns now
		os.WriteFile(path+".listens", nil, 0o600)
		if l, err = net.Listen("tcp", l.Addr().String()); err != nil {
			panic(err)
		}
	case "deaf":
		select {} // SIGTERM is caught and nothing follows
	case "ends":
		kernel.Process.Kill()
		os.Exit(4)
	}
	<-term
	os.Remove(path) // an orderly end, which forgets its kernel
	os.Exit(0)
}

func options(t *testing.T, role string) *jupyterlab.Options {
	return &jupyterlab.Options{
		Command: []string{os.Args[0]}, Root: "/lessons", Runtime: t.TempDir(), NoBrowser: true, IP: "127.0.0.1",
		Port: 4321,
		Env:  append(os.Environ(), "FAKE="+role), Grace: 100 * time.Millisecond,
	}
}

// started returns the process numbers of the fake server and its fake kernel.
func started(t *testing.T, o *jupyterlab.Options) (server, kernel int) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(o.Runtime, "jpserver-*.json"))
	if len(files) != 1 {
		t.Fatalf("the fake server wrote %q", files)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var info struct{ PID, Kernel int }
	if err := json.Unmarshal(b, &info); err != nil {
		t.Fatal(err)
	}
	return info.PID, info.Kernel
}

// gone waits for the end of a process that was killed: the orphan's death is certain, its burial by init takes a
// moment.
func gone(t *testing.T, what string, pid int) {
	t.Helper()
	for late := time.Now().Add(time.Minute); time.Now().Before(late); {
		if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(b), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the %s (process %d) lives on", what, pid)
	syscall.Kill(pid, syscall.SIGKILL)
}

func TestNothingIsLeft(t *testing.T) {
	for _, tt := range []struct {
		name, role string
		end        func(*jupyterlab.Server)
	}{
		{"asked, and obeys", "obeys", (*jupyterlab.Server).Stop},
		{"asked, and does not obey", "deaf", (*jupyterlab.Server).Stop},
		{"hurried", "deaf", func(s *jupyterlab.Server) {
			done := make(chan struct{})
			go func() { defer close(done); s.Stop() }()
			s.Kill()
			<-done
		}},
		{"twice", "obeys", func(s *jupyterlab.Server) { s.Stop(); s.Stop() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options(t, tt.role)
			s, err := jupyterlab.Start(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			server, kernel := started(t, o)
			tt.end(s)
			gone(t, "server", server)
			gone(t, "kernel", kernel)
			select {
			case <-s.Done():
			default:
				t.Error("Done is open after Stop")
			}
		})
	}
}

func TestURLAndArguments(t *testing.T) {
	o := options(t, "obeys")
	lines := make(chan string, 10)
	o.Log = func(line string) { lines <- line }
	s, err := jupyterlab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if !regexp.MustCompile(`^http://127.0.0.1:\d+/base/lab\?token=[0-9a-f]{48}$`).MatchString(s.URL()) {
		t.Errorf("URL = %s", s.URL())
	}
	got := <-lines
	for _, want := range []string{"--ServerApp.root_dir=/lessons", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=4321",
		"--ServerApp.port_retries=0", "--no-browser"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not among the %s", want, got)
		}
	}
	if token := s.URL()[len(s.URL())-48:]; strings.Contains(got, token) {
		t.Error("the token is on the command line, for all to read")
	}
}

func TestOpensAFile(t *testing.T) {
	o := options(t, "obeys")
	o.Open = "part 1/00-start.ipynb"
	lines := make(chan string, 10)
	o.Log = func(line string) { lines <- line }
	s, err := jupyterlab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	const page = "/lab/tree/part%201/00-start.ipynb"
	if !strings.Contains(s.URL(), "/base"+page+"?token=") {
		t.Errorf("URL = %s", s.URL())
	}
	if got := <-lines; !strings.Contains(got, "--LabApp.default_url="+page) {
		t.Errorf("the arguments are %s", got)
	}
}

// A server writes where it will listen before it does.
func TestWaitsUntilItListens(t *testing.T) {
	o := options(t, "late")
	s, err := jupyterlab.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if files, _ := filepath.Glob(filepath.Join(o.Runtime, "*.listens")); len(files) == 0 {
		t.Error("Start returned while connections were refused")
	}
}

func TestEndsByItself(t *testing.T) {
	s, err := jupyterlab.Start(t.Context(), options(t, "ends"))
	if err != nil {
		// It may have ended before it was seen to listen.
		if !strings.Contains(err.Error(), "ended before it listened") {
			t.Fatal(err)
		}
		return
	}
	<-s.Done()
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), "exit status 4") {
		t.Errorf("Err = %v, want exit status 4", err)
	}
	s.Stop()
}

func TestFailsToStart(t *testing.T) {
	_, err := jupyterlab.Start(t.Context(), options(t, "fails"))
	if err == nil || !strings.Contains(err.Error(), "a traceback, say") {
		t.Errorf("Start: %v, want what the server said last", err)
	}
	o := options(t, "")
	o.Command = []string{filepath.Join(t.TempDir(), "missing")}
	if _, err := jupyterlab.Start(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Start of a program that is not there: %v", err)
	}
}

func TestStartEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := options(t, "silent")
	o.Log = func(string) { cancel() } // it runs, and will never listen
	if _, err := jupyterlab.Start(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("Start: %v, want context.Canceled", err)
	}
	o = options(t, "silent")
	o.Patience = time.Millisecond
	if _, err := jupyterlab.Start(t.Context(), o); err == nil ||
		!strings.Contains(err.Error(), "did not listen within 1ms") {
		t.Errorf("Start: %v, want that it did not listen", err)
	}
}
