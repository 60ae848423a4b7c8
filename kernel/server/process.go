package server

// This file defines a kernel as a process of its own: what "gilkernel start" does around Serve.

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"gilkernel/kernel/connection"
	"gilkernel/kernel/worker"
)

// startPercent is GOGC until the first cell was answered: nearly all that is allocated before lives as long as the
// kernel, and the first cell must wait for no collection of it.
const startPercent = 400

// shareCores leaves half of the cores to the interpreter and to the front end, unless the user says with GOMAXPROCS how
// many they want. This process needs more than one only while it starts: then it waits for the others, and Go's
// scheduler looks for work on each core that it may have, for as long as a short cell takes.
func shareCores() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2))
	}
}

// Start is a kernel process: it reads the connection file, or the registration file of JEP 66, at
// path, serves, and returns when the kernel was shut down, was sent SIGTERM, or has lost the process
// that started it, which JPY_PARENT_PID names. SIGINT interrupts the cell that runs. There can be one
// Start in a process, because signals are the process's.
func Start(ctx context.Context, path string, o *Options) error {
	if o == nil {
		o = &Options{}
	}
	percent := debug.SetGCPercent(startPercent)
	info, err := connection.Load(path)
	if err != nil {
		return err
	}
	opts := *o
	opts.started = func() {
		debug.SetGCPercent(percent)
		shareCores()
	}
	if folder := connection.OwnFolder(path); folder != "" {
		opts.left = []string{folder, path} // the folder goes last
		defer func() {
			_ = os.Remove(path) // the client may have been faster
			_ = os.Remove(folder)
		}()
	}
	if opts.Worker != nil {
		own := *opts.Worker
		own.Stack = worker.SmallStacks()
		opts.Worker = &own
	}
	shield()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	opts.interrupts = interrupts
	watch, err := watchParent(os.Getenv("JPY_PARENT_PID"), stop)
	if err != nil {
		opts.logf("watching the parent process: %v", err)
	}
	defer watch()
	return Serve(ctx, *info, &opts)
}
