package client

// This file defines a kernel that a front end of ours started: its process, its connection file, its end.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"gilkernel/kernel/connection"
)

// endTimeout is how long a kernel may take for each step of its end; jupyter_client waits as long in all.
const endTimeout = 2500 * time.Millisecond

// waitDelay is how long after the end of the kernel process its output is read, if a process that it
// started holds it open.
const waitDelay = time.Second

// nudgeTime is how long a starting kernel has to answer before it is asked again.
const nudgeTime = 500 * time.Millisecond

// StartOptions says which kernel to start.
type StartOptions struct {
	// Argv is the command, as in kernel.json: "{connection_file}" stands for the connection file.
	Argv   []string
	Env    []string  // K=V, added to the environment
	Dir    string    // working directory, "" for the current one
	Stderr io.Writer // what the kernel process itself prints; nil: dropped
}

// A Kernel is a kernel process with a client connected to it.
type Kernel struct {
	*Client
	cmd     *exec.Cmd
	dir     string
	exited  chan struct{} // closed when the process has ended
	release func()        // ends the claim of dir
}

// Start starts a kernel and returns when it has answered a first request, or with an error that says
// what it printed when it ended instead. Stop must be called.
func Start(ctx context.Context, o *StartOptions) (*Kernel, error) {
	info, err := connection.New("gilkernel")
	if err != nil {
		return nil, err
	}
	sweep(os.TempDir())
	dir, err := os.MkdirTemp("", folderPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the connection file: %w", err)
	}
	if runtime.GOOS != "windows" {
		// Sockets in a folder of our own: another process may take a TCP port before the kernel listens on it, even our
		// own, when a dial that comes too early connects to itself.
		info.Transport, info.IP = "ipc", filepath.Join(dir, "kernel")
		for i, c := range connection.Channels() {
			*info.Port(c) = i + 1
		}
	}
	k := &Kernel{dir: dir, exited: make(chan struct{}), release: claim(dir)}
	file := filepath.Join(dir, "connection.json")
	if err := info.Write(file); err != nil {
		k.remove()
		return nil, err
	}
	args := make([]string, len(o.Argv))
	for i, a := range o.Argv {
		args[i] = strings.ReplaceAll(a, "{connection_file}", file)
	}
	tail := &tailWriter{next: o.Stderr}
	k.cmd = exec.Command(args[0], args[1:]...)
	k.cmd.Env = append(os.Environ(), o.Env...)
	k.cmd.Env = append(k.cmd.Env, "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()), connection.FolderVariable+"="+dir)
	k.cmd.Dir, k.cmd.Stderr, k.cmd.Stdout = o.Dir, tail, tail
	k.cmd.WaitDelay = waitDelay
	ownGroup(k.cmd)
	if err := k.cmd.Start(); err != nil {
		k.remove()
		return nil, fmt.Errorf("starting the kernel: %w", err)
	}
	// Ends with the process, which Stop ends; Stop waits for it.
	go func() {
		_ = k.cmd.Wait() // how it ended is of no interest: Stop may have killed it
		close(k.exited)
	}()
	start, cancel := context.WithCancel(ctx)
	defer cancel()
	// Ends when Start returns, by cancel.
	go func() {
		select {
		case <-k.exited:
			cancel()
		case <-start.Done():
		}
	}()
	if k.Client, err = Connect(start, info); err == nil {
		err = k.nudge(start)
	}
	if err != nil {
		died := false
		select {
		case <-k.exited:
			died = true
		default:
		}
		k.Stop()
		if died && ctx.Err() == nil {
			return nil, fmt.Errorf("the kernel ended while it started: %s", tail)
		}
		return nil, fmt.Errorf("starting the kernel: %w", err)
	}
	return k, nil
}

// nudge sends kernel_info_requests until an answer and its idle have come. What a kernel publishes before it has seen
// the subscription is lost, the idle of a first request too; so it is asked again, as jupyter_server does. Waiting for
// iopub_welcome instead would leave out kernels that send none.
func (k *Kernel) nudge(ctx context.Context) error {
	for {
		try, cancel := context.WithTimeout(ctx, nudgeTime)
		_, err := k.KernelInfo(try)
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// Exited is closed when the kernel process has ended.
func (k *Kernel) Exited() <-chan struct{} { return k.exited }

// PID is the kernel's process id.
func (k *Kernel) PID() int { return k.cmd.Process.Pid }

// Stop ends the kernel: politely, then by force, and removes its connection file. It returns when
// the process is gone.
func (k *Kernel) Stop() {
	if k.Client != nil {
		ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
		select {
		case <-k.exited:
		default:
			if err := k.Shutdown(ctx); err == nil || errors.Is(err, ErrClosed) {
				select {
				case <-k.exited:
				case <-ctx.Done():
				}
			}
		}
		cancel()
		k.Close()
	}
	select {
	case <-k.exited:
	default:
		_ = k.cmd.Process.Kill() // it may have ended meanwhile
		<-k.exited
	}
	k.remove()
}

// remove removes the kernel's folder.
func (k *Kernel) remove() {
	os.RemoveAll(k.dir)
	k.release()
}

// tailWriter passes on what it is given, and keeps the end of it for an error message. Only the
// command's copying goroutine writes to it, and it is read after that has ended.
type tailWriter struct {
	next io.Writer
	tail []byte
}

func (t *tailWriter) Write(p []byte) (int, error) {
	const keep = 2000
	t.tail = append(t.tail, p...)
	if n := len(t.tail); n > keep {
		t.tail = append(t.tail[:0], t.tail[n-keep:]...)
	}
	if t.next != nil {
		return t.next.Write(p)
	}
	return len(p), nil
}

func (t *tailWriter) String() string {
	if s := strings.TrimSpace(string(t.tail)); s != "" {
		return s
	}
	return "it printed nothing"
}
