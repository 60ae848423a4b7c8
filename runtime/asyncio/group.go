package asyncio

// This file defines groups of tasks: Lib/asyncio/taskgroups.py.

import (
	"errors"
	"fmt"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
)

// A TaskGroup is asyncio.TaskGroup: tasks that end together. NewTaskGroup makes one; With runs it. Python has it since
// 3.11; here all versions do.
type TaskGroup struct {
	state    groupState
	parent   *Task
	asked    bool // it has cancelled its parent
	aborting bool
	tasks    []*Task // not done
	errs     []error
	fatal    error
	ring     *Future // settled when the last task is done
}

type groupState uint8

const (
	groupNew groupState = iota
	groupEntered
	groupExiting
)

// NewTaskGroup returns a group without tasks.
func NewTaskGroup() *TaskGroup { return &TaskGroup{} }

// With calls fn and waits until all tasks that CreateTask made are done: "async with TaskGroup() as tg". When one of
// them fails, or fn panics, the others and fn are cancelled. It returns nil if nothing failed, and otherwise an
// *exceptions.ExceptionGroup, "unhandled errors in a TaskGroup (2 sub-exceptions)", with what failed; a cancelled task
// isn't a failure. If the calling task is cancelled from elsewhere, so are all tasks, and the CancelledError continues.
// It panics with a RuntimeError if it is called twice.
func (g *TaskGroup) With(fn func(tg *TaskGroup)) error {
	k := waiting("TaskGroup.With")
	if g.state != groupNew {
		panic(exceptions.Runtime("TaskGroup %s has already been entered", g))
	}
	g.state, g.parent = groupEntered, k
	return g.exit(g.call(fn))
}

// groupOutcome is how fn ended.
type groupOutcome struct {
	value     any // what it panicked with, nil if it returned
	err       error
	cancelled bool
	fatal     bool
}

// call calls fn and returns its outcome.
func (g *TaskGroup) call(fn func(tg *TaskGroup)) (o groupOutcome) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		o.value = v
		var fatal any
		fatal, o.err = failureOf(v)
		_, quit := o.err.(gone)
		o.fatal = fatal != nil || quit
		o.cancelled = isCancelled(o.err)
	}()
	fn(g)
	return o
}

// exit is __aexit__.
func (g *TaskGroup) exit(o groupOutcome) error {
	g.state = groupExiting
	k := g.parent
	if o.fatal && g.parent.l.over {
		panic(o.value) // the loop ends
	}
	propagate := o.cancelled
	if g.asked && k.Uncancel() == 0 {
		propagate = false
	}
	if o.value != nil && !g.aborting {
		g.abort()
	}
	for len(g.tasks) > 0 {
		g.ring = k.l.newFuture(groupOf{g}, "")
		if err := g.await(); err != nil && !g.aborting {
			propagate = true
			g.abort()
		}
		g.ring = nil
	}
	if o.fatal {
		panic(o.value)
	}
	if g.fatal != nil {
		panic(g.fatal)
	}
	if propagate && len(g.errs) == 0 {
		panic(&CancelledError{})
	}
	if o.value != nil && !o.cancelled {
		g.errs = append(g.errs, o.err)
	}
	if len(g.errs) == 0 {
		return nil
	}
	if k.Cancelling() > 0 && gil.Of(k.l.t).Minor() >= 313 { // a cancellation from elsewhere comes at the next wait
		k.Uncancel()
		k.Cancel()
	}
	return &exceptions.ExceptionGroup{Message: "unhandled errors in a TaskGroup", Exceptions: g.errs}
}

// await waits for the last task, and returns the cancellation that ends the wait.
func (g *TaskGroup) await() (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		e, _ := v.(error)
		var quit gone
		if !isCancelled(e) || errors.As(e, &quit) {
			panic(v)
		}
		err = e
	}()
	g.parent.await(g.ring)
	return nil
}

// groupOf names what a group waits for.
type groupOf struct{ g *TaskGroup }

// Name lists the tasks that aren't done.
func (o groupOf) Name() string {
	all := make(gathering, len(o.g.tasks))
	for i, k := range o.g.tasks {
		all[i] = k.Future
	}
	return all.Name() + " of a TaskGroup"
}

func (g *TaskGroup) abort() {
	g.aborting = true
	for _, k := range g.tasks {
		if !k.Done() {
			k.Cancel()
		}
	}
}

// CreateTask is the function CreateTask for a task of the group: tg.create_task(f(1)). It panics with a RuntimeError
// before With ("has not been entered"), after it ("is finished") and when one of the tasks has failed ("is shutting
// down").
func (g *TaskGroup) CreateTask(fn any, args ...any) *Task {
	switch {
	case g.state == groupNew:
		panic(exceptions.Runtime("TaskGroup %s has not been entered", g))
	case g.state == groupExiting && len(g.tasks) == 0:
		panic(exceptions.Runtime("TaskGroup %s is finished", g))
	case g.aborting:
		panic(exceptions.Runtime("TaskGroup %s is shutting down", g))
	}
	k := CreateTask(fn, args...)
	g.tasks = append(g.tasks, k)
	k.AddDoneCallback(func(*Future) { g.ended(k) })
	return k
}

// ended is _on_task_done.
func (g *TaskGroup) ended(k *Task) {
	for i, t := range g.tasks {
		if t == k {
			g.tasks = append(g.tasks[:i:i], g.tasks[i+1:]...)
			break
		}
	}
	if g.ring != nil && len(g.tasks) == 0 {
		g.ring.settle()
	}
	if k.Cancelled() || k.err == nil {
		return
	}
	err := k.Exception()
	g.errs = append(g.errs, err)
	if !exceptions.Is(err, "Exception") && g.fatal == nil {
		g.fatal = err
	}
	if g.parent.Done() {
		report("Task exception was never retrieved", "future", k)
		return
	}
	if !g.aborting && !g.asked {
		g.abort()
		g.asked = true
		g.parent.Cancel()
	}
}

// String returns what Python's repr shows: "<TaskGroup entered tasks=2>".
func (g *TaskGroup) String() string {
	text := "<TaskGroup"
	if len(g.tasks) > 0 {
		text += fmt.Sprintf(" tasks=%d", len(g.tasks))
	}
	if len(g.errs) > 0 {
		text += fmt.Sprintf(" errors=%d", len(g.errs))
	}
	switch {
	case g.aborting:
		text += " cancelling"
	case g.state != groupNew:
		text += " entered"
	}
	return text + ">"
}

// GoString is String, so that %#v shows the same.
func (g *TaskGroup) GoString() string { return g.String() }
