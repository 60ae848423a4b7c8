//go:build unix

package worker_test

// This file defines the fake interpreter process: this test's binary, which speaks the protocol and executes the lines
// of a Source.

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gilkernel/kernel/interp"
	"gilkernel/kernel/kerneltest"
	"gilkernel/kernel/link"
)

const fakeEnv = "GILKERNEL_FAKE_INTERPRETER"

func TestMain(m *testing.M) {
	kerneltest.Main(m, map[string]kerneltest.Role{"interp": interpreter})
}

// interpreter is the interpreter process that fakeEnv asks for: a real one, or one of the fakes.
func interpreter([]string) int {
	switch os.Getenv(fakeEnv) {
	case "", "real":
		return interp.Main()
	case "mute": // never says Ready
		io.Copy(io.Discard, os.NewFile(link.RequestFD, "requests"))
	case "broken":
		fmt.Fprintln(os.Stderr, "cannot find my head")
		return 7
	case "once": // dies at its first request, before it takes it; the next process, which finds the file, doesn't
		f, err := os.OpenFile(os.Getenv(fakeEnv+"_FILE"), os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			f.Close()
		}
		(&fake{dies: err == nil}).serve()
	case "deaf": // sends nothing, reads nothing
		select {}
	default:
		new(fake).serve()
	}
	return 0
}

type fake struct {
	ledger  *link.Ledger
	crash   *os.File
	replies chan link.Input
	told    chan struct{} // receives when a Setenv comes
	dies    bool

	mu     sync.Mutex // protects the fields below
	events *os.File
	stop   map[int]chan struct{} // closed by the interrupt of a run
	over   map[int]chan struct{} // closed when the run's Done is written
}

func (f *fake) send(cell int, ev link.Event) {
	ev.Cell = cell
	doc, err := json.Marshal(ev)
	if err != nil {
		panic(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(doc))), doc...))
}

func (f *fake) serve() {
	f.events = os.NewFile(link.EventFD, "events")
	f.crash = os.NewFile(link.CrashFD, "crash")
	f.stop, f.over = make(map[int]chan struct{}), make(map[int]chan struct{})
	f.replies, f.told = make(chan link.Input, 1), make(chan struct{})
	for _, fd := range []int{link.RequestFD, link.EventFD, link.CrashFD} {
		syscall.CloseOnExec(fd)
	}
	debug.SetCrashOutput(f.crash, debug.CrashOptions{})
	debug.SetMaxStack(1 << 20)
	r := bufio.NewReader(os.NewFile(link.RequestFD, "requests"))
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			os.Exit(0) // the kernel process is gone
		}
		doc := make([]byte, binary.BigEndian.Uint32(head[:]))
		io.ReadFull(r, doc)
		var req link.Request
		if err := json.Unmarshal(doc, &req); err != nil {
			panic(err)
		}
		switch {
		case req.Init != nil:
			if req.Init.Ledger {
				f.ledger, _ = link.OpenLedger(os.NewFile(link.LedgerFD, "ledger"))
			}
			if req.Init.Dir != "" {
				os.Chdir(req.Init.Dir)
			}
			for _, kv := range req.Init.Env {
				if k, v, ok := strings.Cut(kv, "="); ok {
					os.Setenv(k, v)
				} else {
					os.Unsetenv(k)
				}
			}
			f.send(0, link.Event{Ready: &link.Ready{PID: os.Getpid()}})
		case req.Run != nil && f.dies:
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		case req.Run != nil:
			f.ledger.Take(req.Run.ID)
			go f.run(req.Run.ID, req.Run.Source, f.begin(req.Run.ID))
		case req.Command != nil:
			c := req.Command
			go f.run(c.ID, "exec "+strings.Join(c.Argv, " "), f.begin(c.ID))
		case req.Interrupt != nil:
			f.mu.Lock()
			if c := f.stop[req.Interrupt.ID]; c != nil {
				close(c)
				delete(f.stop, req.Interrupt.ID)
			}
			f.mu.Unlock()
		case req.Input != nil:
			f.replies <- *req.Input
		case req.Setenv != nil:
			select {
			case f.told <- struct{}{}: // one is enough
			default:
			}
			if req.Setenv.Unset {
				os.Unsetenv(req.Setenv.Key)
			} else {
				os.Setenv(req.Setenv.Key, req.Setenv.Value)
			}
		case req.Chdir != nil:
			os.Chdir(req.Chdir.Dir)
		}
	}
}

