package worker

// This file defines crashes: what the learner is told when an interpreter has died.

import (
	"fmt"
	"strconv"
	"strings"

	"gilkernel/kernel/link"
)

// A Crash says how an interpreter died.
type Crash struct {
	// Kind is short, for the ename of an error: "concurrent map writes", "stack overflow", "out of
	// memory", "SystemExit", "killed", "KeyboardInterrupt", "closed", …
	Kind string
	// Reason is one sentence that a learner understands, in lower case, without a full stop.
	Reason string
	// Goroutine is the headline of the goroutine that died, "" if none is responsible.
	Goroutine string
	// Trace is that goroutine's stack without the frames of the interpreter and of Go's runtime: often
	// nothing is left, because a cell's functions have no frames of their own.
	Trace string
	// Pos is where it happened, or else where the goroutine was started, as In[4]:2:1; "" if unknown.
	Pos string
	// Cell is the ID of the run whose code caused it, as far as that can be determined, otherwise of the last run.
	Cell   int
	Exit   int    // exit code; -1 if a signal ended it
	Signal string // "SIGKILL", …; "" if no signal ended it
}

// label returns the label of the cell in Pos.
func (c *Crash) label() string {
	label, _, _ := strings.Cut(c.Pos, ":")
	return label
}

// exitMark begins the line that an interpreter leaves on link.CrashFD when a cell ends it:
// "gilkernel-exit: code=3 pos=In[4]:2:1 by=os.Exit".
const exitMark = "gilkernel-exit: "

// cutExitLine separates the exitMark line, without its mark, from the text that came through link.CrashFD.
func cutExitLine(text string) (report, line string) {
	var b strings.Builder
	for l := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(l, exitMark); ok {
			line = strings.TrimSpace(rest)
			continue
		}
		b.WriteString(l)
	}
	return b.String(), line
}

// A fatality is a cause of death that Go's runtime reports: the words by which it is recognized, and ours for it.
type fatality struct {
	words  string // in a line of the report that begins one of fatalBeginnings
	kind   string // "" for words
	reason string
}

// fatalities returns the fatalities in the order in which they are tried. Those about memory come first: each part of
// the runtime reports a lack of memory in other words, and some of the later ones are only its consequences. limit is
// the memory limit as text, "" for none.
func (x *exit) fatalities(limit string) []fatality {
	memory, threads := "the cell needed more memory than there is",
		"the system gave the interpreter no more threads: too many ran or waited at once (ulimit -u)"
	if limits := x.memoryLimits(limit); limits != "" {
		memory = "the cell needed more memory than it may have: the limit is " + limits
		threads = "there was no memory for one more thread, or the system allows no more threads (ulimit -u): the " +
			"limit of memory is " + limits
	}
	return []fatality{
		{"out of memory", "out of memory", memory},
		{"cannot allocate", "out of memory", memory},
		{"cannot map pages", "out of memory", memory},
		{"failed to allocate", "out of memory", memory},
		{"errno=12", "out of memory", memory},
		// A program that is linked with C libraries gets its threads from them, stacks and all.
		{"pthread_create failed", "out of memory", threads},
		{"malloc failed", "out of memory", memory},
		{"stack overflow", "", "a function called itself without end, until its stack was as large as a stack may be"},
		{"concurrent map writes", "",
			"two goroutines wrote to the same map at the same time; a sync.Mutex would keep them apart"},
		{"concurrent map read and map write", "",
			"one goroutine read a map while another wrote to it; a sync.RWMutex would keep them apart"},
		{"concurrent map iteration and map write", "",
			"one goroutine ranged over a map while another wrote to it; a sync.RWMutex would keep them apart"},
		{"concurrent map clone and map write", "",
			"one goroutine copied a map while another wrote to it; a sync.RWMutex would keep them apart"},
		{"sync: unlock of unlocked mutex", "unlock of unlocked mutex", "a sync.Mutex was unlocked that was not locked"},
		{"sync: Unlock of unlocked RWMutex", "Unlock of unlocked RWMutex",
			"a sync.RWMutex was unlocked that was not locked"},
		{"sync: RUnlock of unlocked RWMutex", "RUnlock of unlocked RWMutex",
			"a sync.RWMutex was read-unlocked that was not read-locked"},
		{"sync: inconsistent mutex state", "inconsistent mutex state",
			"a sync.Mutex was damaged: was it copied while it was in use?"},
		{"all goroutines are asleep", "deadlock", "all goroutines waited for each other"},
		{"thread exhaustion", "too many threads", "more than 10,000 threads were needed: too many goroutines were in " +
			"system calls or locked to a thread at once"},
		{"failed to create new OS thread", "too many threads",
			"the system gave no more threads: too many goroutines were in system calls or locked to a thread at once"},
		{"newosproc", "too many threads",
			"the system gave no more threads: too many goroutines were in system calls or locked to a thread at once"},
		{"SIGSEGV", "segmentation fault", "an address was used at which there is nothing (SIGSEGV); unsafe code can " +
			"do that, and code that is not Go"},
		{"SIGBUS", "bus error", "an address was used at which there can be nothing (SIGBUS); unsafe code can do " +
			"that, and files that shrink while they are mapped"},
		{"SIGABRT", "aborted", "the interpreter aborted itself (SIGABRT)"},
		{"SIGQUIT", "quit", "the interpreter was told to quit (SIGQUIT)"},
	}
}

