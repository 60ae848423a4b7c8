package worker

// This file parses the goroutine that died in a crash report.

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

const maxFrames = 12

// A goroutine is the goroutine that died.
type goroutine struct {
	name  string // "goroutine 7"
	state string // "running"
	// From the profiler labels that interpreters set, which GODEBUG=tracebacklabels=1 shows: the run
	// that the goroutine belongs to, and where it was started, "" for the cell's own.
	cell  int
	site  string
	lines []string // the lines of its stack
}

// headline matches the parts of "goroutine 7 gp=0x… m=2 [running, locked to thread labels:{"cell": "3"}]:" as Go 1.26
// writes it, and of "goroutine 7 gp=0x… m=2 [running, locked to thread] {cell: 3}:" as Go 1.27 does.
var headline = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(goroutine \d+)[^\[]*\[([^\]]*?)(?: labels:\{(.*)\}\]|\](?: \{(.*)\})?):$`)
})

// labelPair matches a label of a headline. Go 1.27 quotes only text that needs it.
var labelPair = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`("(?:[^"\\]|\\.)*"|[\w./]*): ("(?:[^"\\]|\\.)*"|[\w./]*)`)
})

// unquoted returns the text of a key or value.
func unquoted(s string) string {
	if t, err := strconv.Unquote(s); err == nil {
		return t
	}
	return s
}

// dying returns the goroutine that caused a crash: the first of the report, because the runtime begins with the running
// one. It returns the zero goroutine if there is none.
func dying(report string) (g goroutine) {
	for line := range strings.Lines(report) {
		line = strings.TrimSuffix(line, "\n")
		if g.name != "" {
			if line == "" {
				break
			}
			g.lines = append(g.lines, line)
			continue
		}
		m := headline().FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[1] == "goroutine 0" {
			// Not a goroutine but the runtime's own stack, which comes with a dump of memory.
			return goroutine{}
		}
		g.name, g.state = m[1], m[2]
		for _, pair := range labelPair().FindAllStringSubmatch(m[3]+m[4], -1) {
			switch unquoted(pair[1]) {
			case "cell":
				g.cell, _ = strconv.Atoi(unquoted(pair[2])) // 0 is unknown
			case "site":
				g.site = unquoted(pair[2])
			}
		}
	}
	return g
}

// headline returns a text that identifies the goroutine, "" for the zero goroutine.
func (g goroutine) headline() string {
	if g.name == "" {
		return ""
	}
	s := g.name + " [" + g.state + "]"
	if g.site != "" {
		s += ", started at " + g.site
	}
	return s
}

// notTheirs are the prefixes of functions that mean nothing to the author of the cell.
var notTheirs = []string{"runtime.", "runtime/", "internal/", "reflect.", "syscall.", "sync.fatal", "sync.throw",
	"gilkernel/kernel/", "gilkernel/runtime/machine.", "gilkernel/runtime/gil.", "gilkernel/runtime/threading.",
	"gilkernel/runtime/futures.", "iter.Pull", "main.main", "panic(", "created by ", "...", "goroutine "}

// trace returns the frames that aren't notTheirs, each in two lines as Go writes them.
func (g goroutine) trace() string {
	type frame struct {
		text  string
		times int
	}
	var frames []frame
	for i := 0; i < len(g.lines); i++ {
		f := g.lines[i]
		where := ""
		if i+1 < len(g.lines) && strings.HasPrefix(g.lines[i+1], "\t") {
			i++
			where = location(g.lines[i])
		}
		if hasAnyPrefix(f, notTheirs) {
			continue
		}
		if n := strings.LastIndexByte(f, '('); n >= 0 {
			f = f[:n] + "(...)" // the arguments are addresses
		}
		text := f + "\n\t" + where + "\n"
		if n := len(frames); n > 0 && frames[n-1].text == text {
			frames[n-1].times++
			continue
		}
		frames = append(frames, frame{text, 1})
	}
	var b strings.Builder
	for i, f := range frames {
		if i == maxFrames {
			b.WriteString("… " + strconv.Itoa(len(frames)-i) + " more frames\n")
			break
		}
		b.WriteString(f.text)
		if f.times > 1 {
			b.WriteString("\t… " + strconv.Itoa(f.times) + " times\n")
		}
	}
	return b.String()
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// location shortens "\t/usr/local/go/src/net/http/server.go:3340 +0x4b fp=0x…" to "http/server.go:3340": the directory
// in which the binary was built means nothing here.
func location(line string) string {
	file, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return path.Join(path.Base(path.Dir(file)), path.Base(file))
}
