package machine

// This file defines steps before accesses to several things at once.

// StepOver is StepOn before an access to all that keys stand for, such as the fields of a struct that is copied: there
// is one place, before the first of them.
func (t *Thread) StepOver(keys []any, write bool) {
	s := t.m.sim
	if s == nil || s.explore == nil {
		t.StepOn(nil, write)
		return
	}
	if t.pace.stepChecks && t.inside || t.considers() {
		ask := false
		for _, k := range keys {
			ask = s.explore.by.Accessing(t, k, write) || ask
		}
		if ask {
			s.consider(t, true)
		}
	}
	for _, k := range keys {
		s.explore.by.Accessed(t, k, write)
	}
	if t.pace.stepChecks && t.flag.Load()&breaking != 0 {
		t.breakIn()
	}
}

// Made returns how many threads were made on the machine, those that have ended too. Any goroutine may call it.
func (m *Machine) Made() int {
	return int(m.nextID.Load())
}
