package interp

// This file defines the session: the interpreter, the definitions it holds, and the running of one
// lowered cell in it.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"io"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/traefik/yaegi/interp"

	"gilkernel/kernel/interp/link"
)

// prelude is what lowered code refers to without declaring it. Variables of the interpreter are cheap
// to use there; reading a native variable would be folded into a constant when the cell is compiled.
const prelude = `package main

var __flag bool
var __pos, __top int
`

// session is the interpreter of the process. Runs are one at a time, in run; everything else may be
// called by any goroutine.
type session struct {
	yaegi   *interp.Interpreter
	out     *output
	threads threads
	zero    time.Time
	done    *chan struct{} // the interpreter's field, see doneField
	flag    *bool          // __flag
	pos     *int           // __pos
	top     *int           // __top
	crash   io.Writer      // descriptor 5
	stdin   *input
	nonce   string          // of link.Marker; "": no markers
	files   int             // how many sources were parsed
	used    map[string]bool // native packages that the interpreter knows

	mu    sync.Mutex // protects the fields below
	cur   *cell      // the running cell, or the last
	dying map[*cell]bool
	outs  map[int]any    // Out[n]
	texts map[int]source // by position key
	order []int          // keys of texts, the oldest first
}

// source is a learner's text, for tracebacks.
type source struct {
	label   string
	regions []string // labels of the earlier cells whose definitions it compiles again
	lines   []string
}

// regionLines is how many line numbers each region of a source has; see package cell's emission.
const regionLines = 100_000

// place turns a place in a source into the learner's: file is In[3]#17, the label and the key of the
// source. The label is "" for what is nobody's.
func (s *session) place(file string, line int) (string, int) {
	label, number, ok := strings.Cut(file, "#")
	if !ok {
		return "", 0
	}
	key, err := strconv.Atoi(number)
	if err != nil || line < regionLines {
		return label, line
	}
	s.mu.Lock()
	src := s.texts[key]
	s.mu.Unlock()
	region := line/regionLines - 1
	if region >= len(src.regions) {
		return "", 0
	}
	return src.regions[region], line % regionLines
}

// placed replaces the places in an error of the interpreter by the learner's.
func (s *session) placed(text string) string {
	return filePlace.ReplaceAllStringFunc(text, func(p string) string {
		m := filePlace.FindStringSubmatch(p)
		line, _ := strconv.Atoi(m[2])
		label, line := s.place(m[1], line)
		if label == "" {
			return ""
		}
		return fmt.Sprintf("%s:%d", label, line)
	})
}

var filePlace = regexp.MustCompile(`(\S+#\d+):(\d+)`)

// remembered texts: a traceback that leads into an older cell than this shows the line's number only.
const maxTexts = 2000

func newSession(events *link.Writer, crash io.Writer) (*session, error) {
	s := &session{out: newOutput(events), zero: time.Now(), crash: crash, used: map[string]bool{}, dying: map[*cell]bool{},
		outs: map[int]any{}, texts: map[int]source{}}
	s.stdin = newInput(s)
	s.yaegi = interp.New(interp.Options{
		Stdin: s.stdin, Stdout: &stream{s, "stdout"}, Stderr: &tracer{s}, Unrestricted: true,
	})
	s.done = doneField(s.yaegi)
	if err := s.yaegi.Use(s.natives()); err != nil {
		return nil, fmt.Errorf("binding natives: %w", err)
	}
	if _, err := s.define(prelude); err != nil {
		return nil, fmt.Errorf("compiling prelude: %w", err)
	}
	for name, into := range map[string]any{"__flag": &s.flag, "__pos": &s.pos, "__top": &s.top} {
		v, err := s.yaegi.Eval("&" + name)
		if err != nil {
			return nil, fmt.Errorf("finding %s: %w", name, err)
		}
		reflect.ValueOf(into).Elem().Set(v)
	}
	return s, nil
}

// cellOf returns the cell that output of t belongs to: its own, or the running one for goroutines
// that nobody knows.
func (s *session) cellOf(t *thread) *cell {
	if t != nil {
		return t.cell
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cur
}

// define parses, compiles and executes a source's declarations.
func (s *session) define(src string) (*ast.File, error) {
	// Imports are scoped by the name of the file, so every source needs a name of its own.
	s.files++
	f, err := parser.ParseFile(s.yaegi.FileSet(), fmt.Sprintf("c%d.go", s.files), src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if err := s.load(f); err != nil {
		return f, err
	}
	p, err := s.yaegi.CompileAST(f)
	if err != nil {
		return f, err
	}
	_, err = s.yaegi.Execute(p)
	return f, err
}

// load makes the native packages known that f imports.
func (s *session) load(f *ast.File) error {
	for _, imp := range f.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err != nil || s.used[p] || p == rtPath {
			continue
		}
		table := s.table(p)
		if table == nil {
			return fmt.Errorf("the package %s can't be used in cells", p)
		}
		if err := s.yaegi.Use(interp.Exports{p + "/" + packageName(p): table}); err != nil {
			return fmt.Errorf("loading package %s: %w", p, err)
		}
		s.used[p] = true
	}
	return nil
}

// packageName is the name of a package by its path: the last element that is no version.
func packageName(p string) string {
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(p))
	}
	return base
}

