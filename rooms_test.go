package main

// This file defines the policies of rooms: which may import which, who owns which dependency, and how long a file may
// be.

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows is the table of rooms: what each may import of this module, tests excepted. Arrows point
// down: a room stands above all that it names.
var arrows = map[string][]string{
	"": {"install", "kernel/client", "kernel/commandline", "kernel/console", "kernel/interp", "kernel/run",
		"kernel/server", "runtime/exercise"},
	"install": {"install/bundle", "install/course", "install/jupyterdir", "install/jupyterlab", "install/kernelspec",
		"install/lessons", "install/venv", "kernel/commandline", "kernel/link"},
	"install/bundle":             {"install/release/dist", "install/venv"},
	"install/course":             {},
	"install/filelock":           {},
	"install/jupyterdir":         {},
	"install/jupyterlab":         {},
	"install/lessons":            {},
	"install/kernelspec":         {},
	"install/kernelspec/logogen": {},
	"install/release":            {"install/release/dist", "kernel/commandline"},
	"install/release/dist":       {"install/kernelspec", "install/release/toolchain"},
	"install/release/toolchain":  {},
	"install/testenv": {"install/filelock", "install/kernelspec", "install/release/dist", "install/venv",
		"skip"},
	"install/venv": {"install/filelock"},
	"bench/fidelity": {"kernel/client", "kernel/experiments", "kernel/notebook", "runtime/cpython",
		"runtime/gil", "runtime/machine", "runtime/multiprocessing", "runtime/process/processtest", "runtime/socket",
		"runtime/socketserver", "runtime/threading", "runtime/timeline"},
	"bench/processes": {"bench/processes/work", "kernel/client", "kernel/notebook", "runtime/cpython",
		"runtime/machine", "runtime/multiprocessing", "runtime/process/processtest"},
	"bench/processes/work": {"runtime/futures", "runtime/multiprocessing",
		"runtime/multiprocessing/sharedmemory"},
	"bench/pss":            {},
	"bench/soak":           {"bench/pss", "kernel/client"},
	"bench/hub":            {"bench/pss", "install/kernelspec", "install/venv"},
	"bench/kernels":        {"bench/pss", "install/venv", "kernel/client", "kernel/notebook"},
	"bench/conformance":    {"kernel/client", "kernel/link", "kernel/notebook"},
	"bench/modules":        {"kernel/client", "kernel/module", "kernel/notebook"},
	"bench/engines":        {"kernel/exec", "kernel/exec/exectest", "kernel/yaegi"},
	"kernel/exercises":     {},
	"kernel/explored":      {},
	"kernel/kerneltest":    {"kernel/interp", "kernel/server"},
	"kernel/jupyter":       {},
	"kernel/jupyter/tools": {},
	"kernel/robust":        {},
	"kernel/console":       {"kernel/client", "kernel/commandline", "kernel/link", "kernel/notebook", "kernel/wire"},
	"kernel/commandline":   {"kernel/advice"},
	"kernel/run": {"kernel/client", "kernel/commandline", "kernel/link", "kernel/notebook", "kernel/page",
		"kernel/wire"},
	"kernel/page":   {"kernel/notebook"},
	"kernel/client": {"kernel/connection", "kernel/notebook", "kernel/transport", "kernel/wire"},
	"kernel/server": {"kernel/advice", "kernel/assist", "kernel/cell", "kernel/connection",
		"kernel/history", "kernel/ink", "kernel/iopub", "kernel/link", "kernel/magic", "kernel/schedule",
		"kernel/module", "kernel/packages", "kernel/session", "kernel/std", "kernel/transport", "kernel/widget",
		"kernel/wire", "kernel/worker",
		"runtime/cpython",
		"runtime/steps"},
	"kernel/module/moduletest": {},
	"kernel/widget":            {},
	"kernel/schedule":          {"runtime/explore", "runtime/steps"},
	"kernel/experiments":       {},
	"kernel/magic": {"kernel/advice", "kernel/cell", "kernel/commandline", "kernel/experiments", "kernel/link", "kernel/schedule",
		"kernel/session", "runtime/cpython", "runtime/steps"},
	"kernel/advice":     {},
	"kernel/ink":        {},
	"kernel/worker":     {"kernel/link"},
	"kernel/iopub":      {"kernel/wire"},
	"kernel/history":    {},
	"kernel/connection": {},
	"kernel/notebook":   {},
	"kernel/transport":  {},
	"kernel/wire":       {},
	"kernel/cell":       {"kernel/ink"},
	"kernel/session": {"kernel/advice", "kernel/cell", "kernel/extent", "kernel/packages", "kernel/std",
		"kernel/unit"},
	"kernel/packages": {"kernel/extent", "kernel/unit"},
	"kernel/module":   {"kernel/packages", "kernel/unit"},
	"kernel/assist":   {"kernel/cell", "kernel/extent", "kernel/session", "kernel/std", "kernel/unit"},
	"kernel/unit":     {},
	"kernel/snapshot": {},
	"kernel/extent":   {},
	"kernel/std":      {},
	"kernel/exec": {"kernel/std/frees", "kernel/std/prelude", "kernel/std/prelude/compiled", "kernel/exec/rtype",
		"kernel/extent", "kernel/unit"},
	"kernel/celltest": {"kernel/exec"},
	"kernel/interp": {"kernel/celltest", "kernel/exec", "kernel/ink", "kernel/link", "kernel/packages", "kernel/session", "kernel/snapshot", "kernel/std",
		"kernel/std/frees", "kernel/yaegi", "runtime/cpython", "runtime/display", "runtime/exceptions", "runtime/exercise", "runtime/gil",
		"runtime/machine", "runtime/multiprocessing", "runtime/pickle", "runtime/plot", "runtime/process",
		"runtime/search", "kernel/std/symbols", "runtime/steps", "runtime/threading", "runtime/timeline"},
	"kernel/yaegi":                   {"kernel/exec"},
	"kernel/exec/exectest":           {"kernel/exec", "kernel/std", "kernel/std/frees", "kernel/std/symbols"},
	"kernel/exec/rtype":              {},
	"kernel/exec/rtype/portablegen":  {},
	"kernel/std/frees":               {},
	"kernel/std/prelude":             {},
	"kernel/std/prelude/compiled":    {},
	"kernel/std/prelude/src/sql":     {},
	"kernel/std/prelude/src/unique":  {},
	"kernel/std/prelude/src/weak":    {"kernel/std/prelude/compiled"},
	"kernel/std/prelude/src/runtime": {"kernel/std/prelude/compiled"},
	"kernel/std/prelude/src/maphash": {"kernel/std/prelude/compiled"},
	"kernel/std/prelude/src/sync":    {},
	"kernel/std/prelude/src/pbkdf2":  {},
	"kernel/std/prelude/src/hkdf":    {},
	"kernel/std/prelude/src/slices":  {},
	"kernel/std/prelude/src/reflect": {},
	"kernel/std/prelude/src/rand":    {},
	"kernel/std/prelude/src/maps":    {},
	"kernel/std/prelude/src/iter":    {},
	"kernel/std/prelude/src/errors":  {},
	"kernel/std/prelude/src/cmp":     {},
	"kernel/std/prelude/src/atomic":  {},
	"kernel/link":                    {},
	"runtime/call":                   {"runtime/exceptions"},
	"runtime/builtins": {"runtime/call", "runtime/exceptions", "runtime/gil", "runtime/machine",
		"runtime/threading", "runtime/timeline"},
	"runtime/cpython": {},
	"runtime/display": {},
	"runtime/asyncio": {"runtime/builtins", "runtime/call", "runtime/exceptions", "runtime/futures",
		"runtime/gil", "runtime/machine", "runtime/threading", "runtime/timeline"},
	"runtime/exceptions": {},
	"runtime/explore":    {"runtime/exceptions", "runtime/machine"},
	"runtime/search":     {"runtime/machine"},
	"runtime/steps":      {"runtime/machine", "runtime/timeline"},
	"runtime/exercise": {"runtime/exceptions", "runtime/gil", "runtime/machine",
		"runtime/multiprocessing", "runtime/network", "runtime/socket", "runtime/threading", "runtime/timeline"},
	"runtime/exercise/notebooksgen": {"runtime/exercise"},
	"runtime/futures": {"runtime/call", "runtime/exceptions", "runtime/gil", "runtime/machine",
		"runtime/multiprocessing", "runtime/pickle", "runtime/process", "runtime/queue", "runtime/threading",
		"runtime/timeline"},
	"runtime/gil":     {"runtime/exceptions", "runtime/machine", "runtime/timeline"},
	"runtime/machine": {"runtime/exceptions", "runtime/timeline"},
	"runtime/multiprocessing": {"runtime/builtins", "runtime/call", "runtime/exceptions", "runtime/gil",
		"runtime/machine", "runtime/pickle", "runtime/process", "runtime/queue", "runtime/socket", "runtime/threading",
		"runtime/timeline"},
	"runtime/multiprocessing/linear": {},
	"runtime/process": {"runtime/call", "runtime/exceptions", "runtime/gil", "runtime/machine",
		"runtime/pickle", "runtime/threading", "runtime/timeline"},
	"runtime/process/processtest": {"runtime/gil", "runtime/machine", "runtime/pickle", "runtime/process",
		"runtime/threading", "runtime/timeline"},
	"runtime/queue": {"runtime/builtins", "runtime/exceptions", "runtime/gil", "runtime/machine",
		"runtime/threading", "runtime/timeline"},
	"runtime/scaling": {"runtime/exceptions", "runtime/gil", "runtime/machine", "runtime/multiprocessing",
		"runtime/plot", "runtime/threading", "runtime/timeline"},
	"runtime/threading": {"runtime/call", "runtime/exceptions", "runtime/gil", "runtime/machine",
		"runtime/timeline"},
	"runtime/pickle":  {},
	"runtime/plot":    {"runtime/display", "runtime/timeline"},
	"runtime/network": {"runtime/exceptions", "runtime/machine", "runtime/timeline"},
	"runtime/socket": {"runtime/exceptions", "runtime/gil", "runtime/machine", "runtime/network",
		"runtime/pickle", "runtime/process", "runtime/threading", "runtime/timeline"},
	"runtime/socketserver": {"runtime/exceptions", "runtime/machine", "runtime/multiprocessing", "runtime/pickle",
		"runtime/process", "runtime/socket", "runtime/threading"},
	"runtime/meter": {"runtime/display", "runtime/exceptions", "runtime/machine", "runtime/plot", "runtime/socket",
		"runtime/socketserver", "runtime/threading"},
	"kernel/std/symbols": {"runtime/asyncio", "runtime/builtins", "runtime/display", "runtime/exceptions",
		"runtime/exercise", "runtime/explore", "runtime/futures", "runtime/gil", "runtime/machine", "runtime/meter",
		"runtime/multiprocessing", "runtime/multiprocessing/connection", "runtime/multiprocessing/sharedmemory",
		"runtime/network", "runtime/plot", "runtime/queue", "runtime/scaling", "runtime/socket", "runtime/socketserver",
		"runtime/threading", "runtime/timeline"},
	"kernel/std/gen":   {},
	"runtime/timeline": {},
	"runtime/twin": {"runtime/cpython", "runtime/gil", "runtime/machine", "runtime/threading", "runtime/timeline",
		"skip"},
	"skip": {},

	"runtime/multiprocessing/connection": {"runtime/exceptions", "runtime/machine", "runtime/multiprocessing",
		"runtime/socket"},
	"runtime/multiprocessing/sharedmemory": {"runtime/builtins", "runtime/exceptions", "runtime/gil", "runtime/machine",
		"runtime/pickle", "runtime/process"},
}

