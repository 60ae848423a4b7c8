package interp

// This file defines how a position in a lowered source becomes one in what the learner typed.
//
// yaegi must not see the //line directives: it scopes imports by the file name of a position, so a
// source with the functions of several cells would lose its imports. It gets the source with the
// directives blanked, and its positions are translated here.

import (
	"bytes"
	"go/ast"
	"go/scanner"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// A position is the content of a register: key<<32 | line<<12 | column; 0 is none. Each piece of a
// source has a key, because a source may hold definitions of several cells.
type position int

// A place is a position in a cell, with 1-based numbers; without a label it is nowhere.
type place struct {
	label        string
	line, column int
}

func (p place) String() string {
	if p.label == "" {
		return ""
	}
	return p.label + ":" + strconv.Itoa(p.line) + ":" + strconv.Itoa(p.column)
}

// keepSources is how many cells back a traceback knows the places in statements and the text of a
// cell; those in functions that are defined are known for ever.
const keepSources = 2000

// sources knows every source that was compiled. Its methods may be called concurrently.
type sources struct {
	mu     sync.Mutex        // protects the fields below
	labels map[int]string    // of the cells, by key
	cells  map[string]bool   // all labels
	recent []string          // files without definitions, the oldest first
	typed  []string          // keys of codes, the oldest first
	codes  map[string]string // what the learner typed, by label
	files  map[string]*source
}

// A source is one lowered file.
type source struct {
	plain     []byte          // without line directives; nil once it is parsed
	lines     *token.File     // knows the directives
	functions []functionRange // outer before inner
}

// A functionRange is where a function's text is, as byte offsets in the lowered file.
type functionRange struct {
	start, end int
	name       string // in the lowered file; "" for a function literal
}

func newSources() *sources {
	return &sources{labels: map[int]string{}, cells: map[string]bool{}, codes: map[string]string{}, files: map[string]*source{}}
}

// code takes down what the learner typed in a cell.
func (s *sources) code(label, code string) {
	if code == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, old := s.codes[label]; !old {
		s.typed = append(s.typed, label)
	}
	s.codes[label] = code
	if len(s.typed) > keepSources {
		delete(s.codes, s.typed[0])
		s.typed = append(s.typed[:0], s.typed[1:]...)
	}
}

// passing notes that a file holds nothing that stays but what closures and goroutines may need. It
// returns the name of another such file that is too old to be remembered, "" for none.
func (s *sources) passing(name string) (forgotten string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent = append(s.recent, name)
	if len(s.recent) <= keepSources {
		return ""
	}
	forgotten = s.recent[0]
	s.recent = append(s.recent[:0], s.recent[1:]...)
	delete(s.files, forgotten)
	return forgotten
}

// add reads a source's directives: "//line In[3]:1:2" in any place where Go allows one, and
// "//gilkernel key=7 label=In[3]" before each piece. Lines of a file with another name than a piece's
// label are nobody's.
func (s *sources) add(name, text string) *source {
	src := &source{plain: []byte(text)}
	src.lines = token.NewFileSet().AddFile(name, 1, len(src.plain))
	var scan scanner.Scanner
	scan.Init(src.lines, src.plain, nil, scanner.ScanComments)
	s.mu.Lock()
	defer s.mu.Unlock()
	var blank []int
	for {
		pos, tok, lit := scan.Scan()
		if tok == token.EOF {
			break
		}
		if tok != token.COMMENT {
			continue
		}
		if body, ok := strings.CutPrefix(lit, "//gilkernel "); ok {
			key, label := directive(body)
			s.labels[key], s.cells[label] = label, true
		}
		if strings.HasPrefix(lit[2:], "line ") {
			blank = append(blank, src.lines.Offset(pos)+2)
		}
	}
	for _, i := range blank {
		copy(src.plain[i:], "LINE")
	}
	s.files[name] = src
	return src
}

// directive reads "key=7 label=In[3]".
func directive(text string) (key int, label string) {
	for _, word := range strings.Fields(text) {
		switch k, v, _ := strings.Cut(word, "="); k {
		case "key":
			key, _ = strconv.Atoi(v)
		case "label":
			label = v
		}
	}
	return key, label
}

// functionRanges finds the functions of a parsed file.
func functionRanges(fset *token.FileSet, file *ast.File) []functionRange {
	f := fset.File(file.Package)
	var list []functionRange
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			list = append(list, functionRange{f.Offset(n.Pos()), f.Offset(n.End()), n.Name.Name})
		case *ast.FuncLit:
			list = append(list, functionRange{f.Offset(n.Pos()), f.Offset(n.End()), ""})
		}
		return true
	})
	return list
}

