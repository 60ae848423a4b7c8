package server

// This file defines how a person chooses which thread of a cell goes next: %%schedule.

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"gilkernel/kernel/link"
	"gilkernel/kernel/magic"
	"gilkernel/kernel/schedule"
	"gilkernel/kernel/wire"
	"gilkernel/runtime/steps"
)

// A scheduleHost is magic.Schedules.
type scheduleHost struct{ x *execution }

// FrontEnd returns what the cell's front end can do. VS Code has a widget manager, and loads it with the first widget;
// it starts kernels with its own environment.
func (h scheduleHost) FrontEnd() magic.FrontEnd {
	return magic.FrontEnd{Asks: h.x.mayAsk(),
		Widgets: h.x.s.widgets.shows(h.x.request.Header.Session) || os.Getenv("VSCODE_PID") != ""}
}

// Scheduled returns what runs code under choices.
func (h scheduleHost) Scheduled(_ context.Context, code, python string) (schedule.Provider, error) {
	return &provider{x: h.x, code: code, python: python, typed: h.x.content.Code}, nil
}

// Ask asks the person who runs the cell. The error is io.EOF if there are no more answers.
func (h scheduleHost) Ask(ctx context.Context, prompt string) (string, error) {
	in, err := h.x.askPerson(ctx, prompt)
	switch {
	case h.x.isInterrupted():
		return "", asError(interruptedError(h.x.label))
	case err != nil:
		return "", err
	case in.EOF:
		return "", io.EOF
	case in.Error != "":
		return "", &magic.Error{Name: "EOFError", Message: in.Error}
	}
	return in.Text, nil
}

// ShowSchedule shows a game as a widget. bundle is for front ends that show none.
func (h scheduleHost) ShowSchedule(g *schedule.Game, p schedule.Provider, bundle map[string]any) error {
	own, ok := p.(*provider)
	if !ok {
		return fmt.Errorf("a schedule of another kernel")
	}
	return h.x.s.widgets.show(h.x, g, own, bundle)
}

// askPerson sends an input_request to the front end that sent the cell, and waits for the answer.
func (x *execution) askPerson(ctx context.Context, prompt string) (link.Input, error) {
	s := x.s
	if !x.mayAsk() {
		return link.Input{Error: notAllowed}, nil
	}
	answers := make(chan link.Input, 1)
	header := wire.NewHeader("input_request", s.session, username)
	s.mu.Lock()
	s.asking = &question{id: header.MsgID, to: x.request.Identities, answer: func(in link.Input) { answers <- in }}
	s.mu.Unlock()
	defer s.endQuestion()
	s.flush(x.origin) // the prompt belongs below what was printed before it
	m := &wire.Message{Identities: x.request.Identities, Header: header, ParentHeader: x.origin.parent,
		Content: s.marshal(map[string]any{"prompt": prompt, "password": false})}
	if err := s.sendQuestion(m); err != nil {
		s.opts.logf("sending input_request: %v", err)
		return link.Input{Error: notConnected}, nil
	}
	select {
	case in := <-answers:
		return in, nil
	case <-x.stopped:
		return link.Input{}, context.Canceled
	case <-ctx.Done():
		return link.Input{}, ctx.Err()
	}
}

// A provider is schedule.Provider for a cell. Only the executor may use it.
type provider struct {
	x      *execution // what asks: the cell, later a message of its widget
	code   string
	python string
	typed  string // all of the cell, for source lines
}

// At runs the cell under choices.
func (p *provider) At(ctx context.Context, choices []int) (*steps.View, error) {
	explored, err := exploreHost{p.x}.Explore(ctx, p.code, link.Explore{Mode: link.ExploreChoices, Python: p.python,
		Choices: choices, Quiet: true})
	if err != nil {
		return nil, err
	}
	for _, n := range explored.Notes {
		if n.Fatal {
			return nil, &magic.Error{Name: "NotRepeatable",
				Message: fmt.Sprintf("%s, line %d: %s", n.Label, n.Line, n.Text)}
		}
	}
	if explored.Interrupted || p.x.isInterrupted() {
		return nil, asError(interruptedError(p.x.label))
	}
	if explored.Bad != nil {
		return nil, &magic.Error{Name: "NotRepeatable", Message: "the session or the cell has changed: choice " +
			strconv.Itoa(*explored.Bad+1) + " isn't possible any more; begin again with r"}
	}
	if explored.View == nil {
		return nil, &magic.Error{Name: "NoSteps", Message: "the interpreter shows no steps of this cell"}
	}
	var v steps.View
	if err := json.Unmarshal(explored.View, &v); err != nil {
		return nil, fmt.Errorf("reading the steps of a run: %w", err)
	}
	return &v, nil
}

// searchSeconds is how long the best answer to a goal is searched for.
const searchSeconds = 3

// Answer searches for the best answer to a goal among all schedules of the cell, by what breaks it. It returns nil for
// a lost update, which breaks nothing, and if something else breaks the cell sooner.
func (p *provider) Answer(ctx context.Context, goal schedule.Goal) (*schedule.Answer, error) {
	if goal == schedule.LostUpdate {
		return nil, nil
	}
	explored, err := exploreHost{p.x}.Explore(ctx, p.code, link.Explore{Mode: link.ExploreSearch, Python: p.python,
		Seconds: searchSeconds, Quiet: true})
	if err != nil {
		return nil, err
	}
	for _, o := range explored.Outcomes {
		v := steps.View{Outcome: steps.Outcome{Kind: o.Kind, Text: o.Text}}
		if _, reached := goal.Reached(&v); reached {
			return &schedule.Answer{Found: true, Preemptions: o.Preemptions}, nil
		}
	}
	if explored.Broken >= 0 || explored.Endless > 0 || explored.Interrupted {
		return nil, nil
	}
	return &schedule.Answer{Bound: explored.Bound, Complete: explored.Complete}, nil
}
