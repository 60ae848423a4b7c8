package client

// This file defines the requests: one method for each message type that our own front ends send.

import (
	"context"
	"encoding/json"
	"fmt"

	"gilkernel/kernel/notebook"
	"gilkernel/kernel/wire"
)

// KernelInfo is a kernel's description of itself.
type KernelInfo struct {
	Status          string `json:"status"`
	ProtocolVersion string `json:"protocol_version"`
	Implementation  string `json:"implementation"`
	Version         string `json:"implementation_version"`
	Banner          string `json:"banner"`
	// LanguageInfo is what front ends store in notebooks as metadata.language_info: an object.
	LanguageInfo json.RawMessage `json:"language_info"`
}

// KernelInfo asks the kernel for its description.
func (c *Client) KernelInfo(ctx context.Context) (info KernelInfo, err error) {
	err = c.ask(ctx, c.shell, "kernel_info_request", struct{}{}, &info)
	return info, err
}

// Execution is a cell to run, and the callbacks for its output. Output and Input are called from the goroutine that
// called Execute.
type Execution struct {
	Code         string
	StoreHistory bool
	// Sent, if not nil, is called with the msg_id of the request before it is sent: output that comes after Execute has
	// returned carries it as parent, see Client.Other.
	Sent func(msgID string)
	// Output is called for each output in order, and nil for a clear_output that takes effect now.
	// Update is true when the output replaces all those with the same DisplayID.
	Output func(o *notebook.Output, update bool)
	// Input is called when the cell asks for a line; nil: reads of cells fail, as there is no input.
	Input func(prompt string, password bool) string
}

// Result is the result of an Execution.
type Result struct {
	Status    string   `json:"status"` // "ok" or "error"
	Count     int      `json:"execution_count"`
	EName     string   `json:"ename"`
	EValue    string   `json:"evalue"`
	Traceback []string `json:"traceback"`
	Payload   []struct {
		Source string `json:"source"`
		Text   string `json:"text"`
	} `json:"payload"`
}

// Execute runs a cell and returns when all of its messages have arrived. When ctx ends first, the cell continues in the
// kernel: Interrupt ends it.
func (c *Client) Execute(ctx context.Context, e *Execution) (res Result, err error) {
	clear := false
	emit := func(o *notebook.Output, update bool) {
		if e.Output == nil {
			return
		}
		if clear && !update {
			clear = false
			e.Output(nil, false)
		}
		e.Output(o, update)
	}
	h := wire.NewHeader("execute_request", c.session, username)
	if e.Sent != nil {
		e.Sent(h.MsgID)
	}
	reply, err := c.call(ctx, c.shell, h, map[string]any{
		"code": e.Code, "silent": false, "store_history": e.StoreHistory, "user_expressions": struct{}{},
		"allow_stdin": e.Input != nil, "stop_on_error": true,
	}, func(m *wire.Message) {
		switch m.Header.MsgType {
		case "clear_output":
			var c struct{ Wait bool }
			_ = json.Unmarshal(m.Content, &c) // malformed: as if without wait
			if clear = c.Wait; !clear && e.Output != nil {
				e.Output(nil, false)
			}
		case "input_request":
			c.answer(m, e.Input)
		default:
			if o, update, ok := Output(m); ok {
				emit(o, update)
			}
		}
	})
	if err != nil {
		return res, err
	}
	if err := json.Unmarshal(reply.Content, &res); err != nil {
		return res, fmt.Errorf("decoding execute_reply: %w", err)
	}
	return res, nil
}

// answer replies to an input_request.
func (c *Client) answer(m *wire.Message, input func(string, bool) string) {
	var q struct {
		Prompt   string
		Password bool
	}
	_ = json.Unmarshal(m.Content, &q) // malformed: ask without a prompt
	value := ""
	if input != nil {
		value = input(q.Prompt, q.Password)
	}
	content, _ := json.Marshal(map[string]string{"value": value}) // strings always marshal
	frames, err := c.codec.Encode(&wire.Message{Header: wire.NewHeader("input_reply", c.session, username),
		ParentHeader: m.RawHeader, Content: content})
	if err == nil {
		err = c.stdin.Send(frames)
	}
	_ = err // the kernel is gone: Execute returns that
}

