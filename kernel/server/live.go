package server

// This file defines schedules as widgets: what a page sends is done between cells, and its answer is a state.

import (
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"gilkernel/kernel/link"
	"gilkernel/kernel/schedule"
	"gilkernel/kernel/widget"
	"gilkernel/kernel/wire"
)

// A live schedule is one that a page shows.
type live struct {
	s       *Server
	model   *widget.Model
	label   string
	waiting atomic.Int32 // actions that wait for the executor

	// the executor's
	game     *schedule.Game
	provider *provider
}

// An action is what a page asks of a schedule.
type action struct {
	Action string `json:"action"` // "choose", "undo", "reset"
	Thread int    `json:"thread"` // index
	by
}

// by names an action: the page it comes from, and which of that page's it is.
type by struct {
	Page string `json:"page"`
	ID   int    `json:"id"`
}

// A liveState is a state, and which action it answers.
type liveState struct {
	schedule.State
	By *by `json:"by,omitempty"` // nil for the first
}

// maxActions bounds the waiting actions of one schedule, so that a key held down doesn't fill the queue.
const maxActions = 200

// maxLive bounds the schedules that pages show; beyond it the oldest is closed.
const maxLive = 64

// show shows a game as a widget in the output of x.
func (w *widgets) show(x *execution, g *schedule.Game, p *provider, bundle map[string]any) error {
	l := &live{s: w.s, label: x.label, game: g, provider: p}
	id := wire.NewSession()
	state := widget.AnyWidget("gilkernel-schedule", schedule.Module())
	state["state"] = liveState{State: g.State()}
	model, err := w.models.New(x.origin.parent, id, &widget.Options{State: state, Custom: l.custom, Closed: w.drop})
	if err != nil {
		return err
	}
	l.model = model
	w.keep(x.origin.parent, model)
	data := map[string]any{widget.ViewType: model.View()}
	for mime, v := range bundle {
		data[mime] = v
	}
	pageHost{x}.Display(data)
	return nil
}

// keep remembers a model, and closes the oldest if there are too many.
func (w *widgets) keep(parent json.RawMessage, m *widget.Model) {
	w.mu.Lock()
	w.live = append(w.live, m)
	var old *widget.Model
	if len(w.live) > maxLive {
		old = w.live[0]
		w.live = append(w.live[:0:0], w.live[1:]...)
	}
	w.mu.Unlock()
	if old != nil {
		old.Close(parent)
	}
}

// drop forgets a model that a front end has closed.
func (w *widgets) drop(m *widget.Model) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, other := range w.live {
		if other == m {
			w.live = append(w.live[:i:i], w.live[i+1:]...)
			return
		}
	}
}

// custom receives an action from a page. The executor does it when it is idle: a running cell comes first.
func (l *live) custom(_ *widget.Model, m widget.Message) {
	var a action
	if err := json.Unmarshal(m.Data, &a); err != nil {
		l.s.opts.logf("schedule: a malformed action: %v", err)
		return
	}
	if l.waiting.Add(1) > maxActions {
		l.waiting.Add(-1)
		return
	}
	r := &request{Message: &wire.Message{RawHeader: m.Parent}, from: l.s.shell, received: time.Now(),
		typ: &messageType{queued: true, handle: func(s *Server, r *request) (any, error) {
			l.waiting.Add(-1)
			l.do(r, a)
			return nil, nil
		}}}
	_ = json.Unmarshal(m.Parent, &r.Header) // of a message that was read already
	l.s.queue.push(r)
}

// do performs an action, as an execution of its own, which an interrupt ends.
func (l *live) do(r *request, a action) {
	s := l.s
	x := &execution{s: s, request: r, started: time.Now(), label: l.label, stopped: make(chan struct{}),
		content: executeContent{Code: l.provider.typed, Silent: true}}
	x.origin = &origin{parent: r.RawHeader, label: l.label, silent: true}
	s.mu.Lock()
	aborted := s.queue.begin(r)
	if !aborted {
		s.current = x
	}
	s.mu.Unlock()
	if aborted {
		l.game.Fail("Interrupted, or the cell before failed: nothing was done.")
		l.publish(r.RawHeader, a.by)
		return
	}
	l.provider.x = x
	var err error
	switch a.Action {
	case "choose":
		err = l.game.Choose(x.until(), a.Thread)
	case "undo":
		err = l.game.Undo(x.until())
	case "reset":
		err = l.game.Reset(x.until())
	default:
		s.opts.logf("schedule: there is no action %q", a.Action)
		return
	}
	var no *schedule.Refusal
	if err != nil && !errors.As(err, &no) {
		l.game.Fail(failure(err))
	}
	l.publish(r.RawHeader, a.by)
}

// failure is the message about an error that a page receives.
func failure(err error) string {
	if e, ok := errors.AsType[stepError](err); ok {
		return describe(e.failed)
	}
	return err.Error()
}

func describe(e *link.Error) string { return e.Name + ": " + e.Value }

// publish sends the state to the pages.
func (l *live) publish(parent json.RawMessage, answers by) {
	if err := l.model.Set(parent, map[string]any{"state": liveState{l.game.State(), &answers}}); err != nil {
		l.s.opts.logf("schedule: %v", err)
	}
}