// signalled returns the sentence about a signal that ended a process without a report.
func (x *exit) signalled() string {
	switch {
	case x.outOfTime():
		return fmt.Sprintf("the interpreter used up the %v of processor time that the system allows a process "+
			"(ulimit -t changes it); the next one has as much", x.limits.cpu)
	case x.oom:
		return fmt.Sprintf("the computer was out of memory, so the system killed the interpreter, which used %s",
			link.FormatSize(x.rss))
	case x.signal == "SIGKILL":
		return "the interpreter was killed (SIGKILL): by the cell itself, by another program, or by the system for " +
			"want of memory"
	case x.signal == "SIGTERM":
		return "the interpreter was told to end (SIGTERM), by the cell itself or by another program"
	}
	return sent(x.signal)
}

// sent returns the sentence about a signal that a process has sent.
func sent(signal string) string {
	return "the signal " + signal + " ended the interpreter: the cell itself or another program sent it"
}

// explain describes how a process died. report is the whole crash report, exitLine the line that cutExitLine found, why
// one of the by… constants, and limit the memory limit as text, "" for none.
func explain(x *exit, report, exitLine string, why int32, limit string) *Crash {
	c := &Crash{Exit: x.code, Signal: x.signal}
	d := dying(report)
	c.Goroutine, c.Trace, c.Pos, c.Cell = d.headline(), d.trace(), d.site, d.cell
	switch {
	case why == byInterrupt:
		c.Kind, c.Reason = "KeyboardInterrupt", "the cell did not react to the interrupt, so the interpreter was killed"
	case why == byClose:
		c.Kind, c.Reason = "closed", "the kernel is shutting down"
	case why == byContext:
		c.Kind, c.Reason = "cancelled", "the run was given up, so the interpreter was killed"
	case exitLine != "":
		c.exited(exitLine)
	case report != "":
		c.fatal(x, report, limit)
	case why == byHangup:
		c.Kind, c.Reason = "killed", "the interpreter hung up on the kernel, so it was killed: did the cell close "+
			"descriptor 4, or call syscall.Exec?"
	case x.outOfTime():
		c.Kind, c.Reason = "out of processor time", x.signalled()
	case x.oom:
		c.Kind, c.Reason = "out of memory", x.signalled()
	case why == byTimeout:
		c.Kind, c.Reason = "timeout", "the interpreter took no more requests, so it was killed"
	case why == byProtocol:
		c.Kind, c.Reason = "protocol",
			"the interpreter said something that the kernel does not understand: did the cell write to descriptor 4?"
	case x.signal != "":
		c.Kind, c.Reason = "killed", x.signalled()
	default:
		c.Kind, c.Reason = "SystemExit", fmt.Sprintf("the interpreter process exited with code %d", x.code)
	}
	return c
}

