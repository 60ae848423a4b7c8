//go:build unix

package install_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gilkernel/install"
	"gilkernel/install/jupyterdir"
	"gilkernel/install/testenv"
	"gilkernel/skip"
)

// The whole way of a new user, but for the browser: the private JupyterLab is installed (once for all runs of this
// test, in the cache), knows the kernel, starts it, and is ended with it.
func TestRealLab(t *testing.T) {
	testenv.Python(t) // ends the test where Python or the network is missing
	program := testenv.Program(t)
	template, err := os.ReadFile("../kernel.json")
	if err != nil {
		t.Fatal(err)
	}
	place := t.TempDir()
	runtime := filepath.Join(place, "runtime")
	for name, value := range map[string]string{"JUPYTER_DATA_DIR": filepath.Join(place, "data"),
		"JUPYTER_CONFIG_DIR":  filepath.Join(place, "config"),
		"JUPYTER_RUNTIME_DIR": runtime, "JUPYTER_PATH": "", "IPYTHONDIR": filepath.Join(place, "ipython")} {
		t.Setenv(name, value)
	}
	out := newLines()
	o := &install.Options{Template: template, Executable: program, Cache: filepath.Join(testenv.Cache(t), "lab"),
		System: jupyterdir.Current(), Stdout: out.w, Stderr: io.Discard, Lessons: os.DirFS("../notebooks")}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { // ends with Lab, at the latest at cancel above
		if code := install.Lab(ctx, []string{"--no-browser", "../notebooks"}, o); code != 0 {
			t.Errorf("exit status %d", code)
		}
		out.w.Close()
	})
	s := server(t, out)
	defer cancel()

	var specs struct {
		Kernelspecs map[string]struct {
			Spec struct{ Display_name, Language, Interrupt_mode string }
		}
	}
	s.call(t, "GET", "kernelspecs", "", &specs)
	got := specs.Kernelspecs["gilkernel"].Spec
	if got.Display_name != "Go (GIL)" || got.Language != "go" || got.Interrupt_mode != "message" {
		t.Errorf("the kernelspec is %+v", got)
	}
	// The setting is what the page asks before it asks the user.
	var settings struct{ Schema, Settings map[string]any }
	s.do(t, "GET", s.base+"lab/api/settings/@jupyterlab/apputils-extension:notification", "", &settings)
	b, err := json.Marshal(settings.Schema["properties"].(map[string]any)["fetchNews"])
	if err != nil || !strings.Contains(string(b), `"default":"false"`) {
		t.Errorf("the setting that keeps JupyterLab from asking about news is %s, %v", b, err)
	}

	var kernel struct {
		ID              string
		Execution_state string
	}
	s.call(t, "POST", "kernels", `{"name": "gilkernel"}`, &kernel)
	defer s.channels(t, kernel.ID).Close()
	for deadline := time.Now().Add(time.Minute); kernel.Execution_state != "idle"; {
		if time.Now().After(deadline) {
			t.Fatalf("the kernel is %q, not idle", kernel.Execution_state)
		}
		time.Sleep(50 * time.Millisecond)
		s.call(t, "GET", "kernels/"+kernel.ID, "", &kernel)
	}
	if len(processesOf(kernel.ID)) == 0 {
		skip.Missing(t, "this system does not show which processes there are")
	}
	cancel()
	wg.Wait()
	if left := processesOf(kernel.ID); len(left) > 0 {
		t.Errorf("the kernel lives on: %q", left)
	}
	if left, _ := filepath.Glob(filepath.Join(runtime, "*")); len(left) > 0 {
		// The cookie secret is Jupyter's to keep.
		for _, file := range left {
			if filepath.Base(file) != "jupyter_cookie_secret" {
				t.Errorf("left over: %s", file)
			}
		}
	}
}

// api is a Jupyter server's interface for programs.
type api struct{ base, token string }

// server reads the address from what Lab prints.
func server(t *testing.T, out *lines) *api {
	t.Helper()
	for out.r.Scan() {
		line := strings.TrimSpace(out.r.Text())
		if !strings.HasPrefix(line, "http") {
			continue
		}
		u, err := url.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		go io.Copy(io.Discard, pipeRest{out.r}) // ends when Lab's output is closed
		return &api{base: fmt.Sprintf("%s://%s/", u.Scheme, u.Host), token: u.Query().Get("token")}
	}
	t.Fatal("no address was printed")
	return nil
}

func (a *api) call(t *testing.T, method, path, body string, into any) {
	t.Helper()
	a.do(t, method, a.base+"api/"+path, body, into)
}

// channels opens the websocket that a page has to its kernel. Nothing is sent over it: opening it makes the server ask
// the kernel until it answers, without which the kernel would be "starting" forever.
func (a *api) channels(t *testing.T, kernel string) net.Conn {
	t.Helper()
	u, err := url.Parse(a.base)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /api/kernels/%s/channels HTTP/1.1\r\nHost: %s\r\nAuthorization: token %s\r\n"+
		"Connection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
		kernel, u.Host, a.token)
	reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || reply.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("opening the websocket: %v, %v", reply, err)
	}
	return conn
}

func (a *api) do(t *testing.T, method, address, body string, into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "token "+a.token)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s, %v\n%s", method, address, reply.Status, err, b)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s %s: %v\n%s", method, address, err, b)
	}
}

// processesOf lists the command lines that name a kernel, on systems with a /proc.
func processesOf(kernel string) (found []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && strings.Contains(string(b), kernel) {
			found = append(found, strings.ReplaceAll(string(b), "\x00", " "))
		}
	}
	return found
}
