package link_test

// This file tests properties of packets and sizes with random values.

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"gilkernel/kernel/link"

	"pgregory.net/rapid"
)

// anEvent draws an event of an interpreter process.
func anEvent() *rapid.Generator[link.Event] {
	text := rapid.String()
	return rapid.Custom(func(t *rapid.T) link.Event {
		ev := link.Event{Cell: rapid.IntRange(0, math.MaxInt32).Draw(t, "cell")}
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			ev.Stream = &link.Stream{Name: rapid.SampledFrom([]string{"stdout", "stderr"}).Draw(t, "name"),
				Text: text.Draw(t, "text")}
		case 1:
			ev.Error = &link.Error{Name: text.Draw(t, "name"), Value: text.Draw(t, "value"),
				Traceback: rapid.SliceOf(text).Draw(t, "traceback")}
		case 2:
			ev.Started = &link.Started{}
		case 3:
			ev.Input = &link.InputRequest{ID: rapid.Int().Draw(t, "id"), Prompt: text.Draw(t, "prompt"),
				Password: rapid.Bool().Draw(t, "password")}
		default:
			ev.Done = &link.Done{Status: "ok", Exit: rapid.Int().Draw(t, "exit"), Printed: text.Draw(t, "printed"),
				Seconds: rapid.Float64Range(0, 1e6).Draw(t, "seconds")}
		}
		return ev
	})
}

// A Reader returns the written packets in order, however the pipe cuts them, and distinguishes a pipe that ends within
// a packet from one that ends between two.
func TestPacketsArriveAsTheyWereSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent := rapid.SliceOf(anEvent()).Draw(t, "events")
		var pipe bytes.Buffer
		w := link.NewWriter(&pipe)
		ends := map[int]bool{0: true}
		for i := range sent {
			if err := w.Write(&sent[i]); err != nil {
				t.Fatal(err)
			}
			ends[pipe.Len()] = true
		}
		n := rapid.IntRange(0, pipe.Len()).Draw(t, "cut")
		var from io.Reader = bytes.NewReader(pipe.Bytes()[:n])
		if rapid.Bool().Draw(t, "bytewise") {
			from = iotest.OneByteReader(from)
		}
		r := link.NewReader(from)
		for i := 0; ; i++ {
			var got link.Event
			err := r.Read(&got)
			if err != nil {
				if want := map[bool]error{true: io.EOF, false: io.ErrUnexpectedEOF}[ends[n]]; !errors.Is(err, want) {
					t.Fatalf("after %d bytes of %d the error is %v, want %v", n, pipe.Len(), err, want)
				}
				break
			}
			if i >= len(sent) || !reflect.DeepEqual(got, sent[i]) {
				t.Fatalf("event %d is %+v", i, got)
			}
		}
	})
}

// ParseSize reads the text of FormatSize as nearly the same size, which FormatSize shows as the same text.
func TestSizesSurviveBeingShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, link.MaxSize/2).Draw(t, "bytes")
		shown := link.FormatSize(n)
		spellings := []string{shown, strings.ToLower(shown), " " + strings.ToUpper(shown) + "\n"}
		again, err := link.ParseSize(rapid.SampledFrom(spellings).Draw(t, "typed"))
		if err != nil {
			t.Fatalf("%d is shown as %q: %v", n, shown, err)
		}
		if off := math.Abs(float64(again-n)) / float64(max(n, 1)); off > 0.001 {
			t.Fatalf("%d is shown as %q, which means %d", n, shown, again)
		}
		if link.FormatSize(again) != shown {
			t.Fatalf("%d is shown as %q, and that as %q", n, shown, link.FormatSize(again))
		}
	})
}

// ParseSize returns a size or an error of one sentence for any text.
func TestAnyTextIsASizeOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9.]{0,6} ?[kKmMgGtT]?[iI]?[bB]?`)).Draw(t, "text")
		n, err := link.ParseSize(text)
		if err == nil && (n < 0 || n >= link.MaxSize) {
			t.Fatalf("%q is %d bytes", text, n)
		}
		if err != nil &&
			(n != 0 || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "write it as")) {
			t.Fatalf("%q: %d, %v", text, n, err)
		}
	})
}
