package magic

// This file defines %%schedule: the person chooses which thread goes next.

import (
	"context"
	"strings"
	"time"

	"gilkernel/kernel/schedule"
)

// A FrontEnd is what the front end of a cell can do.
type FrontEnd struct {
	Widgets bool // it shows widgets
	Asks    bool // it answers questions
}

// The forms of %%schedule.
const (
	formWidget = "widget"
	formText   = "text"
	formPage   = "page"
)

// scheduled is what the words of %%schedule ask for.
type scheduled struct {
	form   string // "" is what the front end can do
	python string // "" is the session's
	goal   schedule.Goal
}

// readSchedule reads the words.
func readSchedule(c call) (o scheduled, err error) {
	list, err := c.options([]string{"python", "goal"}, formWidget, formText, formPage)
	if err != nil {
		return o, err
	}
	for _, w := range list {
		switch value := w.value; w.name {
		case formWidget, formText, formPage:
			if o.form != "" {
				return o, c.usage("it is either " + o.form + " or " + w.name)
			}
			o.form = w.name
		case "python":
			if !isVersion(value) {
				return o, c.usage("python= needs a version such as 3.9 or 3.13t, not " + quote(value))
			}
			o.python = value
		case "goal":
			if o.goal, err = schedule.ParseGoal(value); err != nil {
				return o, c.usage(err.Error())
			}
		}
	}
	if strings.TrimSpace(c.Code) == "" {
		return o, c.usage("there is nothing to schedule")
	}
	return o, nil
}

// Limits of what is recorded for a page, beside a game, and to find the best answer.
const (
	pageNodes   = 800
	pageSteps   = 12000
	pageChoices = 300
	pageTime    = 5 * time.Second
	sideTime    = time.Second
	answerNodes = 20000
	answerTime  = 4 * time.Second
)

// scheduleThreads is %%schedule.
func scheduleThreads(ctx context.Context, c call) error {
	o, err := readSchedule(c)
	if err != nil {
		return err
	}
	front := c.k.FrontEnd()
	switch {
	case o.form == "" && front.Widgets:
		o.form = formWidget
	case o.form == "" && front.Asks:
		o.form = formText
		c.print(noWidgets)
	case o.form == "":
		o.form = formPage
	case o.form == formText && !front.Asks:
		return usagef("this front end answers no questions: %%%%schedule page records what can be chosen")
	}
	p, err := c.k.Scheduled(ctx, c.Code, o.python)
	if err != nil {
		return err
	}
	if o.form == formText {
		return playText(ctx, c, p, o.goal)
	}
	limits := schedule.Limits{Nodes: pageNodes, Steps: pageSteps, Choices: pageChoices, Time: pageTime}
	if o.form == formWidget {
		limits.Time = sideTime
	}
	r, err := schedule.Record(ctx, p, o.goal, limits)
	if err != nil {
		return err
	}
	a, err := bestAnswer(ctx, p, o.goal, r.Best())
	if err != nil {
		return err
	}
	r.SetAnswer(a)
	bundle, err := r.Bundle()
	if err != nil {
		return err
	}
	if o.form == formPage {
		c.k.Display(bundle)
		return nil
	}
	g, err := schedule.New(ctx, p, o.goal)
	if err != nil {
		return err
	}
	g.SetAnswer(r.Best())
	return c.k.ShowSchedule(g, p, bundle)
}

// noWidgets is the text for a front end that shows no widgets.
const noWidgets = "This front end has shown no widget manager, so the questions come as text. In JupyterLab, " +
	"jupyterlab_widgets and anywidget show buttons instead (gilkernel doctor names what is missing).\n"

// playText asks the questions as text.
func playText(ctx context.Context, c call, p schedule.Provider, goal schedule.Goal) error {
	g, err := schedule.New(ctx, p, goal)
	if err != nil {
		return err
	}
	if goal != schedule.NoGoal {
		a, err := bestAnswer(ctx, p, goal, nil)
		if err != nil {
			return err
		}
		g.SetAnswer(a)
	}
	return schedule.Play(ctx, g, terminal{c})
}

// bestAnswer looks for the best answer, of which so far is known already, nil for nothing: among the states that few
// preemptions reach, and as the provider can. It returns nil if there is no goal.
func bestAnswer(ctx context.Context, p schedule.Provider, goal schedule.Goal, so *schedule.Answer) (*schedule.Answer,
	error) {
	if goal == schedule.NoGoal || so != nil && (so.Found || so.Complete) {
		return so, nil
	}
	r, err := schedule.Record(ctx, p, goal, schedule.Limits{Nodes: answerNodes, Time: answerTime, Answer: true})
	if err != nil {
		return nil, err
	}
	best := r.Best()
	s, ok := p.(schedule.Searcher)
	if best.Found || best.Complete || !ok {
		return best, nil
	}
	a, err := s.Answer(ctx, goal)
	if err != nil || a != nil {
		return a, err
	}
	return best, nil
}

// A terminal is the cell's page, as a game sees it.
type terminal struct{ c call }

// Print prints text in the cell's output.
func (t terminal) Print(text string) { t.c.print(text) }

// Ask asks the person who runs the cell.
func (t terminal) Ask(ctx context.Context, prompt string) (string, error) {
	return t.c.k.Ask(ctx, prompt)
}
