package interp

// This file defines what becomes of a panic: an error in Jupyter's form, in Go's words and in the
// learner's lines.
//
// yaegi says little: the value of the panic, and one line on its stderr for each frame that unwinds,
// with the position where the frame's function begins. The line that failed is what the position
// register held, which lowered code sets before a statement that can panic.

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"github.com/traefik/yaegi/interp"

	"gilkernel/kernel/interp/link"
)

// frame is a function that a panic unwound.
type frame struct {
	label string
	line  int
	name  string // as the learner called it, "" for the cell itself
}

// maxFrames is how many frames of a panic are kept; the innermost say the most.
const maxFrames = 40

// traceLine is what yaegi prints for a frame.
var traceLine = regexp.MustCompile(`^(?:(\S+?):)?(\d+):(\d+): panic: (.*)\(\.\.\.\)\n?$`)

// tracer is the interpreter's stderr: it keeps the lines about frames and passes on the rest.
type tracer struct{ s *session }

func (w *tracer) Write(b []byte) (int, error) {
	m := traceLine.FindSubmatch(b)
	if m == nil {
		return (&stream{w.s, "stderr"}).Write(b)
	}
	t := w.s.threads.current()
	if t == nil {
		return len(b), nil
	}
	var here byte
	at := uintptr(unsafe.Pointer(&here))
	line, _ := strconv.Atoi(string(m[2]))
	t.mu.Lock()
	defer t.mu.Unlock()
	// While one panic unwinds, each frame panics again within the deferred call of the one below, so
	// the stack grows. If it has shrunk, the earlier panic was recovered.
	if at > t.deep {
		t.frames, t.failed = t.frames[:0], 0
	}
	t.deep = at
	if t.failed == 0 {
		t.failed = *w.s.pos
		if t.noted.line == line {
			t.failed = t.noted.pos
		}
	}
	label, line := w.s.place(string(m[1]), line)
	if label != "" && len(t.frames) < maxFrames {
		t.frames = append(t.frames, frame{label, line, funcName(string(m[4]))})
	}
	return len(b), nil
}

// note is deferred by lowered functions behind each defer statement of theirs, so that it runs first
// when the function unwinds: a deferred function may wake another goroutine, which then sets the
// position register. line is where the function's body begins.
func (s *session) note(line int) {
	if t := s.threads.current(); t != nil {
		pos := *s.pos
		t.mu.Lock()
		defer t.mu.Unlock()
		t.noted.line, t.noted.pos = line, pos
	}
}

var (
	version  = regexp.MustCompile(`__\d+$`)
	entry    = regexp.MustCompile(`^__cell\d+(\.func)*$`)
	methodOf = regexp.MustCompile(`^__(\w+?)_(\w+?)__\d+$`)
)

// funcName turns yaegi's name of a function into the learner's.
func funcName(name string) string {
	name = strings.TrimPrefix(name, "main.")
	if m := entry.FindStringSubmatch(name); m != nil || name == "main" {
		return ""
	}
	if m := methodOf.FindStringSubmatch(name); m != nil {
		return m[1] + "." + m[2]
	}
	return version.ReplaceAllString(name, "")
}

// takeFrames returns the frames of the panic that ended t, and the position register's value when it
// began, 0 when no frame unwound.
func (t *thread) takeFrames() (frames []frame, failed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	frames, failed = t.frames, t.failed
	t.frames, t.failed, t.deep = nil, 0, 0
	return frames, failed
}

// failure describes a panic that ended t.
func (s *session) failure(t *thread, v any) *link.Error {
	name, value := describe(v)
	var trace []string
	if !t.main {
		trace = append(trace, fmt.Sprintf("%s in goroutine %d, started at %s", red(name), t.number, t.site))
	}
	frames, register := t.takeFrames()
	if register == 0 {
		register = *s.pos
	}
	failed, known := s.decode(register)
	if known {
		where := ""
		if len(frames) > 0 && frames[0].name != "" {
			where = ", in " + frames[0].name
		}
		trace = append(trace, cyan(failed.String())+where)
		trace = append(trace, arrow(failed.line, failed.text)...)
	}
	shown := map[string]bool{failed.label + ":" + strconv.Itoa(failed.line): known}
	for i, f := range frames {
		if f.name == "" || i == 0 && known || strings.HasPrefix(f.name, "__") {
			continue
		}
		trace = append(trace, fmt.Sprintf("%s, in %s", cyan(f.label), f.name))
	}
	if top, ok := s.decode(*s.top); ok && t.main && !shown[top.label+":"+strconv.Itoa(top.line)] {
		trace = append(trace, cyan(top.String()))
		trace = append(trace, arrow(top.line, top.text)...)
	}
	trace = append(trace, red(name)+": "+value)
	return &link.Error{Name: name, Value: value, Traceback: trace}
}

