package notebook

// This file defines the notebook on disk: nbformat's JSON, in which a text may be a string or a list
// of lines. It is written as Jupyter writes it (one space of indent, sorted keys, lists of lines),
// so that a notebook saved by either differs only where it changed.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// text is a nbformat multi-line string: a JSON string or a list of them.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		var lines []string
		if err := json.Unmarshal(b, &lines); err != nil {
			return err
		}
		*t = text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(b, (*string)(t))
}

func (t text) MarshalJSON() ([]byte, error) {
	lines := strings.SplitAfter(string(t), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return marshal(lines)
}

// The fields of the structs below stand in the order in which Jupyter writes them: by name.

type fileNotebook struct {
	Cells    []fileCell                 `json:"cells"`
	Metadata map[string]json.RawMessage `json:"metadata"`
	Major    int                        `json:"nbformat"`
	Minor    int                        `json:"nbformat_minor"`
}

type fileCell struct {
	Attachments    json.RawMessage            `json:"attachments,omitempty"`
	Type           string                     `json:"cell_type"`
	ExecutionCount *json.RawMessage           `json:"execution_count,omitempty"`
	ID             string                     `json:"id,omitempty"`
	Metadata       map[string]json.RawMessage `json:"metadata"`
	Outputs        *[]fileOutput              `json:"outputs,omitempty"`
	Source         text                       `json:"source"`
}

type fileOutput struct {
	Data           map[string]json.RawMessage  `json:"data,omitempty"`
	EName          *string                     `json:"ename,omitempty"`
	EValue         *string                     `json:"evalue,omitempty"`
	ExecutionCount *json.RawMessage            `json:"execution_count,omitempty"`
	Metadata       *map[string]json.RawMessage `json:"metadata,omitempty"`
	Name           string                      `json:"name,omitempty"`
	Type           string                      `json:"output_type"`
	Text           *text                       `json:"text,omitempty"`
	Traceback      *[]string                   `json:"traceback,omitempty"`
}

// Read reads the notebook at path. The error is one sentence that names the file and says what is
// wrong with it.
func Read(path string) (*Notebook, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		// reading a FIFO would wait for its writer
		return nil, fmt.Errorf("%s: this is not a file: name a notebook", path)
	}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such notebook", path)
	case err != nil:
		return nil, fmt.Errorf("reading notebook: %w", err)
	}
	nb, err := Decode(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return nb, nil
}

// explained is an error of package json without the words that only a programmer knows.
func explained(err error) error {
	e, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case !ok:
		return fmt.Errorf("it is not JSON: %w", err)
	case e.Field == "":
		return errors.New("its JSON is not an object but a value of another kind: " + e.Value)
	}
	return fmt.Errorf("%s can't be of the kind %s", e.Field, e.Value)
}

// Decode reads a notebook from its JSON text.
func Decode(b []byte) (*Notebook, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // editors of Windows put a byte order mark there
	var f fileNotebook
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("this is not a notebook: %w", explained(err))
	}
	if f.Major == 0 {
		return nil, errors.New("this is not a notebook: it has no nbformat")
	}
	if f.Major != 4 {
		return nil, fmt.Errorf("this is nbformat %d, only nbformat 4 is read; save it again with JupyterLab", f.Major)
	}
	nb := &Notebook{Metadata: f.Metadata, Minor: f.Minor}
	if nb.Metadata == nil {
		nb.Metadata = map[string]json.RawMessage{}
	}
	for i, fc := range f.Cells {
		c := &Cell{ID: fc.ID, Type: fc.Type, Source: string(fc.Source), Metadata: fc.Metadata,
			Attachments:    fc.Attachments,
			ExecutionCount: count(fc.ExecutionCount)}
		if c.Metadata == nil {
			c.Metadata = map[string]json.RawMessage{}
		}
		switch c.Type {
		case Markdown, Raw:
		case Code:
			if fc.Outputs != nil {
				for _, fo := range *fc.Outputs {
					c.Outputs = append(c.Outputs, fo.output())
				}
			}
		default:
			return nil, fmt.Errorf("cell %d has the unknown type %q", i+1, c.Type)
		}
		nb.Cells = append(nb.Cells, c)
	}
	return nb, nil
}

