package server

// This file defines inspect_request, and what "?name" in a cell shows.

import "strings"

type inspectContent struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"` // in code points; absent: the end
	Level  int    `json:"detail_level"`
}

type inspectReply struct {
	Status   string            `json:"status"`
	Found    bool              `json:"found"`
	Data     map[string]string `json:"data"`
	Metadata struct{}          `json:"metadata"`
}

func (s *Server) handleInspect(r *request) (any, error) {
	var c inspectContent
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	code, shift := cutMark(short(c.Code))
	data := s.inspect(code, cursor(code, c.Cursor, shift), c.Level)
	return inspectReply{Status: "ok", Found: len(data) > 0, Data: data}, nil
}

// inspect returns a MIME bundle, which is empty if nothing is known.
func (s *Server) inspect(code string, at, level int) map[string]string {
	data := map[string]string{}
	if found, ok := s.assistant.Inspect(code, at, min(max(level, 0), 1)); ok {
		data["text/plain"] = found.Plain
		if found.Markdown != "" {
			data["text/markdown"] = found.Markdown
		}
	}
	return data
}

// helpFor recognises a cell that asks for help as in IPython: "?name" or "name?", with two marks for
// the source too.
func helpFor(code string) (name string, level int, ok bool) {
	code = strings.TrimSpace(code)
	if strings.Contains(code, "\n") {
		return "", 0, false
	}
	for _, marks := range []string{"??", "?"} {
		if rest, found := strings.CutPrefix(code, marks); found {
			name = rest
		} else if rest, found := strings.CutSuffix(code, marks); found {
			name = rest
		} else {
			continue
		}
		name = strings.TrimSpace(name)
		return name, len(marks) - 1, name != "" && !strings.ContainsAny(name, "?\"'`/")
	}
	return "", 0, false
}

// help answers a cell that asks for help: with a pager payload, which front ends show apart from the
// cell's output.
func (x *execution) help(name string, level int) {
	data := x.s.inspect(name, len(name), level)
	if len(data) == 0 {
		x.stream("stdout", "nothing is known of "+name+"\n")
		return
	}
	x.payload = append(x.payload, map[string]any{"source": "page", "data": data, "start": 0})
}
