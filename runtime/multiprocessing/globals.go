package multiprocessing

// This file defines which values the global variables of a new process begin with.

import "gilkernel/runtime/process"

// globals returns how those begin that a new process may use. tell says that the learner should be told which it lacks.
//
// A forked process has the values of its parent: those that its target may use are sent. Any other process imports the
// main module: its variables begin as they are declared.
func (m *module) globals(method string, target any, args []any) (start *process.Start, tell bool) {
	start = &process.Start{Import: method != methodFork}
	host := m.s.Globals()
	if host == nil {
		return start, false
	}
	later := target == nil // it receives its functions later: the server of a manager, a worker of a pool
	var used []process.Global
	if later {
		used = host.All()
	} else {
		used = host.Used(append([]any{target}, args...)...)
	}
	if method == methodFork {
		start.Sent = used
		return start, !later
	}
	if !later {
		for _, g := range host.Changed(used) {
			start.Lacking = append(start.Lacking, process.Lacking{Name: g.Name, Shown: g.Shown, Declared: true})
		}
	}
	for _, g := range used {
		if !g.Declared && !g.Zero {
			start.Lacking = append(start.Lacking, process.Lacking{Name: g.Name, Shown: g.Shown})
		}
	}
	return start, !later
}
