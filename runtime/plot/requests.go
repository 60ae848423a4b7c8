package plot

// This file defines the pictures of servers: when each request waited and was served.

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gilkernel/runtime/display"
	"gilkernel/runtime/timeline"
)

const (
	maxRequests = 30 // that are drawn
	requestStep = 20
)

// A requestPart is a part of a request's time, with its letter in the text.
type requestPart struct {
	letter byte
	words  string
	look   look
}

func requestParts() [3]requestPart {
	return [...]requestPart{
		{'w', "waits for the server", look{"#e69f00", "#000000", 8, striped}},
		{'S', "is served", look{"#0072b2", "#ffffff", 14, plain}},
		{'a', "the answer is on its way", look{"#56b4e9", "#000000", 5, plain}},
	}
}

// Requests draws a bar for each request that clients sent to servers: how long it waited until the server read it, how
// long it was served, and how long its answer took. Requests are in the order in which they were served. It draws 30 of
// them, and counts the others. A nil timeline is one in which nothing happened.
func Requests(tl *timeline.Timeline) *Figure {
	const title = "When each request was served"
	if tl == nil {
		tl = &timeline.Timeline{}
	}
	all := tl.Requests()
	if len(all) == 0 {
		return notice(title, "No request went through a socket.")
	}
	from, to := int64(math.MaxInt64), int64(0)
	for _, r := range all {
		from, to = min(from, r.Start()), max(to, r.Start(), r.Begun, r.Answered, r.Received)
	}
	to = max(to, from+1)
	ns, name := unit(to - from)
	shown, parts := sample(all, maxRequests), requestParts()
	f := &Figure{Caption: requestSentence(all)}
	s := &f.scene
	*s = scene{title: title, right: 88, to: float64(to-from) / ns, axis: "time (" + name + ")", zoom: true}
	for _, r := range shown {
		s.left = max(s.left, measure(requestName(tl, r), "regular")+14)
	}
	s.left = min(s.left, 220)
	s.area = page - s.left - s.right
	s.say(f.Caption)
	var b strings.Builder
	b.WriteString(title + "\n" + folded(f.Caption) + "\n")
	fmt.Fprintf(&b, "%s %s %10s %10s\n", pad("", textLeft), pad("0 to "+timeline.Nanoseconds(to-from), columns),
		"waited", "in all")
	s.bold(s.area+80, 6, true, "right", "in all")
	y := 18.0
	at := func(t int64) float64 { return float64(t-from) / ns }
	for _, r := range shown {
		mid := y + requestStep/2
		s.label(-8, mid, true, "right", fit(requestName(tl, r), s.left-10, "regular"))
		row := slices.Repeat([]byte{' '}, columns)
		for i, part := range requestPieces(r) {
			if part[1] <= part[0] {
				continue
			}
			l := parts[i]
			s.boxes = append(s.boxes, box{x0: at(part[0]), x1: at(part[1]), y0: mid - l.look.height/2,
				y1:   mid + l.look.height/2,
				fill: l.look.fill, texture: l.look.texture, tip: fmt.Sprintf("request %d of %s %s for %s", r.Number,
					threadName(tl, r.ClientThread, r.Client), l.words, timeline.Nanoseconds(part[1]-part[0]))})
			for c := range row {
				lo, hi := from+(to-from)*int64(c)/columns, from+(to-from)*int64(c+1)/columns
				if part[0] < hi && part[1] > lo && (row[c] == ' ' || i == 1) {
					row[c] = l.letter
				}
			}
		}
		took := "no answer"
		if d := r.Latency(); d > 0 {
			took = timeline.Nanoseconds(d)
		}
		s.label(s.area+80, mid, true, "right", took)
		fmt.Fprintf(&b, "%s %s %10s %10s\n", pad(short(requestName(tl, r), textLeft), textLeft),
			pad(string(row), columns), timeline.Nanoseconds(r.Waited()), took)
		y += requestStep
	}
	if more := len(all) - len(shown); more > 0 {
		words := fmt.Sprintf("%s of %d are drawn, evenly chosen.", plural(len(shown), "request"), len(all))
		s.label(-s.left, y+9, true, "left", words)
		b.WriteString(words + "\n")
		y += 22
	}
	s.rows = y
	k := &key{s: s, y: s.rows + axisRoom + 12}
	b.WriteByte('\n')
	var words []string
	for _, l := range parts {
		x, ky := k.entry(16, l.words)
		s.boxes = append(s.boxes, box{x0: x - 8, x1: x + 8, y0: ky - l.look.height/2, y1: ky + l.look.height/2,
			px: true, fill: l.look.fill, texture: l.look.texture, tip: l.words})
		words = append(words, string(l.letter)+" "+l.words)
	}
	s.below = k.y - s.rows - axisRoom + 14
	b.WriteString(folded(strings.Join(words, "; ")))
	f.text = b.String()
	return f
}

