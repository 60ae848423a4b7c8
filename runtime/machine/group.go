package machine

// This file defines which threads can wait for each other.

// A group is the threads of an interpreter, and of its sub-interpreters: they can wait for each other. m.waits protects
// it.
type group struct {
	of       Interpreter
	members  int        // threads that were made and haven't ended; m.mu protects it
	threads  []*Thread  // those of them that were started, in order of creation; m.mu protects it
	first    [4]*Thread // memory for as many
	live     int        // threads that run a function, blocked or not
	stuck    int        // those of them that wait for another thread without an end
	outsider int        // others that may wake them
}

// groupOf returns the threads of an interpreter, and of those that share objects with it: any of them may release what
// another one waits for.
func (m *Machine) groupOf(in Interpreter) *group {
	if s, ok := in.(Sharer); ok {
		in = s.Shares()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if g := m.recent; g != nil && g.of == in {
		return g
	}
	g := m.groups[in]
	if g == nil {
		g = &group{of: in}
		g.threads = g.first[:0]
		m.groups[in] = g
	}
	m.recent = g
	return g
}

// resign ends the membership of a thread in its group. When the last member leaves, the interpreter and its state are
// removed from the machine.
func (t *Thread) resign() {
	m, g := t.m, t.group
	m.waits.Lock()
	defer m.waits.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if g.members--; g.members == 0 && g.outsider == 0 && m.groups[g.of] == g {
		delete(m.groups, g.of)
		if m.recent == g {
			m.recent = nil
		}
	}
}

// threadsOf returns the threads of a group that haven't ended, in order of creation.
func (m *Machine) threadsOf(g *group) []*Thread {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]*Thread(nil), g.threads...)
}
