package schedule

// This file defines the page: a recording that a browser plays without a kernel, and what is there without scripts.

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"gilkernel/runtime/steps"
)

//go:embed stepper.js
var stepperJS string

// Module returns the module that draws games, for anywidget.
func Module() string { return stepperJS }

// Bundle returns the recording as the data of an output: a page that plays it, a picture of it for where no script
// runs, and its text. The same recording gives the same bytes.
func (r *Recording) Bundle() (map[string]any, error) {
	page, err := r.html()
	if err != nil {
		return nil, err
	}
	return map[string]any{"text/html": page, "image/svg+xml": r.SVG(), "text/plain": r.Text()}, nil
}

// html is a picture that a script replaces.
func (r *Recording) html() (string, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encoding a recording: %w", err)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", fmt.Errorf("packing a recording: %w", err)
	}
	_, err = z.Write(b)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return "", fmt.Errorf("packing a recording: %w", err)
	}
	sum := sha256.Sum256(b)
	id := "gk-" + hex.EncodeToString(sum[:6])
	picture := base64.StdEncoding.EncodeToString([]byte(r.SVG()))
	return fmt.Sprintf("<div id=\"%s\"><p><img alt=\"%s\" src=\"data:image/svg+xml;base64,%s\"></p></div>\n"+
		"<script type=\"module\">\n%s\npage(document.getElementById(%q), %q);\n</script>\n",
		id, html.EscapeString(r.Text()), picture, stepperJS, id, base64.StdEncoding.EncodeToString(packed.Bytes())), nil
}

// shownPath returns the indexes of the nodes on the way to the state that a picture shows: the best answer, or the end
// of the run without any preemption.
func (r *Recording) shownPath() []int {
	at := 0
	for i, n := range r.Nodes {
		if n.Why != "" {
			at = i
			break
		}
		if at == 0 && n.Now == nil {
			at = i
		}
	}
	var path []int
	for ; at >= 0; at = r.Nodes[at].Parent {
		path = append([]int{at}, path...)
	}
	return path
}

// shown returns the run that a picture shows, as a View.
func (r *Recording) shown() (*steps.View, *Node) {
	v := &steps.View{Python: r.Python, Sources: r.Sources}
	var n *Node
	for _, i := range r.shownPath() {
		n = &r.Nodes[i]
		v.Steps = append(v.Steps[:n.Keep:n.Keep], n.Steps...)
		if n.Threads != nil {
			v.Threads = n.Threads
		}
	}
	v.Outcome, v.Sentence, v.Now, v.Variables, v.Locks = n.Outcome, n.Sentence, n.Now, n.Variables, n.Locks
	return v, n
}

// title says what there is, in a sentence or two.
func (r *Recording) title() string {
	text := fmt.Sprintf("Python %s", r.Python)
	if r.Goal != NoGoal {
		text += ". Goal: " + r.About
		if r.Answer != "" {
			text += "; " + r.Answer
		}
	}
	return text + "."
}

// Text returns the run that the picture shows, a line for each step.
func (r *Recording) Text() string {
	v, n := r.shown()
	lines := []string{r.title()}
	for _, s := range loud(v.Steps) {
		lines = append(lines, line(v, s))
	}
	if n.Why != "" {
		lines = append(lines, fmt.Sprintf("Goal reached with %s: %s.", count(n.Used, "preemption"), n.Why))
	} else if v.Now == nil {
		lines = append(lines, ended(v))
	}
	return strings.Join(lines, "\n")
}