// exited explains an exit by os.Exit or log.Fatal.
func (c *Crash) exited(line string) {
	by := "the cell"
	for _, field := range strings.Fields(line) {
		switch k, v, _ := strings.Cut(field, "="); {
		case k == "code":
			if n, err := strconv.Atoi(v); err == nil {
				c.Exit = n
			}
		case k == "pos":
			c.Pos = v
		case k == "by":
			by = v
		}
	}
	c.Kind = "SystemExit"
	if by == "os.Exit" {
		by = fmt.Sprintf("os.Exit(%d)", c.Exit)
	}
	c.Reason = by + " ended the interpreter"
	if c.Pos != "" {
		c.Reason += " at " + c.Pos
	}
	if !strings.HasPrefix(by, "os.Exit") {
		c.Reason += fmt.Sprintf(" with exit code %d", c.Exit)
	}
}

// fatal explains a death that Go's runtime has reported.
func (c *Crash) fatal(x *exit, report, limit string) {
	head, _, _ := strings.Cut(report, "\ngoroutine ")
	if message, ok := panicMessage(head); ok {
		c.Kind, c.Reason = "panic", "a goroutine that library code started panicked: "+message
		if rest, ok := strings.CutPrefix(message, "runtime error: "); ok {
			c.Kind, c.Reason = "runtime error", "a goroutine that library code started failed: "+rest
		}
		return
	}
	if link.OutOfSpans(report) {
		head = "out of memory\n" + head
	}
	signal, meaning, isSignal := strings.Cut(firstLine(head), ": ")
	isSignal = isSignal && strings.HasPrefix(signal, "SIG")
	if isSignal && fromProcess(head) {
		defer func() { c.Reason = sent(signal) }()
	}
	for _, f := range x.fatalities(limit) {
		if strings.Contains(head, f.words) {
			c.Kind, c.Reason = f.kind, f.reason
			if f.kind == "" {
				c.Kind = f.words
			}
			return
		}
	}
	if isSignal {
		c.Kind, c.Reason = meaning, fmt.Sprintf("the signal %s (%s) ended the interpreter", signal, meaning)
		return
	}
	c.Kind = "fatal error"
	c.Reason = "Go's runtime gave up"
	if _, rest, ok := strings.Cut("\n"+head, "\nfatal error: "); ok {
		rest, _, _ = strings.Cut(rest, "\n")
		c.Reason += ": " + rest
	}
}

// fromProcess reports whether the head of a report says that a process has sent the signal (SI_USER and SI_TKILL
// of sigaction(2)), instead of a fault.
func fromProcess(head string) bool {
	_, code, ok := strings.Cut(head, " sigcode=")
	code, _, _ = strings.Cut(code, "\n")
	return ok && (code == "0" || code == "-6")
}

// panicMessage returns the first line of the last panic in the head of a report.
func panicMessage(head string) (string, bool) {
	message, found := "", false
	for line := range strings.Lines(head) {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(line, "\t"), "panic: "); ok {
			message, found = strings.TrimSpace(rest), true
		}
	}
	return strings.TrimSuffix(message, " [recovered]"), found
}

// explainStart describes why a process ended before it was ready; text is what it wrote to descriptor 2.
func explainStart(x *exit, report, text string, why int32) *Crash {
	c := explain(x, report, "", why, "")
	if why == byClose {
		return c
	}
	c.Reason = "the interpreter ended before it was ready: " + c.Reason
	if why == byTimeout {
		c.Reason = fmt.Sprintf("the interpreter was not ready within %v, so it was killed", startTimeout)
	}
	c.Kind = "start"
	if text = strings.TrimSpace(text); text != "" {
		line, _, _ := strings.Cut(text, "\n")
		c.Reason += ", and it said: " + line
	}
	return c
}
