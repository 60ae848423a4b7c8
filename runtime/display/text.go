package display

// This file defines the sink of programs without a notebook: text on a terminal.

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Text returns a sink that writes the text twins to out and reads lines from in. It can't hide a
// password, or empty what was written.
func Text(in io.Reader, out io.Writer) Sink { return textSink{bufio.NewReader(in), out} }

type textSink struct {
	in  *bufio.Reader
	out io.Writer
}

func (t textSink) Display(kind, _ string, data, _ map[string]any) {
	end := "\n"
	if kind == "update_display_data" {
		end = "\r"
	}
	fmt.Fprintf(t.out, "%v%s", twin(data), end)
}

// twin is what of a bundle can be read on a terminal: a text that stands there once, or the text twin.
func twin(data map[string]any) any {
	text := data["text/plain"]
	switch text {
	case "(HTML)":
		if s, ok := data["text/html"].(string); ok {
			return HTML(s).String()
		}
	case "(Markdown)":
		return data["text/markdown"]
	case "(LaTeX)":
		return data["text/latex"]
	case "(JSON)":
		return JSON{data["application/json"]}.String()
	}
	return text
}

func (t textSink) Clear(bool) {}

func (t textSink) Input(prompt string, _ bool) (string, error) {
	fmt.Fprint(t.out, prompt)
	line, err := t.in.ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}