func (fo fileOutput) output() Output {
	o := Output{Type: fo.Type, Name: fo.Name, Data: fo.Data, ExecutionCount: count(fo.ExecutionCount)}
	for mime, raw := range o.Data {
		if t := text(""); isText(mime) && json.Unmarshal(raw, &t) == nil {
			o.Data[mime], _ = marshal(string(t)) // a string always marshals
		}
	}
	if fo.Metadata != nil {
		o.Metadata = *fo.Metadata
	}
	if fo.Text != nil {
		o.Text = string(*fo.Text)
	}
	if fo.EName != nil {
		o.EName = *fo.EName
	}
	if fo.EValue != nil {
		o.EValue = *fo.EValue
	}
	if fo.Traceback != nil {
		o.Traceback = *fo.Traceback
	}
	return o
}

func count(raw *json.RawMessage) int {
	n := 0
	if raw != nil {
		_ = json.Unmarshal(*raw, &n) // null and anything else: the cell was not run
	}
	return n
}

func fileCount(n int) *json.RawMessage {
	raw := json.RawMessage("null")
	if n > 0 {
		raw = fmt.Append(nil, n)
	}
	return &raw
}

// isText reports whether nbformat stores this MIME type as text rather than as a JSON document.
func isText(mime string) bool {
	return mime != "application/json" && !(strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json"))
}

// Encode returns the notebook's JSON text as Jupyter writes it, with a final newline.
func (nb *Notebook) Encode() ([]byte, error) {
	f := fileNotebook{Cells: []fileCell{}, Metadata: nb.Metadata, Major: 4, Minor: nb.Minor}
	if f.Metadata == nil {
		f.Metadata = map[string]json.RawMessage{}
	}
	for _, c := range nb.Cells {
		fc := fileCell{Type: c.Type, ID: c.ID, Source: text(c.Source), Metadata: c.Metadata, Attachments: c.Attachments}
		if fc.Metadata == nil {
			fc.Metadata = map[string]json.RawMessage{}
		}
		if c.ID != "" {
			f.Minor = max(f.Minor, 5)
		}
		if c.Type == Code {
			fc.ExecutionCount = fileCount(c.ExecutionCount)
			outs := []fileOutput{}
			for _, o := range c.Outputs {
				outs = append(outs, o.file())
			}
			fc.Outputs = &outs
		}
		f.Cells = append(f.Cells, fc)
	}
	b, err := marshal(f)
	if err == nil {
		b, err = sorted(b)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding notebook: %w", err)
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, unescaped(b), "", " "); err != nil {
		return nil, fmt.Errorf("encoding notebook: %w", err)
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// sorted returns JSON text with the keys of all objects in order, as Jupyter writes them.
func sorted(b []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return marshal(v)
}

// unescaped returns JSON text without the two escapes that package json always writes, and Jupyter never.
func unescaped(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != '\\' || i+1 == len(b):
			out = append(out, b[i])
		case bytes.HasPrefix(b[i:], []byte(`\u2028`)):
			out, i = append(out, "\u2028"...), i+5
		case bytes.HasPrefix(b[i:], []byte(`\u2029`)):
			out, i = append(out, "\u2029"...), i+5
		default: // another escape, which may be that of a backslash
			out, i = append(out, b[i], b[i+1]), i+1
		}
	}
	return out
}

func (o Output) file() fileOutput {
	fo := fileOutput{Type: o.Type}
	switch o.Type {
	case "stream":
		t := text(o.Text)
		fo.Name, fo.Text = o.Name, &t
	case "error":
		fo.EName, fo.EValue, fo.Traceback = &o.EName, &o.EValue, &o.Traceback
		if o.Traceback == nil {
			fo.Traceback = &[]string{}
		}
	default:
		fo.Data = map[string]json.RawMessage{}
		for mime, raw := range o.Data {
			var s string
			if strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript" {
				if json.Unmarshal(raw, &s) == nil {
					raw, _ = text(s).MarshalJSON() // a list of strings always marshals
				}
			}
			fo.Data[mime] = raw
		}
		md := o.Metadata
		if md == nil {
			md = map[string]json.RawMessage{}
		}
		fo.Metadata = &md
		if o.Type == "execute_result" {
			fo.ExecutionCount = fileCount(o.ExecutionCount)
		}
	}
	return fo
}

// Write writes the notebook to path through a file beside it, so that a crash leaves the old one.
func (nb *Notebook) Write(path string) error {
	b, err := nb.Encode()
	if err != nil {
		return err
	}
	return WriteFile(path, b)
}

// WriteFile writes b to path through a temporary file beside it.
func WriteFile(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(tmp.Name()) // fails after the rename, as it should
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// marshal is json.Marshal without the escapes that are for HTML.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}
