package interp

// This file implements %%twin in this process: runs that are measured, and their figure.

import (
	"math"
	"strings"

	"gilkernel/kernel/link"
	"gilkernel/runtime/plot"
)

// maxPrinted is how many bytes of a measured run's output are returned at least, if it prints as many: the last ones.
const maxPrinted = 64 << 10

// measure makes a run keep its standard output instead of showing it, if it is a twin. Call measure before the run
// prints, and printed, which returns the output, after its end.
func (r *run) measure(twin bool) (printed func() string) {
	if !twin {
		return func() string { return "" }
	}
	var b strings.Builder
	r.twin = true
	show := r.out.send
	r.out.send = func(name, text string) { // called with the output's lock held
		if name != "stdout" {
			if !r.dying.Load() { // not the tracebacks of interrupted processes
				show(name, text)
			}
			return
		}
		if b.WriteString(text); b.Len() > 2*maxPrinted {
			rest := b.String()[b.Len()-maxPrinted:]
			b.Reset()
			b.WriteString(rest)
		}
	}
	return func() string {
		r.out.mu.Lock()
		defer r.out.mu.Unlock()
		return b.String()
	}
}

// startTwins draws the figure of twins.
func (s *runner) startTwins(q *link.Twins) {
	r := s.begin(q.ID, q.Label)
	s.finish(r, func() *link.Done {
		s.started(r)
		t := plot.TwinFigures{Title: q.Title, Unit: q.Unit, Caption: q.Caption, Columns: q.Columns, Base: math.NaN()}
		if q.Base != nil {
			t.Base = *q.Base
		}
		for _, w := range q.Rows {
			t.Twins = append(t.Twins, plot.Twin{Name: w.Name, Python: figures(w.Python), Real: figures(w.Real),
				Simulated: figures(w.Simulated), Recorded: w.Recorded})
		}
		s.display(r, plot.Twins(t))
		return &link.Done{Status: "ok"}
	}, func() {})
}

// figures returns the numbers of a list, NaN for missing ones.
func figures(list []*float64) []float64 {
	var out []float64
	for _, v := range list {
		if v == nil {
			out = append(out, math.NaN())
		} else {
			out = append(out, *v)
		}
	}
	return out
}
