package cpython

// This file defines a program as a Python gets it: a directory of files that is removed when the program has ended.

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed boot.py
var boot string

//go:embed main.py
var mainModule string

// A Program is what a Python runs.
type Program struct {
	// Label is its name in tracebacks, such as "In[3]", and Line the number of Source's first line, from 1; 0 is 1.
	Label  string
	Line   int
	Source string
	// In are global variables: what Marshal returned, by names that IsName accepts.
	In map[string]string
	// Out names the global variables that are wanted.
	Out []string
	// Options are the interpreter's, such as "-W", "error"; Args are sys.argv[1:].
	Options, Args []string
	// Interval is the switch interval in seconds; 0 is the Python's own.
	Interval float64
}

// cell is cell.json.
type cell struct {
	Label    string            `json:"label"`
	Line     int               `json:"line"`
	Source   string            `json:"source"`
	In       map[string]string `json:"in"`
	Out      []string          `json:"out"`
	Args     []string          `json:"args"`
	Interval float64           `json:"interval,omitempty"`
}

// keywords are names that Python 3 or Python 2.7 keeps for itself.
const keywords = " False None True and as assert async await break class continue def del elif else except exec " +
	"finally for from global if import in is lambda nonlocal not or pass print raise return try while with yield "

// IsName reports whether a name can be a variable in all Pythons.
func IsName(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != "" && !strings.Contains(keywords, " "+name+" ")
}

// write makes the directory of a program and returns its path.
func (p *Program) write() (dir string, err error) {
	c := cell{p.Label, max(p.Line, 1), p.Source, p.In, p.Out, p.Args, p.Interval}
	if c.In == nil {
		c.In = map[string]string{}
	}
	if c.Out == nil {
		c.Out = []string{}
	}
	if c.Args == nil {
		c.Args = []string{}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("writing the program: %w", err)
	}
	if dir, err = os.MkdirTemp("", "gilkernel-python-"); err != nil {
		return "", fmt.Errorf("writing the program: %w", err)
	}
	for name, content := range map[string][]byte{"cell.json": text, "boot.py": []byte(boot),
		"main.py": []byte(mainModule)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			_ = os.RemoveAll(dir)
			return "", fmt.Errorf("writing the program: %w", err)
		}
	}
	return dir, nil
}

// starter is what -c is given; the directory is the argument behind it. boot.main clears away what it leaves in
// __main__.
const starter = `import sys; b = {'__name__': 'gilkernel_boot', '__file__': sys.argv[1] + '/boot.py'}; f = ` +
	`open(b['__file__']); ` +
	`s = f.read(); f.close(); exec(compile(s, b['__file__'], 'exec'), b); b['main'](sys.argv[1])`

// arguments returns the arguments that start the program in dir.
func (p *Program) arguments(dir string) []string {
	args := append([]string{}, p.Options...)
	return append(args, "-c", starter, dir)
}
