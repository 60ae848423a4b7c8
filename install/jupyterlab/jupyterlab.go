// Package jupyterlab runs a JupyterLab server as a child that leaves nothing behind.
package jupyterlab

// This file defines the start of a server and what is known about it while it runs.

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options says how to start a server. Command and Root are required.
type Options struct {
	Command   []string      // the argv that starts JupyterLab, to which its own flags are added
	Root      string        // the folder that the file browser shows
	Open      string        // the file to open, by its path below Root with slashes; "" opens the launcher
	Runtime   string        // the Jupyter runtime directory, where the server announces itself
	IP        string        // the address to listen on; "" leaves it to the user's configuration
	Port      int           // the port to listen on, and no other; 0 takes the configured one or one after it
	NoBrowser bool          // true opens no browser
	Env       []string      // the environment; nil is this process's
	Log       func(string)  // called with each line that the server logs, by one goroutine; nil discards them
	Patience  time.Duration // how long to wait for the server to listen; 0 is two minutes
	Grace     time.Duration // how long Stop waits for the server to go by itself; 0 is ten seconds
}

// Server is a running JupyterLab. Its methods may be called by any goroutine.
type Server struct {
	o     *Options
	cmd   *exec.Cmd
	token string
	done  chan struct{} // closed when the process has ended and its log is read to the end
	err   error         // why it ended; read it after done
	tail  tail

	mu      sync.Mutex // protects the fields below
	at      *listening
	started []process // what must have ended when Stop returns
}

// listening is the part of interest in the file that a Jupyter server writes when it listens
// (jpserver-<pid>.json, see jupyter_server's serverapp.py).
type listening struct {
	PID   int    `json:"pid"`
	URL   string `json:"url"`
	Token string `json:"token"`
}

// Start starts a server, and waits until it listens. When ctx ends before that, or the server ends, everything that was
// started is stopped and the error quotes the server's last lines.
func Start(ctx context.Context, o *Options) (*Server, error) {
	secret := make([]byte, 24)
	rand.Read(secret)
	s := &Server{o: o, token: hex.EncodeToString(secret), done: make(chan struct{})}
	started := make(chan error, 1)
	go s.own(started) // ends with the process, which Stop sees to
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Command[0], err)
	}
	if err := s.await(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// own starts the process, reads its log and waits for its end. It keeps its OS thread, because Linux takes the death
// of the thread that started a child for the death of the parent (see prctl(2), PR_SET_PDEATHSIG).
func (s *Server) own(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	s.cmd = exec.Command(s.o.Command[0], s.arguments()...)
	s.cmd.Env = s.environment()
	s.cmd.SysProcAttr = childAttributes()
	log, w, err := os.Pipe()
	if err != nil {
		s.err = err
		started <- err
		return
	}
	s.cmd.Stdout, s.cmd.Stderr = w, w
	err = s.cmd.Start()
	w.Close()
	if err != nil {
		log.Close()
		s.err = err
		started <- err
		return
	}
	started <- nil
	// Kernels inherit the log's pipe, and one that outlives the server would keep it open: so the reader is abandoned a
	// moment after the server's end instead of being waited for without a bound.
	read := make(chan struct{})
	go func() { // ends at the log's end, or when log is closed below
		defer close(read)
		s.readLog(log)
	}()
	s.err = s.cmd.Wait()
	select {
	case <-read:
	case <-time.After(time.Second):
	}
	log.Close()
	<-read
}

func (s *Server) readLog(log io.Reader) {
	sc := bufio.NewScanner(log)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		s.tail.add(sc.Text())
		if s.o.Log != nil {
			s.o.Log(sc.Text())
		}
	}
	io.Copy(io.Discard, log)
}

func (s *Server) arguments() []string {
	args := append([]string(nil), s.o.Command[1:]...)
	args = append(args, "--ServerApp.root_dir="+s.o.Root)
	if s.o.IP != "" {
		args = append(args, "--ServerApp.ip="+s.o.IP)
	}
	if s.o.Port != 0 {
		// Without retries: a user who names a port wants that one.
		args = append(args, "--ServerApp.port="+strconv.Itoa(s.o.Port), "--ServerApp.port_retries=0")
	}
	if s.o.Open != "" {
		args = append(args, "--LabApp.default_url="+s.page())
	}
	if s.o.NoBrowser {
		args = append(args, "--no-browser")
	}
	if os.Geteuid() == 0 {
		// Jupyter refuses root without it, and a container has no other user.
		args = append(args, "--allow-root")
	}
	return args
}

func (s *Server) environment() []string {
	env := s.o.Env
	if env == nil {
		env = os.Environ()
	}
	// The token is passed in the environment, because every user of the machine can read a command line.
	return append(env[:len(env):len(env)], "JUPYTER_TOKEN="+s.token, "JUPYTER_RUNTIME_DIR="+s.o.Runtime,
		"PYTHONUNBUFFERED=1")
}

// await waits until the server listens. It writes its address into a file: another server may have the port that was
// asked for, and the configuration may name one that we don't know. The file comes a moment before the server listens,
// so the address is tried as well.
func (s *Server) await(ctx context.Context) error {
	patience := s.o.Patience
	if patience == 0 {
		patience = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("JupyterLab did not listen within %v%s", patience, s.last())
			}
			return ctx.Err()
		case <-s.done:
			return fmt.Errorf("JupyterLab ended before it listened%s", s.last())
		case <-tick.C:
			if at := s.find(); at != nil && !at.refused(ctx) {
				s.mu.Lock()
				s.at = at
				s.mu.Unlock()
				return nil
			}
		}
	}
}

// find returns the file's content once it is there. Usually it is the one with our child's process number; where the
// command is a launcher that starts another process, it is the one with our token.
func (s *Server) find() *listening {
	files, _ := filepath.Glob(filepath.Join(s.o.Runtime, "jpserver-*.json"))
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		var at listening
		if json.Unmarshal(b, &at) == nil && (at.PID == s.cmd.Process.Pid || at.Token == s.token) {
			return &at
		}
	}
	return nil
}

// refused reports whether no program listens at the address yet. An address that can't be tried from here, such as that
// of a socket file, is taken to be right.
func (at *listening) refused(ctx context.Context) bool {
	u, err := url.Parse(at.URL)
	if err != nil || u.Port() == "" {
		return false
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", u.Host)
	if err == nil {
		conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// page is the path of what is opened.
func (s *Server) page() string {
	if s.o.Open == "" {
		return "/lab"
	}
	return "/lab/tree/" + (&url.URL{Path: s.o.Open}).EscapedPath()
}

// URL is the address to open in a browser, token included.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		return ""
	}
	address := strings.TrimSuffix(s.at.URL, "/") + s.page()
	if s.at.Token != "" {
		address += "?token=" + url.QueryEscape(s.at.Token)
	}
	return address
}

// Done is closed when the server has ended.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err returns why the server ended by itself, with its last lines. It waits for the end.
func (s *Server) Err() error {
	<-s.done
	if s.err == nil {
		return nil
	}
	return fmt.Errorf("JupyterLab ended (%w)%s", s.err, s.last())
}

func (s *Server) last() string {
	lines := s.tail.lines()
	if len(lines) == 0 {
		return ""
	}
	return "; it said last:\n  " + strings.Join(lines, "\n  ")
}

// tail keeps the last lines of the log. The zero value is ready.
type tail struct {
	mu   sync.Mutex // protects the field below
	kept []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const room = 15
	if len(t.kept) == room {
		t.kept = append(t.kept[:0], t.kept[1:]...)
	}
	t.kept = append(t.kept, line)
}

func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.kept...)
}