func (f *fake) begin(id int) chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan struct{})
	f.stop[id], f.over[id] = c, make(chan struct{})
	return c
}

func (f *fake) run(id int, source string, stop chan struct{}) {
	f.ledger.Start(id)
	done := link.Done{Status: "ok"}
	for line := range strings.Lines(source) {
		if !f.do(id, strings.TrimSuffix(line, "\n"), stop, &done) {
			break
		}
	}
	f.mu.Lock()
	delete(f.stop, id)
	f.mu.Unlock()
	f.send(id, link.Event{Done: &done})
	close(f.ended(id))
}

// do executes one line and reports whether to read the next one.
func (f *fake) do(id int, line string, stop chan struct{}, done *link.Done) bool {
	word, rest, _ := strings.Cut(line, " ")
	n, _ := strconv.Atoi(rest)
	switch word {
	case "print":
		f.send(id, link.Event{Stream: &link.Stream{Name: "stdout", Text: rest + "\n"}})
	case "out": // straight to descriptor 1
		syscall.Write(1, []byte(rest+"\n"))
	case "err":
		syscall.Write(2, []byte(rest+"\n"))
	case "flood": // n bytes to descriptor 1
		for ; n > 0; n -= 1000 {
			syscall.Write(1, []byte(strings.Repeat("x", min(n, 1000))))
		}
	case "env":
		v, ok := os.LookupEnv(rest)
		f.send(id, link.Event{Stream: &link.Stream{Name: "stdout", Text: fmt.Sprintln(v, ok)}})
	case "dir":
		dir, _ := os.Getwd()
		f.send(id, link.Event{Stream: &link.Stream{Name: "stdout", Text: dir + "\n"}})
	case "pid":
		f.send(id, link.Event{Stream: &link.Stream{Name: "stdout", Text: strconv.Itoa(os.Getpid())}})
	case "wait": // until interrupted
		<-stop
		done.Status = "interrupted"
		return false
	case "hang": // whatever happens
		select {}
	case "sleep":
		time.Sleep(time.Duration(n) * time.Millisecond)
	case "ask":
		f.send(id, link.Event{Input: &link.InputRequest{Prompt: rest}})
		f.send(id, link.Event{Stream: &link.Stream{Name: "stdout", Text: (<-f.replies).Text + "\n"}})
	case "later": // the rest of the line, after the run has ended
		go func() {
			<-f.ended(id)
			f.do(id, rest, nil, done)
		}()
	case "told": // the rest of the line, when a Setenv comes after the run
		go func() {
			<-f.told
			f.do(id, rest, nil, done)
		}()
	case "exec": // a child in a group of its own
		argv := strings.Fields(rest)
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			done.Status = "error"
			return false
		}
		f.send(id, link.Event{Stream: &link.Stream{Name: "stdout", Text: strconv.Itoa(cmd.Process.Pid)}})
		cmd.Wait()
		done.Exit = cmd.ProcessState.ExitCode()
	case "close":
		syscall.Close(n)
	case "nonsense": // on the event descriptor
		f.events.Write([]byte("\x00\x00\x00\x02hi"))
	case "exit":
		fmt.Fprintf(f.crash, "gilkernel-exit: code=%d pos=In[%d]:2:1 by=os.Exit\n", n, id)
		os.Exit(n)
	case "kill":
		syscall.Kill(os.Getpid(), syscall.Signal(n))
		select {}
	case "mapwrites":
		m := map[int]int{}
		for range 2 {
			go func() {
				for i := 0; ; i++ {
					m[i%10] = i
				}
			}()
		}
		select {}
	case "unlock":
		new(sync.Mutex).Unlock()
	case "stack":
		var recurse func(n int) int
		recurse = func(n int) int { return recurse(n+1) + 1 }
		os.Exit(recurse(0))
	case "memory":
		b := make([]byte, 1<<45)
		b[0] = 1
	case "panic":
		go panic(rest)
		select {}
	}
	return true
}

// ended returns a channel that is closed when the run has ended and its Done is written.
func (f *fake) ended(id int) chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.over[id]
}