// Output converts an iopub message to the output that a front end would store; update says that it replaces the outputs
// with its DisplayID. ok is false for messages that are no output.
func Output(m *wire.Message) (o *notebook.Output, update, ok bool) {
	var c struct {
		Name      string                     `json:"name"`
		Text      string                     `json:"text"`
		Data      map[string]json.RawMessage `json:"data"`
		Metadata  map[string]json.RawMessage `json:"metadata"`
		Count     int                        `json:"execution_count"`
		EName     string                     `json:"ename"`
		EValue    string                     `json:"evalue"`
		Traceback []string                   `json:"traceback"`
		Transient struct {
			DisplayID string `json:"display_id"`
		} `json:"transient"`
	}
	kind := m.Header.MsgType
	switch kind {
	case "stream", "display_data", "update_display_data", "execute_result", "error":
	default:
		return nil, false, false
	}
	if json.Unmarshal(m.Content, &c) != nil {
		return nil, false, false
	}
	if kind == "update_display_data" {
		kind, update = "display_data", true
	}
	return &notebook.Output{Type: kind, Name: c.Name, Text: c.Text, Data: c.Data, Metadata: c.Metadata,
			ExecutionCount: c.Count,
			EName:          c.EName, EValue: c.EValue, Traceback: c.Traceback, DisplayID: c.Transient.DisplayID},
		update,
		true
}

// Completions is the answer to a completion request. Start and End count code points.
type Completions struct {
	Matches []string `json:"matches"`
	Start   int      `json:"cursor_start"`
	End     int      `json:"cursor_end"`
}

// Complete asks what the word before cursor, counted in code points, may become.
func (c *Client) Complete(ctx context.Context, code string, cursor int) (r Completions, err error) {
	err = c.ask(ctx, c.shell, "complete_request", map[string]any{"code": code, "cursor_pos": cursor}, &r)
	return r, err
}

// Inspect asks about the name at cursor, counted in code points; the answer is plain text, "" when nothing is known.
// level 1 asks for the source too.
func (c *Client) Inspect(ctx context.Context, code string, cursor, level int) (string, error) {
	var r struct {
		Found bool
		Data  map[string]json.RawMessage
	}
	if err := c.ask(ctx, c.shell, "inspect_request",
		map[string]any{"code": code, "cursor_pos": cursor, "detail_level": level}, &r); err != nil {
		return "", err
	}
	text := ""
	_ = json.Unmarshal(r.Data["text/plain"], &text) // no text: nothing to say
	return text, nil
}

// IsComplete asks whether code can run as it stands: "complete", "incomplete" (with the indent of
// the next line), "invalid" or "unknown".
func (c *Client) IsComplete(ctx context.Context, code string) (status, indent string, err error) {
	var r struct{ Status, Indent string }
	err = c.ask(ctx, c.shell, "is_complete_request", map[string]any{"code": code}, &r)
	return r.Status, r.Indent, err
}

// History returns the last n inputs, the oldest first.
func (c *Client) History(ctx context.Context, n int) ([]string, error) {
	var r struct {
		History [][3]json.RawMessage
	}
	if err := c.ask(ctx, c.shell, "history_request",
		map[string]any{"hist_access_type": "tail", "n": n, "raw": true, "output": false}, &r); err != nil {
		return nil, err
	}
	var lines []string
	for _, h := range r.History {
		var s string
		if json.Unmarshal(h[2], &s) == nil {
			lines = append(lines, s)
		}
	}
	return lines, nil
}

// Interrupt asks the kernel to end the running cell; a second one asks with more force.
func (c *Client) Interrupt(ctx context.Context) error {
	return c.ask(ctx, c.control, "interrupt_request", struct{}{}, &struct{}{})
}

// Shutdown asks the kernel to end.
func (c *Client) Shutdown(ctx context.Context) error {
	return c.ask(ctx, c.control, "shutdown_request", map[string]bool{"restart": false}, &struct{}{})
}