// run runs one lowered cell and answers it. It returns when the cell's own goroutine has ended, or
// was abandoned after an interrupt.
func (s *session) run(r *link.Run) {
	c := &cell{id: r.ID, label: r.Label, input: r.Input, quiet: r.Replay, value: r.Value, out: r.Out, done: make(chan struct{})}
	c.key = s.remember(r)
	s.mu.Lock()
	s.cur = c
	s.mu.Unlock()
	s.stdin.reset()
	ended := make(chan *link.Done, 1)
	// Ends with the cell. An abandoned one stays blocked until the process ends.
	go s.threads.do(&thread{cell: c, main: true}, func() { ended <- s.cell(c, r) })
	var done *link.Done
	select {
	case done = <-ended:
	case <-c.done:
		select {
		case done = <-ended:
		case <-time.After(abandonAfter):
			done = &link.Done{Status: "interrupted", Error: s.interrupted(c)}
		}
	}
	if c.dying.Load() && done.Status != "error" {
		done = &link.Done{Status: "interrupted", Error: s.interrupted(c)}
	}
	s.out.close(c)
	s.mark(c.id)
	s.out.send(&link.Event{Cell: c.id, Done: done})
}

// cell compiles the source and calls its entry, in the cell's own goroutine.
func (s *session) cell(c *cell, r *link.Run) (done *link.Done) {
	t := s.threads.current()
	defer func() {
		// A panic of the compiler itself comes here, and runtime.Goexit does with nothing to recover.
		if v := recover(); v != nil {
			done = &link.Done{Status: "error", Compile: true, Error: limit(s.placed(fmt.Sprint(v)))}
		} else if done == nil {
			done = &link.Done{Status: "ok"}
		}
	}()
	*s.done = c.done
	*s.pos, *s.top = 0, 0
	if _, err := s.define(r.Source); err != nil {
		var p interp.Panic
		if errors.As(err, &p) {
			return s.failed(t, p.Value)
		}
		return &link.Done{Status: "error", Compile: true, Error: limit(s.placed(err.Error()))}
	}
	s.out.send(&link.Event{Cell: c.id, Started: &link.Started{}})
	if r.Entry == "" {
		return &link.Done{Status: "ok"}
	}
	p, err := s.yaegi.Compile(r.Entry + "()")
	if err != nil {
		return &link.Done{Status: "error", Error: limit(s.placed(err.Error()))}
	}
	if _, err := s.yaegi.Execute(p); err != nil {
		var panicked interp.Panic
		if errors.As(err, &panicked) {
			return s.failed(t, panicked.Value)
		}
		return &link.Done{Status: "error", Error: limit(s.placed(err.Error()))}
	}
	return s.show(c)
}

// limit is the error for what the interpreter can't do.
func limit(text string) *link.Error {
	value := "a limit of the interpreter, not your mistake: " + text
	return &link.Error{Name: "InterpreterLimit", Value: value, Traceback: []string{red("InterpreterLimit") + ": " + value}}
}

// failed answers a run whose own goroutine panicked.
func (s *session) failed(t *thread, v any) *link.Done {
	if isInterruption(v) {
		return &link.Done{Status: "interrupted", Error: s.interrupted(t.cell)}
	}
	return &link.Done{Status: "error", Error: s.failure(t, v)}
}

// remember keeps the learner's text and returns the key of its positions.
func (s *session) remember(r *link.Run) int {
	key := 0
	first, _, _ := strings.Cut(r.Source, "\n")
	if _, err := fmt.Sscanf(first, "//gilkernel key=%d", &key); err != nil {
		return 0 // a source without positions
	}
	var regions []string
	if _, list, ok := strings.Cut(first, " regions="); ok && list != "" {
		regions = strings.Split(list, ",")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, old := s.texts[key]; !old {
		s.order = append(s.order, key)
	}
	s.texts[key] = source{r.Label, regions, strings.Split(r.Code, "\n")}
	if len(s.order) > maxTexts {
		delete(s.texts, s.order[0])
		s.order = append(s.order[:0], s.order[1:]...)
	}
	return key
}

// position is a decoded position register.
type position struct {
	label     string
	line, col int
	text      string // the source line, "" when it isn't known
}

func (p position) String() string { return fmt.Sprintf("%s:%d:%d", p.label, p.line, p.col) }

// decode decodes a position register: key<<44 | line<<12 | column, with lines as in place.
func (s *session) decode(reg int) (position, bool) {
	if reg == 0 {
		return position{}, false
	}
	key, line := reg>>44, reg>>12&(1<<32-1)
	label, at := s.place(fmt.Sprintf("#%d", key), line)
	s.mu.Lock()
	src, ok := s.texts[key]
	s.mu.Unlock()
	if line < regionLines {
		label = src.label
	}
	if !ok || label == "" {
		return position{}, false
	}
	return position{label: label, line: at, col: reg & (1<<12 - 1), text: s.line(label, at)}, true
}

// line returns the text of a line by its cell's label: the newest cell with that label.
func (s *session) line(label string, line int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.order) - 1; i >= 0; i-- {
		if src := s.texts[s.order[i]]; src.label == label && line >= 1 && line <= len(src.lines) {
			return src.lines[line-1]
		}
	}
	return ""
}
