// Package server is a Jupyter kernel on its five sockets: the life of a request, from its frames to
// the last of its outputs.
//
// It follows docs/messaging.rst of jupyter_client, version 5.5. The table of message types is in
// table.go; each type has a file of its own. What a cell is, how it runs and how output gets to the
// page are other rooms' business: cell, session, worker, iopub.
//
// The path of one execute_request:
//
//	read            server.go   the shell socket's reader: frames → message → its row of the table
//	queue.push      queue.go    execute requests wait here; all others are answered by the reader
//	execute         server.go   the executor takes the next one …
//	* answer        request.go  … and answers it:
//	* handleExecute execute.go  the cell is done in phases:
//	  * begin       begin.go    it is counted
//	  * prepare     steps.go    the interpreter begins to check it
//	  * announce    begin.go    busy and execute_input are published, the input is kept in the history
//	  * runSteps    steps.go    the cell's steps, one after the other:
//	    * run       run.go        Go: Session.Compile → Supervisor.Run → Session.Commit
//	    * magic     steps.go      a magic or a shell command, which sees the cell as a host: magic*.go
//	  * Event       output.go   meanwhile the worker hands over what the cell prints and shows, which
//	                            goes to iopub with the cell's header as parent, now or years later
//	  * recover     crash.go    the interpreter died: definitions are replayed in the next one
//	  * fail        fail.go     notes and the error are published, cells behind a failed one are aborted
//	  * reply       reply.go    the reply's content, after all output has left
//	* idle          begin.go    nothing more comes for this request, except from its goroutines
package server

// This file defines the server: its parts, how they start and how they end.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gilkernel/kernel/assist"
	"gilkernel/kernel/connection"
	"gilkernel/kernel/history"
	"gilkernel/kernel/iopub"
	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/module"
	"gilkernel/kernel/packages"
	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
	"gilkernel/kernel/transport"
	"gilkernel/kernel/wire"
	"gilkernel/kernel/worker"
)

// A Worker runs cells; *worker.Supervisor is one.
type Worker interface {
	Prepare(r link.Run)
	Run(ctx context.Context, r link.Run) worker.Result
	RunMeanwhile(ctx context.Context, r link.Run, meanwhile func()) worker.Result
	Command(ctx context.Context, c link.Command) worker.Result
	Machine(ctx context.Context, m link.Machine) worker.Result
	Python(ctx context.Context, q link.Python) worker.Result
	Twins(ctx context.Context, q link.Twins) worker.Result
	Capture(ctx context.Context, q link.Capture) worker.Result
	Explore(ctx context.Context, q link.Explore) worker.Result
	Interrupt()
	Input(link.Input)
	Setenv(link.Setenv)
	Chdir(link.Chdir)
	Dir() string
	SetMemoryLimit(bytes int64)
	EngineName() string
	SetEngine(name string)
	Usage() []worker.Usage
	Close() error
}

// Options are the settings of a kernel; a nil *Options means the defaults.
type Options struct {
	// NewWorker makes the worker; nil: interpreter processes, see package worker. Tests have others.
	NewWorker func(worker.Handler) Worker
	// Worker are the settings of the default worker.
	Worker *worker.Options
	// OutputLimit is the number of bytes of output of a cell beyond which the rest is dropped; 0 means
	// iopub's default.
	OutputLimit int64
	// OneStream shows what cells write to stderr as stdout: nbgrader gives no points for a cell with any stderr.
	OneStream bool
	// History is the path of the file in which inputs are kept; "": they are forgotten with the kernel.
	History string
	// Targets are the comm targets by target_name; nil for none.
	Targets map[string]Target
	// Version is what kernel_info calls the version of the implementation; "" means "dev".
	Version string
	// Logf reports problems that belong to no cell; nil discards them. It may be called concurrently.
	Logf func(format string, args ...any)
	// started is called once, when the first cell was answered or has not come for a while; nil for nothing
	started    func()
	interrupts <-chan os.Signal // each is an interrupt of the cell that runs; nil: there are none
	// what to remove should this process be killed, beside its sockets; a folder before what is in it
	left []string
	// Bound is called with the real ports once all sockets listen; nil for none.
	Bound func(connection.Info)
}

func (o *Options) logf(format string, args ...any) {
	if o.Logf != nil {
		o.Logf(format, args...)
	}
}

func (o *Options) version() string {
	if o.Version == "" {
		return "dev"
	}
	return o.Version
}

