package interp

// This file defines packages of modules in an interpreter: compiled with the first cell that imports them, initialised
// before the next one that runs.

import (
	"errors"
	"maps"
	"slices"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/link"
	"gilkernel/kernel/packages"
)

// compileModules makes the engine compile the packages of modules that were loaded since the last call. What they
// declare exists from then on, whether the cell that imports them is refused or not. places is link.Run.Step: an
// interpreter that is stepped through in all cells compiles them with steps at once.
func (h *host) compileModules(places string) *link.Error {
	all := h.loader.Packages()
	maps.DeleteFunc(h.compiled, func(p *packages.Package, _ bool) bool { return !slices.Contains(all, p) }) // evicted
	for _, p := range all {
		if h.compiled[p] {
			continue
		}
		prog, err := h.engine.CompileUnit(p.Unit(), exec.Options{Lazy: true, Steps: stepsOf(places)})
		if err != nil {
			var at *exec.Error
			if errors.As(err, &at) && at.Pos.IsValid() {
				return h.refused(h.sources.parse(at.Pos.String()), at.Error())
			}
			return h.refused(place{}, p.Types.Path()+": "+err.Error())
		}
		h.compiled[p] = true
		h.waiting = append(h.waiting, prog)
	}
	return nil
}

// initModules initialises the packages that wait for it, in the calling goroutine. A package that panics stays as it is
// and isn't tried again; the others wait for the next cell.
func (h *host) initModules(origin any) {
	for len(h.waiting) > 0 {
		p := h.waiting[0]
		h.waiting = h.waiting[1:]
		p.Init(origin)
	}
}
