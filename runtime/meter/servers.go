package meter

// This file defines the two meters, against the three forms of a server.

import (
	"fmt"
	"io"
	"slices"
	"time"

	"gilkernel/runtime/display"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/plot"
	"gilkernel/runtime/socket"
	"gilkernel/runtime/socketserver"
	"gilkernel/runtime/threading"
)

// An Option is an optional argument of Servers. The zero Option is none.
type Option struct{ set func(*sizes) }

type sizes struct{ long, short int }

// Long is how many long requests are measured alone. The default is 3.
func Long(n int) Option { return Option{func(s *sizes) { s.long = n }} }

// Short is how many short requests are measured. The default is 50.
func Short(n int) Option { return Option{func(s *sizes) { s.short = n }} }

// A Row is what was measured of one form of a server.
type Row struct {
	Server      string
	LongAlone   time.Duration // the median of long requests, one after the other
	LongBeside  time.Duration // the same while another client sends short ones
	ShortAlone  float64       // short requests per second, one after the other
	ShortBeside float64       // the same while another client sends long ones
}

// A Report is what Servers has measured: a row for each form of a server. A notebook shows it as a table.
type Report struct{ Rows []Row }

// Servers measures a server that serves one client after the other, one with a thread for each client, and one with a
// process for each. The handler has one of the forms of package socketserver. It reads a line, "long" or "short", does
// work of that length, and writes a line. Each request is a connection of its own. The error is that of a server that
// can't start, or of a request without an answer; the servers are closed then too.
func Servers(handler any, opts ...Option) (*Report, error) {
	n := sizes{3, 50}
	for _, o := range opts {
		if o.set != nil {
			o.set(&n)
		}
	}
	if n.long < 1 || n.short < 1 {
		return nil, exceptions.Value("meter.Servers: %d long and %d short requests are too few; use at least 1 of each",
			n.long, n.short)
	}
	r := &Report{}
	for _, form := range []struct {
		name string
		make func(string, int, any, ...socketserver.Option) (*socketserver.TCPServer, error)
	}{
		{"one after the other", socketserver.NewTCPServer},
		{"threads", socketserver.NewThreadingTCPServer},
		{"processes", socketserver.NewForkingTCPServer},
	} {
		s, err := form.make("localhost", 0, handler, socketserver.RequestQueueSize(64))
		if err != nil {
			return nil, err
		}
		row, err := measure(s, n)
		if err != nil {
			return nil, fmt.Errorf("the server with %s: %w", form.name, err)
		}
		row.Server = form.name
		r.Rows = append(r.Rows, row)
	}
	return r, nil
}

// measure runs the meters against a server, and closes it.
func measure(s *socketserver.TCPServer, n sizes) (row Row, err error) {
	serving := threading.NewThread(func() { s.ServeForever() }, threading.Name("server"))
	serving.Start()
	defer func() {
		s.Shutdown()
		s.ServerClose()
		serving.Join()
	}()
	port := s.ServerAddress().Port
	all := func(kind string, count int, until *threading.Event) (each []time.Duration, err error) {
		for i := 0; i < count || until != nil && !until.IsSet(); i++ {
			start := now()
			if err := ask(port, kind); err != nil {
				return nil, err
			}
			each = append(each, now()-start)
		}
		return each, nil
	}
	long, err := all("long", n.long, nil)
	if err != nil {
		return row, err
	}
	short, err := all("short", n.short, nil)
	if err != nil {
		return row, err
	}
	row.LongAlone, row.ShortAlone = median(long), rate(short)
	// Both at once: the long client continues until the short ones are done, and has begun before them.
	begun, done := threading.NewEvent(), threading.NewEvent()
	var longErr error
	th := threading.NewThread(func() {
		begun.Set()
		long, longErr = all("long", 1, done)
	}, threading.Name("long client"))
	th.Start()
	begun.Wait()
	short, err = all("short", n.short, nil)
	done.Set()
	th.Join()
	if err == nil {
		err = longErr
	}
	if err != nil {
		return row, err
	}
	row.LongBeside, row.ShortBeside = median(long), rate(short)
	return row, nil
}

// ask sends one request and waits for its answer.
func ask(port int, kind string) error {
	c, err := socket.CreateConnection("localhost", port)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SendAll([]byte(kind + "\n")); err != nil {
		return err
	}
	answer, err := io.ReadAll(c)
	if err == nil && len(answer) == 0 {
		err = exceptions.Runtime("a %s request got no answer: the handler must read a line and write one", kind)
	}
	return err
}

func now() time.Duration { return machine.Now(machine.Current()) }

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

func rate(all []time.Duration) float64 {
	sum := time.Duration(0)
	for _, d := range all {
		sum += d
	}
	if sum <= 0 {
		return 0
	}
	return float64(len(all)) / sum.Seconds()
}

// table returns the rows as words.
func (r *Report) table() [][]string {
	rows := [][]string{{"server", "a long request alone", "beside short ones", "short requests/s alone",
		"beside a long one"}}
	for _, x := range r.Rows {
		rows = append(rows, []string{x.Server, milliseconds(x.LongAlone), milliseconds(x.LongBeside),
			fmt.Sprintf("%.0f", x.ShortAlone), fmt.Sprintf("%.0f", x.ShortBeside)})
	}
	return rows
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }

// MIMEBundle is what a notebook shows: the table.
func (r *Report) MIMEBundle() map[string]any { return display.Table(r.table()) }

// String returns the table as text.
func (r *Report) String() string { return fmt.Sprint(display.Table(r.table())) }

// Figure draws how many short requests each server serves in a second, alone and beside a long one.
func (r *Report) Figure() *plot.Figure {
	var groups []plot.BarGroup
	lost := ""
	for _, x := range r.Rows {
		groups = append(groups, plot.BarGroup{Name: x.Server, Bars: []plot.Bar{{Name: "alone", Value: x.ShortAlone,
			Text: fmt.Sprintf("%.0f/s", x.ShortAlone)},
			{Name: "beside a long one", Value: x.ShortBeside, Text: fmt.Sprintf("%.0f/s", x.ShortBeside)}}})
		if x.ShortBeside > 0 {
			lost += "; " + x.Server + ": " + share(x.ShortAlone/x.ShortBeside)
		}
	}
	return plot.Bars("Short requests beside a long one",
		"What a long request leaves of the rate of short ones"+lost+".", "short requests per second", groups...)
}

// share names the part that is left of what was ratio times as much: "1/110", "all".
func share(ratio float64) string {
	const noise = 1.05
	if ratio < noise {
		return "all"
	}
	return fmt.Sprintf("1/%.3g", ratio)
}
