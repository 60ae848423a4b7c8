package timeline

import "testing"

// An event that is being written is not lost: its turn is taken, and its slot was free.
func TestNoneLostUnderWay(t *testing.T) {
	r := NewRecorder(8, Info{})
	lane := r.Thread(Thread{Name: "a"})
	for i := range 5 {
		r.Add(Event{At: int64(i), Thread: lane})
	}
	ring := &r.rings[uint(lane-1)&uint(len(r.rings)-1)]
	ring.next.Add(1) // another goroutine has begun to add one
	if lost := r.Snapshot().Lost; lost != 0 {
		t.Errorf("%d lost, want none", lost)
	}
	for i := range len(*ring.slots.Load()) {
		r.Add(Event{At: int64(i), Thread: lane})
	}
	if lost := r.Snapshot().Lost; lost != 6 {
		t.Errorf("%d lost, want 6", lost)
	}
}

func TestOverwritten(t *testing.T) {
	for n, want := range map[int64]string{1: "1 earlier event was overwritten",
		2: "2 earlier events were overwritten"} {
		if got := Overwritten(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
