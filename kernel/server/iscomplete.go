package server

// This file defines is_complete_request.

import "gilkernel/kernel/cell"

type isCompleteReply struct {
	Status string  `json:"status"`
	Indent *string `json:"indent,omitempty"` // only when incomplete
}

func (s *Server) handleIsComplete(r *request) (any, error) {
	var c struct {
		Code string `json:"code"`
	}
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	if tooLong(c.Code) != nil {
		return isCompleteReply{Status: "complete"}, nil // running it says what is wrong
	}
	c.Code = withoutMark(c.Code)
	if _, _, help := helpFor(c.Code); help {
		return isCompleteReply{Status: "complete"}, nil
	}
	status, indent := cell.IsComplete(c.Code)
	if status != "incomplete" {
		return isCompleteReply{Status: status}, nil
	}
	return isCompleteReply{status, &indent}, nil
}