// A Server is a kernel. It lives as long as Serve.
type Server struct {
	info    connection.Info
	opts    *Options
	table   map[string]*messageType
	codec   *wire.Codec
	session string // of this kernel process: front ends see a restart by it

	shell, control, stdin *channel
	iopub                 *transport.Publisher
	pub                   *iopub.Publisher
	echo                  *transport.Echo

	cells     *session.Session
	mods      *module.Modules // what cells can import beside the standard library
	assistant *assist.Assistant
	worker    Worker
	history   *keeper
	queue     *queue
	comms     *comms
	widgets   *widgets
	bound     chan struct{} // closed when all sockets listen
	origins   *origins
	usage     *usage
	magics    *magic.Table
	limits    limits // the executor's
	compiler  compiler
	// notesOff is the executor's: %notes off.
	notesOff bool
	env      map[string]*string // changed by magics; nil: removed. The executor's
	ctx      context.Context    // ends when the kernel ends
	stop     func()             // ends the kernel; may be called by anyone, more than once
	readers  sync.WaitGroup     // the sockets' readers
	others   sync.WaitGroup     // the executor, and what warms the importer

	mu        sync.Mutex // protects the fields below
	current   *execution // what the executor runs; nil for nothing
	asking    *question  // the input_request that waits for its answer; nil for none
	count     int        // the last execution_count
	uncounted int        // how many cells had none
	nextRun   int        // the last link.Run.ID
}

// A channel is a socket that takes requests.
type channel struct {
	name   string
	router *transport.Router
}

// Serve is a kernel on the sockets that info describes. It returns when ctx ends or a front end has
// asked for a shutdown, with nil, or when a socket can't be bound, with the reason; all it has started
// has ended then. Several kernels may be served in one process at the same time.
func Serve(ctx context.Context, info connection.Info, o *Options) error {
	if o == nil {
		o = &Options{}
	}
	codec, err := wire.NewCodec(info.SignatureScheme, info.Key)
	if err != nil {
		return err
	}
	s := &Server{info: info, opts: o, table: messageTypes(), codec: codec, session: wire.NewSession(),
		queue: newQueue(), origins: newOrigins(), usage: &usage{},
		history: &keeper{history: history.New(o.History, nil), logf: o.logf}, bound: make(chan struct{}),
		magics: magic.New(), limits: newLimits(o), env: map[string]*string{}}
	s.widgets = newWidgets(s)
	s.comms = newComms(s.widgets.targets(o.Targets))
	// The sockets' goroutines run before iopub is set; they wait for bound.
	s.pub = iopub.New(codec, s.session, s.session, func(frames [][]byte) error { return s.iopub.Send(frames) },
		&iopub.Options{SendAll: func(messages [][][]byte) error { return s.iopub.SendAll(messages) },
			OutputLimit: o.OutputLimit, OneStream: o.OneStream, Logf: o.logf})
	s.ctx, s.stop = context.WithCancel(ctx)
	defer s.stop()
	defer s.close()
	if err := s.listen(); err != nil {
		close(s.bound)
		return err
	}
	s.start()
	if o.Bound != nil {
		o.Bound(s.info)
	}
	if s.info.Registration != nil {
		if err := s.register(); err != nil {
			return err
		}
	}
	for {
		select {
		case <-o.interrupts:
			s.interrupt()
		case <-s.ctx.Done():
			return nil
		}
	}
}

// listen binds the five sockets. info then has their real ports.
func (s *Server) listen() (err error) {
	to := &transport.Options{Logf: s.opts.logf}
	router := func(name connection.Channel) *channel {
		if err != nil {
			return nil
		}
		r, e := transport.ListenRouter(s.info.Endpoint(name), to)
		if e != nil {
			err = unbound(string(name), e)
			return nil
		}
		s.info.SetEndpoint(name, r.Addr())
		return &channel{string(name), r}
	}
	s.shell = router(connection.Shell)
	s.control = router(connection.Control)
	s.stdin = router(connection.Stdin)
	if err != nil {
		return err
	}
	slow := *to
	slow.Slow = s.slow
	if s.iopub, err = transport.ListenPublisher(s.info.Endpoint(connection.IOPub), s.welcome, &slow); err != nil {
		return unbound("iopub", err)
	}
	s.info.SetEndpoint(connection.IOPub, s.iopub.Addr())
	if s.echo, err = transport.ListenEcho(s.info.Endpoint(connection.HB), to); err != nil {
		return unbound("heartbeat", err)
	}
	s.info.SetEndpoint(connection.HB, s.echo.Addr())
	return nil
}

// unbound returns why a socket can't be bound, and what helps.
func unbound(socket string, err error) error {
	err = fmt.Errorf("binding the %s socket: %w", socket, err)
	if errors.Is(err, transport.ErrInUse) {
		return fmt.Errorf("%w: another program has it; start the kernel again, with other ports in the connection file",
			err)
	}
	return err
}

