// Package widget keeps the kernel's half of Jupyter widgets: models, whose state front ends show and change.
//
// The protocol is the "Jupyter widgets messaging protocol" of ipywidgets 8, version 2.1: a model
// is a comm with the target "jupyter.widget", a page that was reloaded asks for all models over one with the target
// "jupyter.widget.control".
package widget

// This file defines the manager: all models, and the messages of front ends about them.

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// The names of the protocol.
const (
	Target        = "jupyter.widget"
	ControlTarget = "jupyter.widget.control"
	version       = "2.1.0"
	controlled    = "1.0.0" // the version of the control comm's own protocol

	// ViewType is the MIME type of the output that shows a model; see Model.View.
	ViewType = "application/vnd.jupyter.widget-view+json"
)

// A Message is what travels over a comm.
type Message struct {
	Data     json.RawMessage // a JSON object
	Metadata json.RawMessage // nil is {}
	Buffers  [][]byte
	// Parent is the header of the message that caused this one, nil for none.
	Parent json.RawMessage
}

// Comms are the comms of a kernel. Their methods may be called from any goroutine and don't block.
type Comms interface {
	// Open opens a comm from the kernel's side, with an id of the caller's.
	Open(id, target string, m Message)
	// Send sends a message over an open comm; over another it does nothing.
	Send(id string, m Message)
	// Close closes a comm from the kernel's side; a closed comm stays closed.
	Close(id string, m Message)
}

// A Manager holds the models of a kernel. Its methods are safe for concurrent use.
type Manager struct {
	comms Comms
	logf  func(format string, args ...any)

	mu     sync.Mutex // protects the field below
	models map[string]*Model
	order  []string // ids of models, the oldest first
}

// NewManager returns a Manager without models. Invalid messages from front ends are reported to logf.
func NewManager(c Comms, logf func(format string, args ...any)) *Manager {
	return &Manager{comms: c, logf: logf, models: map[string]*Model{}}
}

// New makes a model with an id that no other model has had, and opens its comm. parent is as in Message.
func (m *Manager) New(parent json.RawMessage, id string, o *Options) (*Model, error) {
	model := &Model{ID: id, m: m, state: map[string]any{}, o: *o}
	for name, value := range o.State {
		model.state[name] = value
	}
	data, buffers, err := stateData("", model.state)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	if m.models[id] != nil {
		m.mu.Unlock()
		return nil, fmt.Errorf("making a widget: there is already a model %q", id)
	}
	m.models[id] = model
	m.order = append(m.order, id)
	m.mu.Unlock()
	m.comms.Open(id, Target, Message{Data: data, Metadata: encode(map[string]string{"version": version}),
		Buffers: buffers, Parent: parent})
	return model, nil
}

// get returns a model, nil if there is none of this id.
func (m *Manager) get(id string) *Model {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.models[id]
}

// forget removes a model, and reports whether it was there.
func (m *Manager) forget(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.models[id] == nil {
		return false
	}
	delete(m.models, id)
	m.order = slices.DeleteFunc(m.order, func(other string) bool { return other == id })
	return true
}

// all returns the models in the order in which they were made.
func (m *Manager) all() []*Model {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []*Model
	for _, id := range m.order {
		list = append(list, m.models[id])
	}
	return list
}

// Message handles a message that a front end has sent over the comm of a model.
func (m *Manager) Message(id string, msg Message) {
	model := m.get(id)
	if model == nil {
		m.logf("widget: a message for the model %q, which there isn't", id)
		return
	}
	var d struct {
		Method  string          `json:"method"`
		State   map[string]any  `json:"state"`
		Paths   [][]any         `json:"buffer_paths"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(msg.Data, &d); err != nil {
		m.logf("widget: a malformed message for the model %q: %v", id, err)
		return
	}
	switch d.Method {
	case "update":
		if err := putBuffers(d.State, d.Paths, msg.Buffers); err != nil {
			m.logf("widget: an update of the model %q: %v", id, err)
			return
		}
		model.update(msg.Parent, d.State)
	case "request_state":
		model.send(msg.Parent, "update", nil)
	case "custom":
		if model.o.Custom != nil {
			model.o.Custom(model, Message{Data: d.Content, Buffers: msg.Buffers, Parent: msg.Parent})
		}
	default:
		m.logf("widget: the model %q was sent the unknown method %q", id, d.Method)
	}
}

// Closed handles the end of a model's comm, which a front end has closed.
func (m *Manager) Closed(id string) {
	model := m.get(id)
	if model != nil && m.forget(id) && model.o.Closed != nil {
		model.o.Closed(model)
	}
}

// Control answers a message over a control comm: a page asks for the states of all models.
func (m *Manager) Control(id string, msg Message) {
	var d struct {
		Method string `json:"method"`
	}
	if err := json.Unmarshal(msg.Data, &d); err != nil || d.Method != "request_states" {
		m.logf("widget: the control comm was sent the unknown method %q", d.Method)
		return
	}
	states := map[string]any{}
	for _, model := range m.all() {
		state := model.State()
		states[model.ID] = map[string]any{
			"model_name": state["_model_name"], "model_module": state["_model_module"],
			"model_module_version": state["_model_module_version"], "state": state,
		}
	}
	plain, paths, buffers := removeBuffers(states)
	data, err := json.Marshal(map[string]any{"method": "update_states", "states": plain, "buffer_paths": paths})
	if err != nil {
		m.logf("widget: encoding the states of all models: %v", err)
		return
	}
	m.comms.Send(id, Message{Data: data, Metadata: encode(map[string]string{"version": controlled}), Buffers: buffers,
		Parent: msg.Parent})
}

// encode returns strings as JSON.
func encode(v map[string]string) json.RawMessage {
	b, _ := json.Marshal(v) // strings always marshal
	return b
}
