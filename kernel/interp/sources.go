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

// A position is the content of a register: programKey<<44 | line<<12 | column; 0 is none.
type position int

// Line numbers of a program: the first regionLines are those of its cell, the next those of the first
// earlier cell that it compiles a definition of again, and so on; from generatedLine on they are
// nobody's. See package cell's emission.
const (
	regionLines   = 100_000
	generatedLine = 1_000_000_000
)

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

// sources knows every source that was compiled. Its methods may be called concurrently.
type sources struct {
	mu     sync.Mutex        // protects the fields below
	labels map[int][]string  // by program key: the cell's, then those of the regions
	codes  map[string]string // what the learner typed, by label
	files  map[string]*source
}

// A source is one lowered file.
type source struct {
	labels    []string        // of the regions
	plain     []byte          // without line directives; nil once it is parsed
	lines     *token.File     // knows the directives
	functions []functionRange // outer before inner
}

// A functionRange is where a function's text is, as byte offsets in the lowered file.
type functionRange struct{ start, end int }

func newSources() *sources {
	return &sources{labels: map[int][]string{}, codes: map[string]string{}, files: map[string]*source{}}
}

// code takes down what the learner typed in a cell.
func (s *sources) code(label, code string) {
	if code == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[label] = code
}

// add reads a source's directives: "//line In[3]#7:1:2" in any place where Go allows one, and
// "//gilkernel key=7 label=In[3] regions=In[1],In[2]" on a line of its own.
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
			key, labels := directive(body)
			s.labels[key], src.labels = labels, labels
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

// directive reads "key=7 label=In[3] regions=In[1],In[2]".
func directive(text string) (key int, labels []string) {
	label, regions := "", ""
	for _, word := range strings.Fields(text) {
		switch k, v, _ := strings.Cut(word, "="); k {
		case "key":
			key, _ = strconv.Atoi(v)
		case "label":
			label = v
		case "regions":
			regions = v
		}
	}
	return key, append([]string{label}, strings.Split(regions, ",")...)
}

// inRegion returns the place of a line of a program with these labels.
func inRegion(labels []string, line, column int) place {
	region := line / regionLines
	if line >= generatedLine || region >= len(labels) || labels[region] == "" {
		return place{}
	}
	return place{labels[region], line % regionLines, max(column, 1)}
}

// functionRanges finds the functions of a parsed file.
func functionRanges(fset *token.FileSet, file *ast.File) []functionRange {
	f := fset.File(file.Package)
	var list []functionRange
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			list = append(list, functionRange{f.Offset(n.Pos()), f.Offset(n.End())})
		}
		return true
	})
	return list
}

// place returns what a register means.
func (s *sources) place(p position) place {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p == 0 {
		return place{}
	}
	return inRegion(s.labels[int(int64(p)>>44)], int(int64(p)>>12)&(1<<32-1), int(p)&(1<<12-1))
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
	return src.place(src.offset(line, column))
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

// inFunction reports whether p is in the innermost function around a position in a lowered file.
func (s *sources) inFunction(p place, name string, line, column int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.files[name]
	if src == nil || p.label == "" {
		return false
	}
	offset := src.offset(line, column)
	for i := len(src.functions) - 1; i >= 0; i-- {
		if f := src.functions[i]; f.start <= offset && offset < f.end {
			start, end := src.place(f.start), src.place(f.end)
			return start.label == p.label && start.line <= p.line && p.line <= end.line
		}
	}
	return false
}

func (src *source) offset(line, column int) int {
	if line < 1 || line > src.lines.LineCount() {
		return 0
	}
	return min(src.lines.Offset(src.lines.LineStart(line))+column-1, src.lines.Size())
}

// place returns the place of an offset: nowhere, if no directive covers it.
func (src *source) place(offset int) place {
	p := src.lines.PositionFor(src.lines.Pos(offset), true)
	if p.Filename == src.lines.Name() {
		return place{}
	}
	return inRegion(src.labels, p.Line, p.Column)
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
var panicLine = regexp.MustCompile(`^(c\d+\.go):(\d+):(\d+): panic: (.*)\(\.\.\.\)\n$`)

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
	f := traceFrame{file: string(m[1]), line: line, column: column, function: string(m[4])}
	w.s.traces.add(f, w.s.machine.sources.line(f.file, line, column), w.s.machine.registers.position())
	return len(p), nil
}
