package server

// This file defines complete_request.

// maxMatches bounds a reply: more isn't useful, and makes front ends slow.
const maxMatches = 1000

type completeContent struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"` // in code points; absent: the end
}

// completionType is an element of the metadata that JupyterLab reads by the index of the match: text
// is what it inserts, type chooses the icon.
type completionType struct {
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature,omitempty"`
}

type completeReply struct {
	Status   string   `json:"status"`
	Matches  []string `json:"matches"`
	Start    int      `json:"cursor_start"`
	End      int      `json:"cursor_end"`
	Metadata struct {
		Types []completionType `json:"_jupyter_types_experimental"`
	} `json:"metadata"`
}

func (s *Server) handleComplete(r *request) (any, error) {
	var c completeContent
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	code, shift := cutMark(short(c.Code))
	found := s.assistant.Complete("", code, cursor(code, c.Cursor, shift))
	reply := completeReply{Status: "ok", Matches: []string{}, Start: codePoint(code, found.Start) + shift,
		End: codePoint(code, found.End) + shift}
	reply.Metadata.Types = []completionType{}
	for _, m := range found.Matches[:min(len(found.Matches), maxMatches)] {
		reply.Matches = append(reply.Matches, m.Text)
		reply.Metadata.Types = append(reply.Metadata.Types,
			completionType{reply.Start, reply.End, m.Text, m.Type, m.Signature})
	}
	return reply, nil
}

// cursor converts a cursor_pos, which is shift larger than the index in code, to a byte offset.
func cursor(code string, pos *int, shift int) int {
	if pos == nil {
		return len(code)
	}
	return byteOffset(code, *pos-shift)
}
