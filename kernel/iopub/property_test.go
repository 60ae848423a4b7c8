package iopub_test

// This file defines the property that all of this package is about: what a cell says arrives, in its order, whatever
// the pace.

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"gilkernel/kernel/iopub"

	"pgregory.net/rapid"
)

// A saying is one call of a Publisher.
type saying struct {
	cell string
	kind string // "stdout", "stderr", "display" or "flush"
	text string
	wait time.Duration // before it
}

func sayings() *rapid.Generator[[]saying] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) saying {
		return saying{
			cell: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "cell"),
			kind: rapid.SampledFrom([]string{"stdout", "stdout", "stderr", "display", "flush"}).Draw(t, "kind"),
			text: rapid.StringN(1, 20, 60).Draw(t, "text"),
			wait: time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 4, 6, 4000}).Draw(t, "wait")) * time.Millisecond,
		}
	}), 1, 60)
}

// Texts of one stream may be merged and split; displays keep their places among them.
func TestNothingIsLostOrTurnedAround(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := sayings().Draw(rt, "sayings")
		options := iopub.Options{MergeBytes: rapid.SampledFrom([]int{1, 7, 64 << 10}).Draw(rt, "merge"),
			WindowMessages: rapid.SampledFrom([]int{3, 2800}).Draw(rt, "window")}
		want, got := map[string]string{}, map[string]string{}
		// One string a cell says what came in which order: a stream's name wherever it changes, its text, and the
		// numbers of displays.
		add := func(to map[string]string, last map[string]string, cell, kind, text string) {
			if kind == "display" || last[cell] != kind {
				to[cell] += "|" + kind + ":"
			}
			last[cell] = kind
			to[cell] += text
		}
		inBubble(t, &options, func(p *iopub.Publisher, front *page) {
			last := map[string]string{}
			for i, s := range all {
				time.Sleep(s.wait)
				switch s.kind {
				case "flush":
					_ = p.Flush(context.Background(), parent(s.cell))
				case "display":
					p.Display(parent(s.cell),
						iopub.Bundle{Data: map[string]json.RawMessage{"text/plain": raw(
							strconv.Quote(strconv.Itoa(i)))}})
					add(want, last, s.cell, s.kind, strconv.Itoa(i))
				default:
					p.Stream(parent(s.cell), s.kind, s.text)
					add(want, last, s.cell, s.kind, s.text)
				}
			}
			for _, cell := range []string{"a", "b", "c"} {
				_ = p.Flush(context.Background(), parent(cell))
			}
			last = map[string]string{}
			for _, m := range front.messages() {
				var parent struct {
					MsgID string `json:"msg_id"`
				}
				var content struct {
					Name, Text string
					Data       map[string]string
				}
				if json.Unmarshal(m.ParentHeader, &parent) != nil || json.Unmarshal(m.Content, &content) != nil {
					t.Errorf("%s can't be read: %s", m.Header.MsgType, m.Content)
					continue
				}
				if m.Header.MsgType == "stream" {
					add(got, last, parent.MsgID, content.Name, content.Text)
				} else {
					add(got, last, parent.MsgID, "display", content.Data["text/plain"])
				}
			}
		})
		for cell, w := range want {
			if got[cell] != w {
				rt.Fatalf("cell %s said\n%q\nand what came is\n%q", cell, w, got[cell])
			}
		}
	})
}