// interrupted is the error of a cell that was interrupted.
func (s *session) interrupted(c *cell) *link.Error {
	const name, value = "KeyboardInterrupt", "the cell was interrupted"
	var trace []string
	if top, ok := s.decode(*s.top); ok && *s.top>>44 == c.key {
		trace = append(trace, cyan(top.String()))
		trace = append(trace, arrow(top.line, top.text)...)
	}
	return &link.Error{Name: name, Value: value, Traceback: append(trace, red(name)+": "+value)}
}

func isInterruption(v any) bool {
	v = unwrap(v)
	_, ok := v.(interruption)
	return ok
}

// unwrap returns the learner's value of a panic: the interpreter hands on reflect.Values, and its own
// Panic for panics that crossed native code.
func unwrap(v any) any {
	for range 100 { // a panic that panicked that panicked …
		switch x := v.(type) {
		case reflect.Value:
			if !x.IsValid() || !x.CanInterface() {
				return nil
			}
			v = x.Interface()
		case interp.Panic:
			v = x.Value
		case *interp.Panic:
			v = x.Value
		default:
			return v
		}
	}
	return v
}

// describe names a panic as Go prints it.
func describe(v any) (name, value string) {
	v = unwrap(v)
	if e, ok := v.(runtime.Error); ok {
		return "runtime error", inGo(strings.TrimPrefix(e.Error(), "runtime error: "))
	}
	var reflected *reflect.ValueError
	switch x := v.(type) {
	case *reflect.ValueError:
		reflected = x
		_ = reflected
		return "runtime error", "invalid memory address or nil pointer dereference"
	case error:
		var re runtime.Error
		if errors.As(x, &re) {
			return "runtime error", inGo(strings.TrimPrefix(re.Error(), "runtime error: "))
		}
		return "panic", x.Error()
	case fmt.Stringer:
		return "panic", x.String()
	case string:
		if g, ok := reflectWords(x); ok {
			return "runtime error", g
		}
		return "panic", x
	case nil:
		return "panic", "panic called with nil argument (use GODEBUG=panicnil=1 to disable)"
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.String:
		return "panic", fmt.Sprintf("%v", v)
	}
	return "panic", fmt.Sprintf("%+v", v)
}

// inGo gives Go's words for what the interpreter's own implementation ran into.
func inGo(text string) string {
	if g, ok := reflectWords(text); ok {
		return g
	}
	return text
}

// reflectWords translates the messages of package reflect, on which the interpreter stands.
func reflectWords(text string) (string, bool) {
	for _, w := range [...]struct{ prefix, words string }{
		{"reflect: slice index out of range", "index out of range"},
		{"reflect: array index out of range", "index out of range"},
		{"reflect: string index out of range", "index out of range"},
		{"reflect.Value.Slice: slice index out of bounds", "slice bounds out of range"},
		{"reflect.Value.Slice3: slice index out of bounds", "slice bounds out of range"},
		{"reflect.Value.Slice: string slice index out of bounds", "slice bounds out of range"},
		{"reflect: call of reflect.Value", "invalid memory address or nil pointer dereference"},
		{"reflect: Method on nil interface value", "invalid memory address or nil pointer dereference"},
		{"reflect.Value.Call: call of nil function", "invalid memory address or nil pointer dereference"},
		{"reflect: call of nil", "invalid memory address or nil pointer dereference"},
		{"assignment to entry in nil map", "assignment to entry in nil map"},
	} {
		if strings.HasPrefix(text, w.prefix) {
			return w.words, true
		}
	}
	return "", false
}

// arrow shows a source line as tracebacks do.
func arrow(line int, text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return []string{fmt.Sprintf("%s %s", green(fmt.Sprintf("----> %d", line)), strings.ReplaceAll(text, "\t", "    "))}
}

func red(s string) string   { return "\x1b[31m" + s + "\x1b[0m" }
func green(s string) string { return "\x1b[32m" + s + "\x1b[0m" }
func cyan(s string) string  { return "\x1b[36m" + s + "\x1b[0m" }
