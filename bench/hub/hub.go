package main

// This file defines the hub: an environment, a proxy, the hub's process, and its REST API.

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gilkernel/install/kernelspec"
	"gilkernel/install/venv"
)

//go:embed requirements.txt
var requirements string

// The proxy of JupyterHub, from npm.
const (
	proxyName    = "configurable-http-proxy"
	proxyVersion = "5.3.0"
)

// A hub is a JupyterHub. Its methods may be called concurrently.
type hub struct {
	url   string // http://127.0.0.1:PORT, without a slash at the end
	token string
	dir   string
	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{}
}

// openHub installs what a hub needs, starts one and waits until it answers. Its log is the file logged, or, if that is
// "", is removed with the hub. close must be called.
func openHub(ctx context.Context, logged string) (*hub, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	cache = filepath.Join(cache, "gilkernel", "hub")
	env, err := venv.Open(ctx, &venv.Options{Folder: cache, Name: "hub", Requirements: requirements,
		Imports: []string{"jupyterhub", "jupyterlab", "ipykernel"}, Progress: progress()})
	if err != nil {
		return nil, err
	}
	proxy := filepath.Join(cache, "node_modules", ".bin")
	if _, err := os.Stat(filepath.Join(proxy, proxyName)); err != nil {
		npm := exec.CommandContext(ctx, "npm", "install", "--no-fund", "--no-audit", "--prefix", cache,
			proxyName+"@"+proxyVersion)
		if out, err := npm.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("installing the proxy: %w\n%s", err, out)
		}
	}
	h := &hub{token: "0123456789abcdef0123456789abcdef", ended: make(chan struct{})}
	if h.dir, err = os.MkdirTemp("", "gilhub"); err != nil {
		return nil, err
	}
	if h.log, err = os.Create(cmp.Or(logged, filepath.Join(h.dir, "hub.log"))); err != nil {
		h.close()
		return nil, err
	}
	if err := h.start(ctx, filepath.Dir(env.Python), proxy); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// progress returns what prints a line for each phase of an installation.
func progress() func(venv.Progress) {
	phase := ""
	return func(p venv.Progress) {
		if p.Phase != phase {
			phase = p.Phase
			fmt.Fprintf(os.Stderr, "hub: %s\n", phase)
		}
	}
}

// start starts the hub in h.dir.
func (h *hub) start(ctx context.Context, bin, proxy string) error {
	program := filepath.Join(h.dir, "gilkernel")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("building gilkernel, in the module's root: %w\n%s", err, out)
	}
	template, err := os.ReadFile("kernel.json")
	if err != nil {
		return err
	}
	spec, err := kernelspec.FromTemplate(template, program, "bench")
	if err != nil {
		return err
	}
	data := filepath.Join(h.dir, "data")
	if _, err := kernelspec.Write(spec, filepath.Join(data, "kernels"), kernelspec.Name, nil); err != nil {
		return err
	}
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	h.url = fmt.Sprintf("http://127.0.0.1:%d", ports[0])
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	config := filepath.Join(h.dir, "jupyterhub_config.py")
	text := fmt.Sprintf(`load_subconfig(%q)
c.JupyterHub.bind_url = %q
c.JupyterHub.hub_port = %d
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:%d"
c.JupyterHub.services = [{"name": "bench", "api_token": %q}]
c.JupyterHub.load_roles = [{"name": "bench", "services": ["bench"],
    "scopes": ["admin:users", "admin:servers", "access:servers"]}]
c.Spawner.args = c.Spawner.args + ["--allow-root"]
c.Spawner.env_keep = ["PATH", "JUPYTER_PATH", "LANG"]
`, filepath.Join(root, "install", "hub", "jupyterhub_config.py"), h.url, ports[1], ports[2], h.token)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	h.cmd = exec.Command(filepath.Join(bin, "jupyterhub"), "-f", config)
	h.cmd.Dir = h.dir
	h.cmd.Env = append(os.Environ(), "PATH="+bin+":"+proxy+":"+os.Getenv("PATH"), "JUPYTER_PATH="+data,
		"GILKERNEL_HUB_PASSWORD=not used here", "GILKERNEL_HUB_HOMES="+filepath.Join(h.dir, "homes"),
		"CONFIGPROXY_AUTH_TOKEN="+h.token)
	h.cmd.Stdout, h.cmd.Stderr = h.log, h.log
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := h.cmd.Start(); err != nil {
		return err
	}
	go func() { // ends with the hub
		defer close(h.ended)
		_ = h.cmd.Wait() // how it ended is in its log
	}()
	return h.await(ctx, "/hub/api/", time.Minute)
}

// close ends the hub with all servers, and removes its folder.
func (h *hub) close() {
	if h.cmd != nil && h.cmd.Process != nil {
		_ = h.cmd.Process.Signal(syscall.SIGINT) // it ends its servers and its proxy
		select {
		case <-h.ended:
		case <-time.After(time.Minute):
		}
		_ = syscall.Kill(-h.cmd.Process.Pid, syscall.SIGKILL) // what is left
	}
	if h.log != nil {
		h.log.Close()
	}
	os.RemoveAll(h.dir)
}

// freePorts returns ports that no program uses now.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// call asks a REST API and decodes what it answers into v, unless that is nil.
func (h *hub) call(ctx context.Context, method, path string, body, v any) (status int, err error) {
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		text = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, h.url+path, text)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "token "+h.token)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, err
	}
	if res.StatusCode >= 400 {
		return res.StatusCode, fmt.Errorf("%s %s: %s: %.300s", method, path, res.Status, b)
	}
	if v != nil {
		err = json.Unmarshal(b, v)
	}
	return res.StatusCode, err
}

// await waits until a path answers.
func (h *hub) await(ctx context.Context, path string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		_, err := h.call(ctx, "GET", path, nil, nil)
		if err == nil {
			return nil
		}
		select {
		case <-h.ended:
			log, _ := os.ReadFile(h.log.Name()) // "" if it has none
			lines := strings.Split(strings.TrimSpace(string(log)), "\n")
			return errors.New("the hub has ended: " + strings.Join(lines[max(0, len(lines)-20):], "\n"))
		case <-ctx.Done():
			return fmt.Errorf("%s doesn't answer: %w", path, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// startServer starts a learner's server and returns after how many milliseconds it answers.
func (h *hub) startServer(ctx context.Context, user string) (float64, error) {
	if _, err := h.call(ctx, "POST", "/hub/api/users/"+user, nil, nil); err != nil {
		return 0, err
	}
	began := time.Now()
	for { // 429: too many start at once; the hub says so to the page, which tries again
		status, err := h.call(ctx, "POST", "/hub/api/users/"+user+"/server", nil, nil)
		if err == nil {
			break
		}
		if status != http.StatusTooManyRequests {
			return 0, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	if err := h.await(ctx, "/user/"+user+"/api/status", 5*time.Minute); err != nil {
		return 0, err
	}
	return since(began), nil
}
