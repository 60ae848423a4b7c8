package plot

// This file defines what the picture says of goroutines beside the machine.

import "gilkernel/runtime/timeline"

// outside returns what stands in the columns of a goroutine's lane: how long it took. No GIL concerns it.
func (p *panel) outside(i int) []string {
	d := p.st.Threads[i].Life
	if p.tl.Info.Virtual {
		d = p.tl.Threads[i].Real
	}
	return []string{"–", "real:", timeline.Nanoseconds(d)}
}

// averageBusy says how many cores were busy, and of what if that isn't all that ran.
func (p *panel) averageBusy(cores string) string {
	if p.tl.Info.Outside != "" {
		return "the threads alone kept " + cores + " cores busy on average"
	}
	return cores + " cores were busy on average"
}

// moment returns where on the axis a goroutine ran that began and ended at one moment of a simulated machine's time.
func (p *panel) moment(i int) (at float64, ok bool) {
	if !p.tl.Threads[i].Outside || len(p.lanes[i]) > 0 {
		return 0, false
	}
	for _, e := range p.tl.Events {
		if e.Thread == int32(i+1) {
			return p.at(e.At), true
		}
	}
	return 0, false
}

// momentWidth is how wide a moment is drawn, in pixels.
const momentWidth = 3

// brief draws the goroutines that took no time into the lanes that are shown, whose middles are at mids.
func (p *panel) brief(mids []float64, shown []int) {
	l := looks(timeline.Outside)
	wide := momentWidth * (p.s.to - p.s.from) / p.s.area
	for n, i := range shown {
		at, ok := p.moment(i)
		if !ok {
			continue
		}
		p.used[timeline.Outside] = true
		x0, mid := min(at, p.s.to-wide), mids[n]
		p.s.boxes = append(p.s.boxes, box{x0: x0, x1: x0 + wide, y0: mid - l.height/2, y1: mid + l.height/2,
			fill: "#7a7a7a",
			tip:  p.tl.Label(int32(i+1)) + " ran for " + timeline.Nanoseconds(p.tl.Threads[i].Real) + " of real time"})
	}
}
