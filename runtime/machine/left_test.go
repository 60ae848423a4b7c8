package machine_test

import (
	"testing"
	"time"

	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
)

// Calls that leave a simulated machine are counted by name, and the long ones among them; work and sleep on the machine
// leave nothing.
func TestLeft(t *testing.T) {
	rec := timeline.NewRecorder(0, timeline.Info{})
	m := simulate(t, machine.Options{Recorder: rec})
	main := m.NewThread(nil, "main")
	err := main.Run(func(th *machine.Thread) {
		th.Work(time.Millisecond)
		th.Sleep(time.Millisecond)
		for range 3 {
			th.Blocking(timeline.IO, "read", func() {})
		}
		held := make(chan bool)
		th.Blocking(timeline.WaitEvent, "channel", func() {
			go func() { // ends when it has sent
				time.Sleep(200 * time.Millisecond) // ten times as long as a call has to take to be a long one
				held <- true
			}()
			<-held
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	tl := rec.Snapshot()
	for _, l := range m.Left() {
		switch name := tl.Name(l.Name); {
		case name == "read" && l.Kind == timeline.IO && l.Calls == 3:
		case name == "channel" && l.Kind == timeline.WaitEvent && l.Calls == 1 && l.Long == 1:
		default:
			t.Errorf("got %+v of %q", l, name)
		}
	}
	if n := len(m.Left()); n != 2 {
		t.Errorf("%d kinds of calls, want 2", n)
	}
}
