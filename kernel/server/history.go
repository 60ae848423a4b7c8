package server

// This file defines history_request.

import (
	"math"
	"strconv"

	"gilkernel/kernel/history"
)

// maxPattern bounds the time of a search, which grows with the product of the pattern's and the
// inputs' lengths.
const maxPattern = 1000

type historyContent struct {
	Output  bool   `json:"output"`
	Raw     bool   `json:"raw"` // both are the same here: nothing translates an input before it is kept
	Access  string `json:"hist_access_type"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	N       *int   `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

func (s *Server) handleHistory(r *request) (any, error) {
	var c historyContent
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	n := math.MaxInt // absent: all
	if c.N != nil {
		n = *c.N
	}
	var (
		found []history.Entry
		err   error
	)
	switch c.Access {
	case "tail":
		found, err = s.history.written().Tail(n)
	case "range":
		stop := 0
		if c.Stop != nil {
			stop = *c.Stop
		}
		found, err = s.history.written().Range(c.Session, c.Start, stop)
	case "search":
		pattern := c.Pattern
		if pattern == "" {
			pattern = "*"
		}
		if len(pattern) > maxPattern {
			return nil,
				&requestError{"bad request",
					"the pattern has " + strconv.Itoa(len(pattern)) + " bytes, at most " + strconv.Itoa(maxPattern) +
						" are accepted"}
		}
		found, err = s.history.written().Search(pattern, n, c.Unique)
	default:
		return nil,
			&requestError{"bad request",
				"hist_access_type is " + strconv.Quote(c.Access) + ", not range, tail or search"}
	}
	if err != nil {
		s.opts.logf("history_request: %v", err) // what could be read is better than an error
	}
	rows := make([][3]any, len(found))
	for i, e := range found {
		rows[i] = [3]any{e.Session, e.Line, e.Input}
		if c.Output {
			var out any // null: it had no result
			if e.Output != "" {
				out = e.Output
			}
			rows[i][2] = [2]any{e.Input, out}
		}
	}
	return map[string]any{"status": "ok", "history": rows}, nil
}
