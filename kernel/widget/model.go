package widget

// This file defines models: a state that the kernel and front ends share.

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"
)

// Options are what a model is made of.
type Options struct {
	// State is what it begins with. Values are whatever has JSON; a []byte, also within maps and slices of any, travels
	// as binary data.
	State map[string]any
	// Changed is called with what a front end has changed, once it is in the state; nil: it isn't. Custom is called
	// with the model's own messages; nil: they are dropped. Closed is called when a front end has closed the model;
	// nil: it isn't. They are called from the goroutines that read the kernel's sockets: they must not block.
	Changed func(model *Model, parent json.RawMessage, names map[string]any)
	Custom  func(model *Model, m Message)
	Closed  func(model *Model)
}

// A Model is a widget as the kernel knows it. Its methods may be called concurrently.
type Model struct {
	ID string // the comm's, and the model_id of views
	m  *Manager
	o  Options

	mu    sync.Mutex // protects the field below, and keeps what is sent in its order
	state map[string]any
}

// AnyWidget returns the state of a model that anywidget shows: esm is the text of the module that draws it. The version
// "*" fits whichever version of anywidget the page has.
func AnyWidget(id, esm string) map[string]any {
	return map[string]any{
		"_model_module": "anywidget", "_model_name": "AnyModel", "_model_module_version": "*",
		"_view_module": "anywidget", "_view_name": "AnyView", "_view_module_version": "*", "_view_count": nil,
		"_dom_classes": []any{}, "_anywidget_id": id, "_esm": esm, "_css": "", "tabbable": nil, "tooltip": nil,
	}
}

// View returns the data of an output that shows the model, for ViewType.
func (m *Model) View() any {
	return map[string]any{"model_id": m.ID, "version_major": 2, "version_minor": 0}
}

// State returns a copy of the state; what its values refer to is shared and must not be changed.
func (m *Model) State() map[string]any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.state)
}

// Set changes values of the state and tells all front ends. parent is as in Message. A value without JSON is an error,
// and nothing is changed.
func (m *Model) Set(parent json.RawMessage, values map[string]any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, buffers, err := stateData("update", values)
	if err != nil {
		return err
	}
	maps.Copy(m.state, values)
	m.m.comms.Send(m.ID, Message{Data: data, Buffers: buffers, Parent: parent})
	return nil
}

// Close closes the model: its views disappear. A closed model stays closed.
func (m *Model) Close(parent json.RawMessage) {
	if m.m.forget(m.ID) {
		m.m.comms.Close(m.ID, Message{Data: json.RawMessage("{}"), Parent: parent})
	}
}

// update applies a front end's changes. All front ends receive the new state: the others must learn about it, and the
// one that made the changes waits for the echo before it accepts other values.
func (m *Model) update(parent json.RawMessage, values map[string]any) {
	m.mu.Lock()
	maps.Copy(m.state, values)
	m.sendLocked(parent, "echo_update", values)
	m.mu.Unlock()
	if m.o.Changed != nil {
		m.o.Changed(m, parent, values)
	}
}

// send sends values, nil for the whole state.
func (m *Model) send(parent json.RawMessage, method string, values map[string]any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sendLocked(parent, method, values)
}

func (m *Model) sendLocked(parent json.RawMessage, method string, values map[string]any) {
	if values == nil {
		values = m.state
	}
	data, buffers, err := stateData(method, values)
	if err != nil { // what came in as JSON, or was encoded before, has JSON
		m.m.logf("widget: %v", err)
		return
	}
	m.m.comms.Send(m.ID, Message{Data: data, Buffers: buffers, Parent: parent})
}

// stateData returns the data of a message with values; method "" is for the message that opens the comm.
func stateData(method string, values map[string]any) (json.RawMessage, [][]byte, error) {
	plain, paths, buffers := removeBuffers(values)
	d := map[string]any{"state": plain, "buffer_paths": paths}
	if method != "" {
		d["method"] = method
	}
	data, err := json.Marshal(d)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the state of a widget: %w", err)
	}
	return data, buffers, nil
}
