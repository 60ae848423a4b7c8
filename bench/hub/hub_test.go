package main

// This file tests what doesn't need a hub: its configuration, the websocket, and the figures.

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gilkernel/install/testenv"
)

// configured runs the configuration in Python with a config that takes everything, calls the hook for a learner, and
// prints some of what it has set.
const configured = `
import sys
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
	if err != nil || out != "long enough 500MB\n" {
		t.Errorf("got %v, %s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "homes", "ada", "lessons", "*"))
	if err != nil || len(found) != 1 || filepath.Base(found[0]) != "00-start.ipynb" {
		t.Errorf("the learner has %v, %v", found, err)
	}
}

// echo is a server that sends each message back, in two frames with a ping between them.
func echo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "token secret" {
		http.Error(w, "no", http.StatusForbidden)
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	for {
		text, err := unmask(rw.Reader)
		if err != nil {
			return
		}
		half := min(len(text)/2, 100)
		conn.Write(append([]byte{opText, byte(half)}, text[:half]...))
		conn.Write([]byte{0x80 | opPing, 2, 'h', 'i'})
		if pong, err := unmask(rw.Reader); err != nil || string(pong) != "hi" {
			return
		}
		rest := text[half:]
		head := []byte{0x80 | opContinue, 127, 0, 0, 0, 0, byte(len(rest) >> 24), byte(len(rest) >> 16),
			byte(len(rest) >> 8), byte(len(rest))}
		conn.Write(append(head, rest...))
	}
}

// unmask reads a client's frame.
func unmask(r *bufio.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int(head[1] & 0x7f)
	if long := map[int]int{126: 2, 127: 8}[n]; long > 0 {
		b := make([]byte, long)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		n = 0
		for _, c := range b {
			n = n<<8 | int(c)
		}
	}
	b := make([]byte, 4+n)
	_, err := io.ReadFull(r, b)
	for i := range n {
		b[4+i] ^= b[i%4]
	}
	return b[4:], err
}

func TestWebsocket(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	if _, err := dial(t.Context(), server.URL, "/", "wrong"); err == nil {
		t.Error("a wrong token is accepted")
	}
	w, err := dial(context.Background(), server.URL, "/", "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for _, n := range []int{0, 10, 125, 126, 1000, 1 << 16, 1 << 20} {
		text := strings.Repeat("x", n)
		if err := w.write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := w.read(time.Now().Add(time.Minute))
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
