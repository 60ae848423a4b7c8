package iopub_test

// This file defines the tests of the flood limit.

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gilkernel/kernel/iopub"
)

const line = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456\n\n\n"

func TestFloodLimit(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		for range 10_000 { // 100 MB
			p.Stream(a, "stdout", strings.Repeat(line, 100))
		}
		p.Error(a, "panic", "at the end", nil)
		p.Flush(context.Background(), a)
		checkPace(t, front.messages())
		got := len(front.text(a, "stdout"))
		if got != iopub.DefaultOutputLimit/len(line)*len(line) {
			t.Errorf("%d bytes came", got)
		}
		want := "\n… 89,448,800 bytes of output were dropped: a cell's limit is 10 MiB (GILKERNEL_OUTPUT_LIMIT or " +
			"%limit output changes it)\n"
		if got := front.text(a, "stderr"); got != want {
			t.Errorf("stderr is %q, want %q", got, want)
		}
		all := front.messages()
		if e := all[len(all)-2]; e.Header.MsgType != "error" {
			t.Errorf("before the line comes %v", e)
		}
	})
}

func TestNothingIsLostBelowTheLimit(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		text := strings.Repeat(line, iopub.DefaultOutputLimit/len(line))
		p.Stream(a, "stdout", text)
		p.Flush(context.Background(), a)
		if front.text(a, "stdout") != text || front.text(a, "stderr") != "" {
			t.Errorf("%d of %d bytes, stderr %q", len(front.text(a, "stdout")), len(text), front.text(a, "stderr"))
		}
	})
}

// A goroutine that outlives its cell has what is left of the cell's limit; what it drops is told now
// and then, ever more seldom.
func TestFloodAfterTheEnd(t *testing.T) {
	inBubble(t, &iopub.Options{OutputLimit: 1000}, func(p *iopub.Publisher, front *page) {
		a, b := parent("a"), parent("b")
		p.Stream(a, "stdout", strings.Repeat(line, 6))
		p.Flush(context.Background(), a)
		p.Status(a, "idle")
		for range 1000 {
			p.Stream(a, "stdout", line)
			p.Status(b, "idle")
			time.Sleep(time.Second)
		}
		time.Sleep(time.Hour)
		if got := len(front.text(a, "stdout")); got != 1000 {
			t.Errorf("%d bytes came", got)
		}
		told := strings.Count(front.text(a, "stderr"), "were dropped")
		if told < 3 || told > 12 {
			t.Errorf("the drop was told %d times", told)
		}
		if !strings.HasSuffix(front.text(a, "stderr"), "… 99,600 bytes of output were dropped: a cell's limit is "+
			"1000 bytes (GILKERNEL_OUTPUT_LIMIT or %limit output changes it)\n") {
			t.Errorf("stderr is %q", front.text(a, "stderr"))
		}
	})
}

func TestSetOutputLimit(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		p.SetOutputLimit(2 << 10)
		for range 100 {
			p.Stream(a, "stdout", line)
		}
		p.Flush(context.Background(), a)
		p.SetOutputLimit(4 << 10)
		for range 100 {
			p.Stream(a, "stdout", line)
		}
		p.Flush(context.Background(), a)
		if got := len(front.text(a, "stdout")); got != 4096 {
			t.Errorf("%d bytes came", got)
		}
		if got := front.text(a,
			"stderr"); !strings.Contains(got, "7,952 bytes of output were dropped: a cell's limit is 2 KiB") ||
			!strings.Contains(got, "15,904 bytes of output were dropped: a cell's limit is 4 KiB") {
			t.Errorf("stderr is %q", got)
		}
	})
}

// What is cut is cut at the end of a line if there is one.
func TestCutAtALine(t *testing.T) {
	inBubble(t, &iopub.Options{OutputLimit: 10}, func(p *iopub.Publisher, front *page) {
		for _, row := range []struct{ id, text, want string }{
			{"a", "123456\n7890123", "123456\n"},
			{"b", "世世世世世", "世世世"},
		} {
			p.Stream(parent(row.id), "stdout", row.text)
			p.Flush(context.Background(), parent(row.id))
			if got := front.text(parent(row.id), "stdout"); got != row.want {
				t.Errorf("%q was cut to %q, want %q", row.text, got, row.want)
			}
		}
	})
}

func TestPicturesAndTheLimit(t *testing.T) {
	inBubble(t, &iopub.Options{OutputLimit: 1000}, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		picture :=
			iopub.Bundle{Data: map[string]json.RawMessage{"image/png": raw(`"` + strings.Repeat("A", 5000) + `"`)}}
		p.Display(a, picture) // larger than the limit, but the first
		p.Display(a, picture)
		for range 100 {
			p.Clear(a, true) // gives the limit back
			p.Display(a, picture)
		}
		p.Flush(context.Background(), a)
		n := 0
		for _, m := range front.messages() {
			if m.Header.MsgType == "display_data" {
				n++
			}
		}
		if n != 101 {
			t.Errorf("%d pictures came", n)
		}
		if got := strings.Count(front.text(a, "stderr"), "dropped"); got != 1 {
			t.Errorf("stderr is %q", front.text(a, "stderr"))
		}
	})
}

