package interp

import (
	"slices"
	"testing"
	"time"
)

// A process of package multiprocessing that does nothing turns less and less often, up to once a second, and as often
// as others as soon as it does something. The session's own process, and one that may stand still, keep the pulse.
func TestPulse(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name         string
		child, asked bool
		used         []time.Duration // in each pause, thousandths of it
		want         []time.Duration
	}{
		{"idle child", true, false, []time.Duration{0, 1, 0, 10, 0, 0},
			[]time.Duration{200 * ms, 800 * ms, idlePulse, idlePulse, idlePulse, idlePulse}},
		{"child that has work again", true, false, []time.Duration{0, 0, 900, 0, 51, 50},
			[]time.Duration{200 * ms, 800 * ms, pulseTime, 200 * ms, pulseTime, 200 * ms}},
		{"child of which all wait", true, true, []time.Duration{0, 0}, []time.Duration{pulseTime, pulseTime}},
		{"session", false, false, []time.Duration{0, 0, 900}, []time.Duration{pulseTime, pulseTime, pulseTime}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &watch{r: &run{child: c.child}, asked: c.asked, pulse: pulseTime}
			var got []time.Duration
			for _, used := range c.used {
				w.pulse = w.after(w.pulse*used/1000, w.pulse)
				got = append(got, w.pulse)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("pauses %v, want %v", got, c.want)
			}
		})
	}
}
