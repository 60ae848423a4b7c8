package interp

// This file defines what an exploration does about the package variables of modules, which all runs share: what a run
// has changed is put back behind it, and what isn't as the session has it is named.

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/kernel/snapshot"
)

// snapshotOptions say what is known of the engine's values.
func (h *host) snapshotOptions() snapshot.Options {
	return snapshot.Options{Interpreted: h.engine.Interprets, Captured: func(f reflect.Value) []snapshot.Variable {
		captured := h.engine.CapturedBy(f)
		vars := make([]snapshot.Variable, len(captured))
		for i, c := range captured {
			vars[i] = snapshot.Variable{Name: c.Name, Type: c.Type, Pointer: c.Pointer}
		}
		return vars
	}}
}

// moduleDigests returns the digests of the package variables of modules.
func (h *host) moduleDigests(o snapshot.Options) map[string]uint64 {
	digests := map[string]uint64{}
	for _, g := range h.engine.ModuleVariables() {
		digests[g.Name] = snapshot.Digest(moduleVariable(g), o)
	}
	return digests
}

func moduleVariable(g exec.Global) snapshot.Variable {
	return snapshot.Variable{Name: g.Shown, Type: g.Type, Pointer: g.Pointer}
}

// addModules adds the digests of the session's variables, for a process that explores.
func (s *runner) addModules(st *link.State) {
	o := s.host.snapshotOptions()
	o.Running = s.threads.live.Load() > 1 // beside the run that explores
	st.Modules, st.Running = s.host.moduleDigests(o), o.Running
}

// keepModules copies the package variables of modules, before the first run.
func (x *exploring) keepModules() {
	h := x.s.host
	if h.beside.Load() > 0 {
		x.note(link.ExploreNote{Text: "a goroutine that a module has started when it was initialised runs beside all " +
			"runs, so that package variables of modules aren't put back"})
		return
	}
	var vars []snapshot.Variable
	for _, g := range h.engine.ModuleVariables() {
		vars = append(vars, moduleVariable(g))
	}
	if len(vars) > 0 {
		x.modules = snapshot.Take(vars, h.snapshotOptions())
	}
}

// restoreModules puts back what a run has changed.
func (x *exploring) restoreModules() {
	if x.modules == nil {
		return
	}
	for _, name := range x.modules.Restore() {
		if x.lost == nil {
			x.lost = map[string]bool{}
		}
		x.lost[name] = true
	}
}

// maxNamed is how many variables a note names.
const maxNamed = 8

// named lists variables, as many as a note should name.
func named(names []string) string {
	slices.Sort(names)
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed:maxNamed], strconv.Itoa(more)+" more")
	}
	return strings.Join(names, ", ")
}

// compareModules names the variables of modules that couldn't be put back, and those that the cell may use and that
// aren't as the session has them: each run begins with what the package's initialisation makes.
func (x *exploring) compareModules() {
	if len(x.lost) > 0 {
		x.note(link.ExploreNote{Text: "what these variables of modules lead to can't be put back before the next " +
			"run: " + named(slices.Collect(maps.Keys(x.lost)))})
	}
	if x.modules == nil || len(x.state.Modules) == 0 {
		return
	}
	o := x.s.host.snapshotOptions()
	o.Running = x.state.Running
	var names []string
	for _, g := range x.cell.ModuleVariables() {
		theirs, known := x.state.Modules[g.Name]
		if known && theirs != 0 && theirs != snapshot.Digest(moduleVariable(g), o) {
			names = append(names, g.Shown)
		}
	}
	if len(names) > 0 {
		x.note(link.ExploreNote{Text: "each run begins with these variables of modules as their packages initialise " +
			"them, while the session's have changed: " + named(names)})
	}
}
