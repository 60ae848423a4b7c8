package interp

// This file defines what is known of the cells' texts, for tracebacks.

import (
	"strconv"
	"strings"
	"sync"

	"gilkernel/kernel/packages"
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

// keepSources is how many cells back a traceback knows the text of a cell.
const keepSources = 2000

// sources knows what the learner typed. Its methods may be called concurrently.
type sources struct {
	mu    sync.Mutex        // protects the fields below
	typed []string          // keys of codes, the oldest first
	codes map[string]string // by label

	loader *packages.Loader // has the texts of modules
}

func newSources() *sources { return &sources{codes: map[string]string{}} }

// code records what the learner typed in a cell.
func (s *sources) code(label, code string) {
	if code == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, known := s.codes[label]; known {
		code = together(old, code)
	} else {
		s.typed = append(s.typed, label)
	}
	s.codes[label] = code
	if len(s.typed) > keepSources {
		delete(s.codes, s.typed[0])
		s.typed = append(s.typed[:0], s.typed[1:]...)
	}
}

// together returns two parts of a cell as one text: of a cell that is brought back each part with Go code comes alone,
// on its lines. Texts that differ in a line aren't parts of one cell, and the newer one counts.
func together(old, code string) string {
	if old == code {
		return code
	}
	a, b := strings.Split(old, "\n"), strings.Split(code, "\n")
	if len(a) > len(b) {
		a, b = b, a
	}
	for i, line := range a {
		switch {
		case strings.TrimSpace(b[i]) == "":
			b[i] = line
		case strings.TrimSpace(line) != "" && line != b[i]:
			return code
		}
	}
	return strings.Join(b, "\n")
}

// text returns a cell's lines; nil if they aren't known.
func (s *sources) text(label string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code, ok := s.codes[label]; ok {
		return strings.Split(code, "\n")
	}
	if text, ok := s.loader.Text(label); ok {
		return strings.Split(text, "\n")
	}
	return nil
}

// parse reads a position as the engine writes it: "In[3]:4:2". What is no cell's is nowhere.
func (s *sources) parse(pos string) place {
	rest, column, ok := cutNumber(pos)
	if !ok {
		return place{}
	}
	label, line, ok := cutNumber(rest)
	if !ok { // a position without a column
		label, line, column = rest, column, 1
	}
	if !strings.HasPrefix(label, "In[") && s.text(label) == nil {
		return place{}
	}
	return place{label, line, max(column, 1)}
}

func cutNumber(s string) (rest string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}
