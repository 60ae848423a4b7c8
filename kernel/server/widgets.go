package server

// This file defines the comms of widgets: how package widget reaches front ends, and which of them show widgets.

import (
	"encoding/json"
	"maps"
	"sync"

	"gilkernel/kernel/widget"
)

// widgets is what the server has of widgets. Its methods may be called concurrently.
type widgets struct {
	s      *Server
	models *widget.Manager

	mu    sync.Mutex // protects the fields below
	shown map[string]bool
	live  []*widget.Model // schedules, the oldest first
}

// maxShown bounds the front ends that are remembered; beyond it all are forgotten, and those that ask again are known
// again.
const maxShown = 1000

func newWidgets(s *Server) *widgets {
	w := &widgets{s: s, shown: map[string]bool{}}
	w.models = widget.NewManager(widgetComms{s}, s.opts.logf)
	return w
}

// targets returns the targets of comms, those of widgets too.
func (w *widgets) targets(given map[string]Target) map[string]Target {
	all := map[string]Target{widget.Target: modelTarget{w}, widget.ControlTarget: controlTarget{w}}
	maps.Copy(all, given)
	return all
}

// saw notes that the front end with this session has a widget manager: it has asked for models.
func (w *widgets) saw(session string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.shown) >= maxShown {
		clear(w.shown)
	}
	w.shown[session] = true
}

// shows reports whether the front end with this session has asked for models since it, or the kernel, was started. All
// widget managers do so as soon as they find a kernel, but for that of VS Code.
func (w *widgets) shows(session string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shown[session]
}

// widgetComms are the server's comms, as package widget sees them.
type widgetComms struct{ s *Server }

// Open opens a comm from the kernel's side.
func (w widgetComms) Open(id, target string, m widget.Message) {
	c := w.s.comms
	c.mu.Lock()
	c.open[id] = &Comm{ID: id, Name: target, target: c.targets[target], s: w.s}
	c.mu.Unlock()
	w.s.pub.Comm(m.Parent, "comm_open", commContent{ID: id, Target: target, Data: orEmpty(m.Data)}, m.Metadata,
		m.Buffers)
}

// Send sends a comm_msg.
func (w widgetComms) Send(id string, m widget.Message) {
	if c := w.s.comms.get(id); c != nil {
		c.Send(CommMessage(m))
	}
}

// Close closes a comm from the kernel's side.
func (w widgetComms) Close(id string, m widget.Message) {
	if c := w.s.comms.get(id); c != nil {
		c.Close(CommMessage(m))
	}
}

// A modelTarget is the target of the comms of models.
type modelTarget struct{ w *widgets }

// Open refuses a model of a front end's: this kernel has no classes of widgets that one could be made of.
func (t modelTarget) Open(c *Comm, m CommMessage) { c.Close(CommMessage{Parent: m.Parent}) }

// Message passes on what a front end says to a model.
func (t modelTarget) Message(c *Comm, m CommMessage) { t.w.models.Message(c.ID, widget.Message(m)) }

// Close passes on that a front end has closed a model.
func (t modelTarget) Close(c *Comm, _ CommMessage) { t.w.models.Closed(c.ID) }

// A controlTarget is the target of the comms over which a page asks for all models.
type controlTarget struct{ w *widgets }

// Open notes that the front end shows widgets.
func (t controlTarget) Open(_ *Comm, m CommMessage) { t.w.saw(sessionOf(m.Parent)) }

// Message answers with all models.
func (t controlTarget) Message(c *Comm, m CommMessage) { t.w.models.Control(c.ID, widget.Message(m)) }

// Close does nothing: a page closes its comm once it has its answer.
func (t controlTarget) Close(*Comm, CommMessage) {}

// sessionOf returns the session of a header.
func sessionOf(header json.RawMessage) string {
	var h struct {
		Session string `json:"session"`
	}
	_ = json.Unmarshal(header, &h) // of a message that was read already
	return h.Session
}