// requestPieces returns when a request waited, when it was served, and when its answer travelled.
func requestPieces(r timeline.Request) [3][2]int64 {
	begun, answered := r.Begun, r.Answered
	if begun == 0 {
		begun = r.Start()
	}
	if answered == 0 {
		answered = begun
	}
	return [3][2]int64{{r.Start(), begun}, {begun, answered}, {answered, r.End()}}
}

// sample returns most of all, evenly chosen, the first and the last among them.
func sample[T any](all []T, most int) []T {
	if len(all) <= most {
		return all
	}
	out := make([]T, most)
	for i := range out {
		out[i] = all[i*(len(all)-1)/(most-1)]
	}
	return out
}

func requestName(tl *timeline.Timeline, r timeline.Request) string {
	return strconv.Itoa(r.Number) + " " + threadName(tl, r.ClientThread, r.Client)
}

// threadName is the name of a lane, with its process if that isn't the first one, or an address if it is none.
func threadName(tl *timeline.Timeline, lane int32, address string) string {
	t := tl.Thread(lane)
	switch {
	case t.Name == "":
		return address
	case len(tl.Threads) > 0 && (t.Process != tl.Threads[0].Process || t.PID != tl.Threads[0].PID) && t.Process != "":
		return t.Name + " of " + t.Process
	}
	return t.Name
}

// latencies returns the sorted latencies of those with answers.
func latencies(all []timeline.Request) (out []int64) {
	for _, r := range all {
		if d := r.Latency(); d > 0 {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

// percentile returns the value than which a part of all aren't larger.
func percentile(sorted []int64, q float64) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, max(0, int(math.Ceil(q*float64(len(sorted))))-1))]
}

// atOnce returns how many requests were served at the same time at most.
func atOnce(all []timeline.Request) (most int) {
	type edge struct {
		at int64
		by int
	}
	var edges []edge
	for _, r := range all {
		if r.Served() > 0 {
			edges = append(edges, edge{r.Begun, 1}, edge{r.Answered, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if a.at != b.at {
			return int(min(1, max(-1, a.at-b.at)))
		}
		return a.by - b.by
	})
	n := 0
	for _, e := range edges {
		n += e.by
		most = max(most, n)
	}
	return most
}

func requestSentence(all []timeline.Request) string {
	took := latencies(all)
	if len(took) == 0 {
		return counted(len(all), "request") + " had no answer."
	}
	var waited, served int64
	for _, r := range all {
		waited += r.Waited()
		served += r.Served()
	}
	how := "one after the other"
	if n := atOnce(all); n > 1 {
		how = fmt.Sprintf("up to %d at the same time", n)
	}
	s := fmt.Sprintf("%s, served %s: half took %s or less, the longest %s", counted(len(all), "request"), how,
		timeline.Nanoseconds(percentile(took, 0.5)), timeline.Nanoseconds(took[len(took)-1]))
	if sum := waited + served; sum > 0 {
		s += fmt.Sprintf(", of which %s was waiting for the server", share(waited, sum))
	}
	if n := len(all) - len(took); n > 0 {
		s += fmt.Sprintf("; %d had no answer", n)
	}
	return s + "."
}

// RequestTable returns a table of how long requests took, by server, and of the order in which the first of them were
// served. A nil timeline is one in which nothing happened.
func RequestTable(tl *timeline.Timeline) display.MIME {
	if tl == nil {
		tl = &timeline.Timeline{}
	}
	type row struct{ Server, Requests, P50, P99, Longest, Waited, Order string }
	all := tl.Requests()
	var servers []string
	by := map[string][]timeline.Request{}
	for _, r := range all {
		if by[r.Server] == nil {
			servers = append(servers, r.Server)
		}
		by[r.Server] = append(by[r.Server], r)
	}
	var rows []row
	for _, name := range servers {
		rs := by[name]
		took := latencies(rs)
		var waited []int64
		var order []string
		for i, r := range rs {
			waited = append(waited, r.Waited())
			if i < 12 {
				order = append(order, threadName(tl, r.ClientThread, r.Client))
			}
		}
		slices.Sort(waited)
		if n := len(rs) - 12; n > 0 {
			order = append(order, fmt.Sprintf("… and %d more", n))
		}
		n := strconv.Itoa(len(rs))
		if lost := len(rs) - len(took); lost > 0 {
			n += fmt.Sprintf(" (%d without an answer)", lost)
		}
		rows = append(rows, row{name, n, timeline.Nanoseconds(percentile(took, 0.5)),
			timeline.Nanoseconds(percentile(took, 0.99)),
			timeline.Nanoseconds(percentile(took, 1)), timeline.Nanoseconds(percentile(waited, 0.5)),
			strings.Join(order, ", ")})
	}
	if len(rows) == 0 {
		return display.Table([][]string{{"No request went through a socket."}})
	}
	return display.Table(rows)
}