// A cell that clears its output in a tight loop neither fills the memory nor the wire.
func TestClearErasesWhatWaits(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		for range 100_000 {
			p.Clear(a, false)
			p.Stream(a, "stdout", line)
		}
		p.Stream(a, "stdout", "last\n")
		p.Flush(context.Background(), a)
		all := front.messages()
		if len(all) > 10_000 {
			t.Errorf("%d messages came", len(all))
		}
		if !strings.HasSuffix(front.text(a, "stdout"), "last\n") {
			t.Error("the last text is missing")
		}
	})
}

func TestDiscard(t *testing.T) {
	inBubble(t, nil, func(p *iopub.Publisher, front *page) {
		a := parent("a")
		p.Discard(a, "nothing is there")
		p.Stream(a, "stdout", "x")
		p.Stream(a, "stdout", "y")
		p.Discard(a, "it would be sent at once")
		if got := front.text(a, "stdout"); got != "xy" || front.text(a, "stderr") != "" {
			t.Errorf("stdout %q, stderr %q", got, front.text(a, "stderr"))
		}
		n := 2
		for range 80_000 {
			p.Stream(a, "stdout", line)
			n += len(line)
		}
		p.Discard(a, "the cell was interrupted")
		p.Status(a, "idle")
		time.Sleep(4 * time.Second)
		got := len(front.text(a, "stdout"))
		want := "\n… " + thousands(n-got) + " bytes of output were not sent: the cell was interrupted\n"
		if front.text(a, "stderr") != want {
			t.Errorf("stderr is %q, want %q", front.text(a, "stderr"), want)
		}
		all := front.messages()
		if m := all[len(all)-1]; m.Header.MsgType != "status" {
			t.Errorf("the last message is %v", m)
		}
		checkPace(t, all)
	})
}

func thousands(n int) string {
	s := ""
	for ; n >= 1000; n /= 1000 {
		s = "," + string([]byte{'0' + byte(n/100%10), '0' + byte(n/10%10), '0' + byte(n%10)}) + s
	}
	b, _ := json.Marshal(n)
	return string(b) + s
}

// The memory for limits doesn't grow with the number of cells.
func TestForgottenCellsStartAnew(t *testing.T) {
	inBubble(t, &iopub.Options{OutputLimit: 10, WindowMessages: 1 << 30}, func(p *iopub.Publisher, front *page) {
		old := parent("old")
		p.Stream(old, "stdout", "1234567890")
		p.Stream(old, "stdout", "dropped")
		p.Flush(context.Background(), old)
		for i := range 3000 {
			a := parent(string(rune('一' + i)))
			p.Stream(a, "stdout", "x")
			p.Flush(context.Background(), a)
		}
		p.Stream(old, "stdout", "y")
		p.Flush(context.Background(), old)
		if got := front.text(old, "stdout"); got != "1234567890y" {
			t.Errorf("the old cell has %q", got)
		}
	})
}

// Without a limit a cell is slowed down to the front ends' pace, so that what waits stays small; an
// interrupt, the end of the Publisher and the end of the kernel wake the waiters.
func TestRoom(t *testing.T) {
	const waiting = 1 << 20
	ends := map[string]func(*iopub.Publisher, json.RawMessage, context.CancelFunc){
		"interrupt": func(p *iopub.Publisher, a json.RawMessage, _ context.CancelFunc) { p.Discard(a, "interrupted") },
		"clear":     func(p *iopub.Publisher, a json.RawMessage, _ context.CancelFunc) { p.Clear(a, false) },
		"close":     func(p *iopub.Publisher, _ json.RawMessage, _ context.CancelFunc) { p.Close() },
		"context":   func(_ *iopub.Publisher, _ json.RawMessage, stop context.CancelFunc) { stop() },
		"time":      func(*iopub.Publisher, json.RawMessage, context.CancelFunc) { time.Sleep(10 * time.Second) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			inBubble(t, &iopub.Options{OutputLimit: 1 << 62, Waiting: waiting}, func(p *iopub.Publisher, front *page) {
				ctx, stop := context.WithCancel(context.Background())
				defer stop()
				a, piece, printed := parent("a"), strings.Repeat(line, 100), 0
				flood := func(pieces int) (woken chan struct{}) {
					woken = make(chan struct{})
					go func() { // ends when there was room for all pieces
						defer close(woken)
						for range pieces {
							p.Room(ctx)
							p.Stream(a, "stdout", piece)
							printed += len(piece)
						}
					}()
					synctest.Wait()
					return woken
				}
				woken := flood((4<<20)/len(piece) + 1)
				select {
				case <-woken:
					t.Fatal("nothing slowed the cell down")
				default:
				}
				sent := len(front.text(a, "stdout"))
				if held := printed - sent; held < waiting || held > waiting+len(piece) {
					t.Errorf("%d bytes wait, want %d", held, waiting)
				}
				end(p, a, stop)
				if name == "interrupt" || name == "clear" {
					synctest.Wait()
					time.Sleep(10 * time.Second)
				}
				<-woken
			})
		})
	}
}
