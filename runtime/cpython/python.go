package cpython

// This file defines what is known of one Python.

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A Python is an interpreter that answered when it was asked what it is. It is a value; the zero Python can't be run.
type Python struct {
	// Path is what to start: absolute, as it was found. For a shim it is the interpreter behind it.
	Path string
	// Version is what sys.version_info says: "2.7.18", "3.11.7", "3.15.0a1".
	Version string
	// Implementation is Python's name for it: "CPython", "PyPy", "GraalVM".
	Implementation string
	// FreeThreaded says that it was built to run without a GIL (PEP 703); GIL that it has one now. A free-threaded
	// build has one if PYTHON_GIL=1 or an extension module asks for it.
	FreeThreaded, GIL bool
	// Prefix is sys.prefix: the environment that its packages are in. Venv says that this is a virtual environment.
	Prefix string
	Venv   bool
	// Found says where it was found, such as "PATH", "pyenv" or "uv".
	Found string

	real string // the executable without symbolic links
}

// Minor returns the version that names it: "2.7", "3.11", with a "t" for a free-threaded build: "3.13t".
func (p Python) Minor() string {
	v := numbers(p.Version)
	suffix := ""
	if p.FreeThreaded {
		suffix = "t"
	}
	return fmt.Sprintf("%d.%d%s", v[0], v[1], suffix)
}

// State returns what became of its GIL: "GIL", "free-threaded", or "GIL re-enabled" for a free-threaded build that has
// one now.
func (p Python) State() string {
	switch {
	case p.FreeThreaded && p.GIL:
		return "GIL re-enabled"
	case p.FreeThreaded:
		return "free-threaded"
	case p.Implementation == "GraalVM" || p.Implementation == "Jython" || p.Implementation == "IronPython":
		return "see " + p.Implementation // their locks are other ones
	}
	return "GIL"
}

// numbers returns the three numbers of a version; what isn't there is 0.
func numbers(version string) (v [3]int) {
	for i, part := range strings.SplitN(version, ".", 3) {
		end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(part)
		}
		v[i], _ = strconv.Atoi(part[:end]) // at most what sys.version_info holds
	}
	return v
}

// Compare orders Pythons by version, those with a GIL before those without.
func Compare(a, b Python) int {
	v, w := numbers(a.Version), numbers(b.Version)
	free := func(p Python) int {
		if p.FreeThreaded {
			return 1
		}
		return 0
	}
	// 3.13t stands between 3.13 and 3.14, whatever the third numbers are.
	return cmp.Or(cmp.Compare(v[0], w[0]), cmp.Compare(v[1], w[1]), cmp.Compare(free(a), free(b)),
		cmp.Compare(v[2], w[2]))
}