// start starts what serves. The order matters to a client that waits for the kernel: the status starting
// leaves before the first request is read, and requests are read while the interpreter starts.
func (s *Server) start() {
	s.pub.Status(nil, "starting")
	close(s.bound) // from here on subscribers are welcome
	imp := &std.Importer{}
	answered := make(chan struct{}) // closed when a cell was answered
	s.others.Go(func() {            // ends some milliseconds after warmDelay, or with the kernel
		select {
		case <-time.After(warmDelay):
		case <-answered:
		case <-s.ctx.Done():
			return
		}
		imp.Warm()
		if s.opts.started != nil {
			s.opts.started()
		}
	})
	s.mods = module.New()
	s.cells = session.New(&session.Options{Loader: packages.New(packages.Options{Std: imp, Finder: s.mods})})
	s.assistant = assist.New(s.cells, s.guessPythons)
	if s.opts.NewWorker != nil {
		s.worker = s.opts.NewWorker(s)
	} else {
		s.worker = worker.New(s, s.workerOptions())
	}
	for _, c := range []*channel{s.shell, s.control} {
		// Ends when its socket is closed.
		s.readers.Go(func() { s.read(c, s.receive) })
	}
	// Ends when its socket is closed.
	s.readers.Go(func() { s.read(s.stdin, s.receiveInput) })
	// Ends when the queue is closed and the worker has given up what it runs.
	s.others.Go(func() { s.execute(answered) })
}

// warmDelay is how long the kernel waits for its first cell before it reads the types that most cells need. Read at
// once, they take an eighth of what the kernel process computes up to its first result, while two processes start.
const warmDelay = 50 * time.Millisecond

// workerOptions returns the worker's options with the files that a kernel which is killed can't remove itself.
func (s *Server) workerOptions() *worker.Options {
	var o worker.Options
	if s.opts.Worker != nil {
		o = *s.opts.Worker
	}
	for _, path := range s.opts.left {
		if abs, err := filepath.Abs(path); err == nil {
			o.Leave = append(o.Leave, abs)
		}
	}
	for _, c := range connection.Channels() {
		path, ok := strings.CutPrefix(s.info.Endpoint(c), "ipc://")
		if !ok || strings.HasPrefix(path, "@") { // Linux's abstract names are no files
			continue
		}
		if abs, err := filepath.Abs(path); err == nil {
			o.Leave = append(o.Leave, abs)
		}
	}
	return &o
}

// close ends all that was started, also after listen has failed half-way. Requests that wait are
// dropped; what was said is sent first.
func (s *Server) close() {
	s.stop()
	s.queue.close()
	if s.worker != nil {
		// In the middle of a cell this makes Run return; executor says nothing more then.
		if err := s.worker.Close(); err != nil {
			s.opts.logf("ending the interpreter: %v", err)
		}
		s.others.Wait()
	}
	s.history.written()
	s.pub.Close()
	// Draining is waiting: all sockets drain at the same time.
	var closing sync.WaitGroup
	for _, c := range []*channel{s.shell, s.control, s.stdin} {
		if c != nil {
			closing.Go(func() { s.closed(c.name, c.router.Close()) })
		}
	}
	if s.iopub != nil {
		closing.Go(func() { s.closed("iopub", s.iopub.Close()) })
	}
	if s.echo != nil {
		closing.Go(func() { s.closed("heartbeat", s.echo.Close()) })
	}
	closing.Wait()
	s.readers.Wait()
}

func (s *Server) closed(name string, err error) {
	if err != nil {
		s.opts.logf("closing the %s socket: %v", name, err)
	}
}

// read hands over what comes in on a channel until its socket is closed. What has no valid signature
// or is no message is dropped: it must not cost more than a line in the log.
func (s *Server) read(c *channel, receive func(*channel, *wire.Message, error)) {
	for {
		frames, err := c.router.Recv()
		if err != nil {
			return
		}
		size := 0
		for _, f := range frames {
			size += len(f)
		}
		m, err := s.codec.Decode(frames)
		if m == nil {
			s.opts.logf("%s: dropped a message: %v", c.name, err)
		} else {
			receive(c, m, err)
		}
		giveBack(size)
	}
}

// receive takes a request from shell or control. bad says that a part of it is malformed; it is
// answered all the same, because its header is an object that can be a parent.
func (s *Server) receive(c *channel, m *wire.Message, bad error) {
	r := &request{Message: m, from: c, typ: s.table[m.Header.MsgType], received: time.Now(), bad: bad}
	if r.typ != nil && r.typ.queued {
		s.queue.push(r)
		return
	}
	s.answer(r)
}

// execute is the executor: it does the queued requests in order, and closes answered when the first is done.
func (s *Server) execute(answered chan<- struct{}) {
	defer s.compiler.end()
	for first := true; ; first = false {
		r, ok := s.queue.pop()
		if !ok {
			return
		}
		size := len(r.Content)
		s.answer(r)
		giveBack(size)
		if first {
			close(answered)
		}
	}
}

// closing reports whether the kernel is about to end.
func (s *Server) closing() bool { return s.ctx.Err() != nil }

// errClosing is the error of a cell that is cut short by the end of the kernel.
var errClosing = errors.New("the kernel ends")
