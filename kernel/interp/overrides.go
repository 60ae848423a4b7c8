package interp

// This file defines what replaces functions of the standard library in cells: those that print, read,
// wait or end the process must know which cell calls them.

import (
	"fmt"
	"log"
	"maps"
	"os"
	"reflect"
	"time"

	"gilkernel/runtime/display"
	"gilkernel/runtime/symbols"
)

// table returns the symbols of a package as cells see it, nil when there is no such package.
func (s *session) table(path string) map[string]reflect.Value {
	t := symbols.Load(path)
	if t == nil {
		return nil
	}
	over := s.overrides(path)
	if len(over) == 0 {
		return t
	}
	t = maps.Clone(t)
	for name, f := range over {
		t[name] = reflect.ValueOf(f)
	}
	return t
}

// overrides returns what the session puts in place of a package's own.
func (s *session) overrides(path string) map[string]any {
	out, errs := &stream{s, "stdout"}, &stream{s, "stderr"}
	switch path {
	case "fmt":
		return map[string]any{
			"Print":   func(a ...any) (int, error) { return fmt.Fprint(out, a...) },
			"Printf":  func(f string, a ...any) (int, error) { return fmt.Fprintf(out, f, a...) },
			"Println": func(a ...any) (int, error) { return fmt.Fprintln(out, a...) },
			"Scan":    func(a ...any) (int, error) { return fmt.Fscan(s.stdin, a...) },
			"Scanf":   func(f string, a ...any) (int, error) { return fmt.Fscanf(s.stdin, f, a...) },
			"Scanln":  func(a ...any) (int, error) { return fmt.Fscanln(s.stdin, a...) },
		}
	case "log":
		logger := log.Default()
		logger.SetOutput(errs)
		fatal := func(by, text string) {
			_ = logger.Output(3, text) // the stream never fails
			s.exiting(by, 1)
		}
		return map[string]any{
			"Fatal":   func(v ...any) { fatal("log.Fatal", fmt.Sprint(v...)) },
			"Fatalf":  func(f string, v ...any) { fatal("log.Fatalf", fmt.Sprintf(f, v...)) },
			"Fatalln": func(v ...any) { fatal("log.Fatalln", fmt.Sprintln(v...)) },
		}
	case "log/slog":
		log.Default().SetOutput(errs) // slog's default handler writes through package log
		return nil
	case "os":
		return map[string]any{"Exit": func(code int) { s.exiting("os.Exit", code) }}
	case "syscall":
		return map[string]any{"Exit": func(code int) { s.exiting("syscall.Exit", code) }}
	case "time":
		return map[string]any{"Sleep": s.sleep}
	case "gilkernel/runtime/display":
		d := s.display().display()
		return map[string]any{
			"Show": d.Show, "Update": d.Update, "Clear": d.Clear, "NewProgress": d.NewProgress, "Input": d.Input, "Password": d.Password,
			"ShowID": d.ShowID,
		}
	}
	return nil
}

// sleep is time.Sleep that an interrupt ends.
func (s *session) sleep(d time.Duration) {
	t := s.threads.current()
	if t == nil || d <= 0 {
		time.Sleep(d)
		return
	}
	if t.cell.dying.Load() {
		s.tick(t)
		return // unwinding: a deferred function has no time to sleep
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.cell.done:
		s.tick(t)
	}
}

// exit ends the process. It is os.Exit, named so that the one place where a cell ends the process is
// easy to find.
func exit(code int) { os.Exit(code) }

var _ display.Sink = (*sink)(nil)
