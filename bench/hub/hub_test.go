package main

// This file tests what doesn't need a hub: its configuration, the websocket, and the figures.

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"gilkernel/install/testenv"
)

// configured runs the configuration in Python with a config that takes everything, calls the hook for a learner, and
// prints some of what it has set.
const configured = `
import os, sys
class Config:
    def __getattr__(self, name):
        value = Config()
        object.__setattr__(self, name, value)
        return value
c = Config()
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), {"get_config": lambda: c})
s = Config()
s.user.name = "ada"
c.Spawner.pre_spawn_hook(s)
c.Spawner.pre_spawn_hook(s)
print(c.DummyAuthenticator.password, c.Spawner.environment["GILKERNEL_MEMORY_LIMIT"])
s.user.name = "x" * 31
folder = c.Spawner.environment["JUPYTER_RUNTIME_DIR"](s)
assert len(folder + "/kernel-00000000-0000-0000-0000-000000000000-ipc-1") <= 107, folder
assert "--KernelManager.transport=ipc" in c.Spawner.args
print(os.path.dirname(folder))
`

// The configuration refuses to serve without a password, and gives each learner a copy of the lessons that stays.
func TestConfiguration(t *testing.T) {
	python := testenv.Command(t, "python3")
	config := filepath.Join(testenv.Root(t), "install", "hub", "jupyterhub_config.py")
	dir := t.TempDir()
	run := func(env ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), python, "-c", configured, config)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("GILKERNEL_HUB_PASSWORD=short"); err == nil || !strings.Contains(out, "at least 8 characters") {
		t.Errorf("with a short password: %v, %s", err, out)
	}
	lessons := filepath.Join(dir, "from")
	if err := os.MkdirAll(lessons, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"00-start.ipynb", "doc.go"} {
		if err := os.WriteFile(filepath.Join(lessons, name), []byte("{}"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	out, err := run("GILKERNEL_HUB_PASSWORD=long enough", "GILKERNEL_HUB_LESSONS="+lessons)
	sockets, ok := strings.CutPrefix(out, "long enough 500MB\n")
	if err != nil || !ok {
		t.Errorf("got %v, %s", err, out)
	}
	if _, err := os.Stat(strings.TrimSpace(sockets)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of sockets %q is left: %v", sockets, err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "homes", "ada", "lessons", "*"))
	if err != nil || len(found) != 1 || filepath.Base(found[0]) != "00-start.ipynb" {
		t.Errorf("the learner has %v, %v", found, err)
	}
}

// A learner's websocket needs the token, and carries messages of any size.
func TestWebsocket(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "token secret" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		conn, err := ws.Accept(w, r, nil)
		if err != nil {
			return
		}
		conn.SetReadLimit(maxMessage)
		for {
			kind, text, err := conn.Read(r.Context())
			if err != nil || conn.Write(r.Context(), kind, text) != nil {
				return
			}
		}
	}))
	defer server.Close()
	if _, err := dial(t.Context(), server.URL, "/", "wrong"); err == nil {
		t.Error("a wrong token is accepted")
	}
	w, err := dial(t.Context(), server.URL, "/", "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for _, n := range []int{0, 10, 1 << 16, 1 << 20} {
		text := strings.Repeat("x", n)
		if err := w.write(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := w.read(t.Context())
		if err != nil || string(got) != text {
			t.Errorf("%d bytes: got %d, %v", n, len(got), err)
		}
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 0.95: 5, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if quantile(nil, 0.5) != 0 {
		t.Error("no values have a median")
	}
}