// place returns what a register means.
func (s *sources) place(p position) place {
	s.mu.Lock()
	defer s.mu.Unlock()
	label := s.labels[int(int64(p)>>32)]
	if p == 0 || label == "" {
		return place{}
	}
	return place{label, int(p>>12) & (1<<20 - 1), int(p) & (1<<12 - 1)}
}

// text returns a cell's lines; nil if they aren't known.
func (s *sources) text(label string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code, ok := s.codes[label]; ok {
		return strings.Split(code, "\n")
	}
	return nil
}

// translate returns the place of a position in a lowered file.
func (s *sources) translate(name string, line, column int) place {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.files[name]
	if src == nil {
		return place{}
	}
	return s.placeLocked(src, src.offset(line, column))
}

// line returns the number that a position in a lowered file has after the directives.
func (s *sources) line(name string, line, column int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.files[name]
	if src == nil {
		return 0
	}
	return src.lines.PositionFor(src.lines.Pos(src.offset(line, column)), true).Line
}

// A function is one of the learner's functions, or what a cell does outside of any.
type function struct {
	name       string // "f", "T.f", "a function literal", "a function literal in f"; "" for the cell
	start, end place
}

func (f function) contains(p place) bool {
	return p.label != "" && f.start.label == p.label && f.start.line <= p.line && p.line <= f.end.line
}

// function returns the function whose first statement is at a position in a lowered file; not ok if it
// isn't the learner's. Where that statement begins with a function literal the position is the
// literal's, so a function must begin before it.
func (s *sources) function(name string, line, column int) (f function, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.files[name]
	if src == nil {
		return function{}, false
	}
	offset := src.offset(line, column)
	var around []functionRange
	for _, r := range src.functions {
		if r.start < offset && offset < r.end {
			around = append(around, r)
		}
	}
	if len(around) == 0 {
		return function{}, false
	}
	inner := around[len(around)-1]
	f = function{functionName(inner.name), s.placeLocked(src, inner.start), s.placeLocked(src, inner.end-1)}
	outer := functionName(around[0].name)
	switch {
	case inner.name == "" && outer == "":
		f.name = "a function literal"
	case inner.name == "":
		f.name = "a function literal in " + outer
	case f.name == "": // a cell's own function begins and ends in what the cell compiler made
		f.start, f.end = s.placeLocked(src, offset), s.placeLocked(src, offset)
		f.end.line = 1 << 30
		return f, true
	}
	return f, f.start.label != ""
}

func (src *source) offset(line, column int) int {
	if line < 1 || line > src.lines.LineCount() {
		return 0
	}
	return min(src.lines.Offset(src.lines.LineStart(line))+column-1, src.lines.Size())
}

// placeLocked returns the place of an offset in a source.
func (s *sources) placeLocked(src *source, offset int) place {
	p := src.lines.PositionFor(src.lines.Pos(offset), true)
	if !s.cells[p.Filename] {
		return place{}
	}
	return place{p.Filename, p.Line, max(p.Column, 1)}
}

// positionPattern finds yaegi's positions in a text.
var positionPattern = regexp.MustCompile(`\b(c\d+\.go):(\d+):(\d+)(: )?`)

// cutPosition takes the first position off a text of yaegi's, and translates those within.
func (s *sources) cutPosition(text string) (first place, rest string) {
	rest = positionPattern.ReplaceAllStringFunc(text, func(found string) string {
		m := positionPattern.FindStringSubmatch(found)
		line, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		p := s.translate(m[1], line, column)
		if first.label == "" {
			first = p
		}
		if strings.HasPrefix(text, found) || p.label == "" {
			return ""
		}
		return p.String() + m[4]
	})
	return first, rest
}

// panicLine is what yaegi writes for each function that a panic leaves, even if it is recovered later.
var panicLine = regexp.MustCompile(`^(c\d+\.go):(\d+):(\d+): panic: .*\(\.\.\.\)\n$`)

// A traceWriter is yaegi's standard error: it takes the lines of panics out.
type traceWriter struct{ s *session }

func (w *traceWriter) Write(p []byte) (int, error) {
	if !bytes.Contains(p, []byte(": panic: ")) {
		return w.s.stderr.Write(p)
	}
	m := panicLine.FindSubmatch(p)
	if m == nil {
		// The prelude's lines, and those of what this package evaluates itself, have other names.
		if bytes.HasSuffix(p, []byte("(...)\n")) {
			return len(p), nil
		}
		return w.s.stderr.Write(p)
	}
	line, _ := strconv.Atoi(string(m[2]))
	column, _ := strconv.Atoi(string(m[3]))
	f := traceFrame{file: string(m[1]), line: line, column: column}
	w.s.traces.add(f, w.s.machine.sources.line(f.file, line, column), w.s.machine.registers.position())
	return len(p), nil
}
