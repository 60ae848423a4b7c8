package install

// This file defines how an installation of some minutes shows its progress.

import (
	"fmt"
	"io"
	"os"
	"strings"

	"gilkernel/install/venv"
)

// progress shows signs of life: on a terminal as one line that changes, elsewhere as a line now and then, so that a
// log does not fill up. It is used by one goroutine.
type progress struct {
	w     io.Writer
	live  bool
	open  bool   // the live line stands there
	phase string // the last one shown
	shown int    // Done when a plain line was last written
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.live = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) update(u venv.Progress) {
	line := "JupyterLab: " + u.Phase
	if u.Total > 0 {
		line += fmt.Sprintf(" %d/%d", u.Done, u.Total)
	}
	if u.Name != "" {
		line += " " + u.Name
	}
	if p.live {
		const width = 79 // a line that wraps can't be erased
		if r := []rune(line); len(r) > width {
			line = string(r[:width])
		}
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.open = true
		return
	}
	const pace = 20
	if u.Phase == p.phase && u.Done-p.shown < pace {
		return
	}
	if u.Phase != p.phase && u.Total > 0 && !strings.Contains(p.phase, u.Phase) {
		line = fmt.Sprintf("JupyterLab: %s %d packages", u.Phase, u.Total)
		if p.phase == "" {
			line += " (this is done only once)"
		}
	}
	p.phase, p.shown = u.Phase, u.Done
	fmt.Fprintln(p.w, line)
}

// end erases the live line.
func (p *progress) end() {
	if p.open {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.open = false
	}
}
