package twin

// This file defines rows: behaviours of Python's own test suite as programs in both languages, with what they print.

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// Machines says on which machines a row's program in Go runs.
type Machines int

const (
	Both      Machines = iota // the zero value
	Real                      // only on the real one
	Simulated                 // only on the simulated one
)

// A Row is a behaviour that Python's own test suite checks: the same program in Python and in Go, and what both print.
type Row struct {
	Name string
	// Since and Until are the first and the last minor version of Python 3 that has the behaviour. 0 is no bound; 2.7
	// never runs a row.
	Since, Until int
	Python       string
	Go           func(log func(...any)) // log is print
	Want         string                 // what both print; newlines around it don't count
	Older        []Older                // what older versions print instead, the oldest first
	Machines     Machines
}

// Older is what versions through 3.Until print.
type Older struct {
	Until int
	Want  string
}

// A Suite runs rows.
type Suite struct {
	// Prelude is Python's text before each row.
	Prelude string
	// Run runs a program in Go and returns what it printed. If it is nil, the program is a MainThread without
	// processes.
	Run func(t *testing.T, real bool, version string, program func(log func(...any))) string
}

// first and last are the minor versions of Python 3 that Go is asked to be.
const first, last = 6, 14

// want returns what a row prints in a minor version, and whether that version has the behaviour.
func (r *Row) want(minor int) (string, bool) {
	if minor < r.Since || r.Until > 0 && minor > r.Until {
		return "", false
	}
	for _, o := range r.Older {
		if minor <= o.Until {
			return strings.Trim(o.Want, "\n"), true
		}
	}
	return strings.Trim(r.Want, "\n"), true
}

// edges are the versions in which a row might differ from their neighbours: the first and the last that have it, and
// the last of each Older.
func (r *Row) edges() []int {
	list := []int{max(r.Since, first), cmp.Or(r.Until, last)}
	for _, o := range r.Older {
		list = append(list, o.Until)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Check runs the rows in each Python of this computer and in Go. In Go, the simulated machine is each version, the real
// one those at the edges: the first and the last that have the behaviour, and the last with each of its older forms. A
// computer without a Python checks Go alone, unless the environment variable GILKERNEL_REQUIRE_ALL is "1".
func (s Suite) Check(t *testing.T, rows []Row) {
	t.Helper()
	names := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		if names[r.Name] {
			t.Errorf("two rows have the name %q", r.Name)
		}
		names[r.Name] = true
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			for minor := max(r.Since, first); minor <= cmp.Or(r.Until, last); minor++ {
				for _, real := range []bool{false, true} {
					if r.Machines == Real && !real || r.Machines == Simulated && real ||
						real && !slices.Contains(r.edges(), minor) {
						continue
					}
					want, _ := r.want(minor)
					if got := s.output(t, real, fmt.Sprintf("3.%d", minor), r.Go); got != want {
						t.Errorf("Go as 3.%d, real=%v, prints\n%s\nnot\n%s", minor, real, got, want)
					}
				}
			}
		})
	}
	t.Run("Python", func(t *testing.T) {
		for _, py := range Pythons(t) {
			minor := 0
			if _, err := fmt.Sscanf(py.Version, "3.%d", &minor); err != nil {
				continue // 2.7 has other words
			}
			t.Run(py.Version, func(t *testing.T) {
				t.Parallel()
				s.ask(t, py, minor, rows)
			})
		}
	})
}

func (s Suite) output(t *testing.T, real bool, version string, program func(log func(...any))) string {
	t.Helper()
	if s.Run != nil {
		return strings.Trim(s.Run(t, real, version, program), "\n")
	}
	got, err := output(t, real, version, program)
	if err != nil {
		got += fmt.Sprintln("ended by", err)
	}
	return strings.Trim(got, "\n")
}

// driver runs each row in a fork of one interpreter, which costs less than to start it anew, and leaves nothing of a
// row for the next. The child ends as a program does: its exit handlers run.
const driver = `
import json, os, sys
for name, text in json.loads(ROWS):
    sys.stdout.write("\x1e%s\n" % name); sys.stdout.flush()
    if hasattr(os, "fork"):
        child = os.fork()
        if child == 0: break
        status = os.waitpid(child, 0)[1]
        if status: sys.stdout.write("the program ended with status %d\n" % status)
    else: exec(compile(text, name, "exec"), {"__name__": "__main__"})
else: sys.exit()
exec(compile(text, name, "exec"))
`

// patient is how long one Python may take for all rows on a loaded computer.
const patient = 5 * time.Minute

// ask runs the rows in one Python.
func (s Suite) ask(t *testing.T, py Python, minor int, rows []Row) {
	t.Helper()
	list := [][2]string{} // as JSON it is no null
	var wants []string
	for i := range rows {
		if want, ok := rows[i].want(minor); ok {
			list = append(list, [2]string{rows[i].Name, s.Prelude + "\n" + rows[i].Python})
			wants = append(wants, want)
		}
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	quoted, err := json.Marshal(string(data)) // JSON's strings are Python's
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	defer cancel()
	cmd := exec.CommandContext(ctx, py.Path, "-W", "ignore", "-")
	// Children of a row that hangs keep the pipes open. So do, for a while after Python's exit, its own helpers, such
	// as the resource tracker of shared memory, which on a loaded computer take seconds to exit.
	cmd.WaitDelay = time.Minute
	cmd.Stdin = strings.NewReader(strings.Replace(driver, "ROWS", string(quoted), 1))
	var out, complaints strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err = cmd.Run()
	parts := strings.Split(out.String(), "\x1e")[1:]
	if err != nil || len(parts) != len(list) {
		t.Errorf("%v: %d of %d rows were run; printed was\n%s%s", err, len(parts), len(list), out.String(),
			complaints.String())
	}
	failed := false
	for i, part := range parts {
		name, got, _ := strings.Cut(part, "\n")
		if got = strings.Trim(got, "\n"); got != wants[i] {
			failed = true
			t.Errorf("Python's %s prints\n%s\nnot\n%s", name, got, wants[i])
		}
	}
	if failed {
		t.Logf("on stderr:\n%s", complaints.String())
	}
}
