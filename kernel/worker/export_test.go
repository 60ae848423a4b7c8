package worker

// This file exports internals for the tests.

import (
	"strings"
	"time"
)

// Explain calls explain as exited does; shown is the text that isn't part of the report.
func Explain(stderr, crashFD string, code int, signal, limit string) (shown string, c *Crash) {
	tail, line := cutExitLine(crashFD)
	shown, report := cutReport(stderr, tail, false, code)
	return shown, explain(&exit{code: code, signal: signal}, report, line, byNobody, limit)
}

// CutReport is cutReport.
func CutReport(text, tail string, cut bool, code int) (shown, report string) {
	return cutReport(text, tail, cut, code)
}

// Spell passes the chunks to a speller and returns its texts, and the rest.
func Spell(chunks ...string) string {
	var s speller
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString(s.add([]byte(c)))
	}
	return b.String() + s.take()
}

// HoldTimes returns how long text of descriptor 2 is held back: usual text, text that looks like a crash report, and
// text while a report arrives.
func HoldTimes(text string, crashing bool) time.Duration {
	var h held
	now := time.Now()
	h.add(now, text, crashing)
	due := h.due(crashing)
	if due.IsZero() {
		return 0
	}
	return due.Sub(now)
}

// CloseRequests closes the interpreter's requests, as the death of this process would.
func CloseRequests(s *Supervisor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current.in.Close()
}

// PIDs returns the process ids of the interpreters that are alive.
func (s *Supervisor) PIDs() []int {
	var pids []int
	for _, u := range s.Usage() {
		pids = append(pids, u.PID)
	}
	return pids
}