// owners names the one room that may import each third-party module.
var owners = map[string][]string{
	"github.com/go-zeromq/zmq4":          {"kernel/transport"},
	"github.com/traefik/yaegi":           {"kernel/yaegi"},
	"github.com/coder/websocket":         {"bench/hub"},
	"github.com/google/uuid":             {"kernel/wire"},
	"github.com/yuin/goldmark":           {"kernel/page"},
	"github.com/microcosm-cc/bluemonday": {"kernel/page"},
	"github.com/peterh/liner":            {"kernel/console"},
	"github.com/anishathalye/porcupine":  {"runtime/multiprocessing/linear"},
	"github.com/rogpeppe/go-internal":    {""},
	"golang.org/x/sys": {"kernel/interp", "kernel/server", "kernel/worker", "runtime/machine",
		"runtime/network", "runtime/process"},
	"golang.org/x/mod":   {"kernel/module"},
	"golang.org/x/tools": {"kernel/std", "kernel/std/gen"},
}

// testOnly may be imported by any test.
var testOnly = []string{"go.uber.org/goleak", "golang.org/x/tools/txtar", "pgregory.net/rapid"}

// maxLines is the length of a file beyond which it should be two.
const maxLines = 500

func TestArrowsPointDown(t *testing.T) {
	used, rooms, owned := map[[2]string]bool{}, map[string]bool{}, map[[2]string]bool{}
	for _, s := range parse(t).sources {
		allowed, known := arrows[s.room]
		if !known && !s.test {
			t.Errorf("%s: the room %q isn't in the table of arrows", s.path, s.room)
			continue
		}
		rooms[s.room] = true
		for _, imp := range s.file.Imports {
			to, _ := strconv.Unquote(imp.Path.Value)
			if in, ok := strings.CutPrefix(to, "gilkernel/"); ok {
				if !s.test && !slices.Contains(allowed, in) {
					t.Errorf("%s imports %s: the table of arrows doesn't allow it", s.path, in)
				}
				if !s.test {
					used[[2]string{s.room, in}] = true
				}
				continue
			}
			if !strings.Contains(strings.Split(to, "/")[0], ".") || s.test && slices.Contains(testOnly, to) {
				continue // the standard library
			}
			found := false
			for module, rooms := range owners {
				if to == module || strings.HasPrefix(to, module+"/") {
					owned[[2]string{module, s.room}] = true
					found = slices.Contains(rooms, s.room)
				}
			}
			if !found {
				t.Errorf("%s imports %s: that module belongs to another room, or to none", s.path, to)
			}
		}
	}
	for from, to := range arrows {
		if !rooms[from] {
			t.Errorf("the table of arrows has a room %q, which has no file", from)
		}
		for _, to := range to {
			if !used[[2]string{from, to}] {
				t.Errorf("no file of %q imports %s: take the arrow out of the table", from, to)
			}
		}
	}
	for module, rooms := range owners {
		for _, room := range rooms {
			if !owned[[2]string{module, room}] {
				t.Errorf("no file of %q imports %s: take it out of the table of owners", room, module)
			}
		}
	}
}

// The runtime is a library that cells import: nothing but the standard library may come with it.
func TestRuntimeNeedsOnlyTheStandardLibrary(t *testing.T) {
	for _, s := range parse(t).sources {
		if !strings.HasPrefix(s.room, "runtime/") || s.test || s.file.Name.Name == "main" {
			continue
		}
		for _, imp := range s.file.Imports {
			to, _ := strconv.Unquote(imp.Path.Value)
			first := strings.Split(to, "/")[0]
			if strings.Contains(first, ".") && !strings.HasPrefix(to, "golang.org/x/sys/") ||
				strings.HasPrefix(to, "gilkernel/kernel") {
				t.Errorf("%s imports %s", s.path, to)
			}
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, s := range parse(t).sources {
		if n := s.lines(); n > maxLines && !s.test && !s.generated {
			t.Errorf("%s has %d lines: one type or one phase each, at most %d", s.path, n, maxLines)
		}
	}
}
