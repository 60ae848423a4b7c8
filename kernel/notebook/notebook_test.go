package notebook_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/kernel/notebook"
	"gilkernel/skip"
)

const sample = `{
 "cells": [
  {
   "attachments": {
    "a.png": {
     "image/png": "AAAA"
    }
   },
   "cell_type": "markdown",
   "id": "m1",
   "metadata": {},
   "source": [
    "# Title <b>\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "c1",
   "metadata": {
    "tags": [
     "raises-exception"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a & b\n"
     ]
    },
    {
     "data": {
      "application/json": {
       "k": 1
      },
      "image/png": "iVBO",
      "text/plain": [
       "x\n",
       "y"
      ]
     },
     "execution_count": 3,
     "metadata": {},
     "output_type": "execute_result"
    },
    {
     "ename": "panic",
     "evalue": "boom",
     "output_type": "error",
     "traceback": []
    }
   ],
   "source": []
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "c2",
   "metadata": {},
   "outputs": [],
   "source": [
    "1 + 1"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "Go (GIL)",
   "name": "gilkernel"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`

// A notebook that Jupyter wrote must come back byte for byte, or every run would be a diff.
func TestRoundTrip(t *testing.T) {
	nb, err := notebook.Decode([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	b, err := nb.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != sample {
		t.Errorf("got\n%s\nwant\n%s", b, sample)
	}
	if nb.Kernel() != "gilkernel" {
		t.Errorf("Kernel() = %q", nb.Kernel())
	}
	if c := nb.Cells[1]; !c.Tagged("raises-exception") || c.Tagged("skip-execution") {
		t.Errorf("tags of %v are wrong", c.Metadata)
	}
	if s, ok := nb.Cells[1].Outputs[1].DataText("text/plain"); !ok || s != "x\ny" {
		t.Errorf("text/plain = %q, %v", s, ok)
	}
	if _, ok := nb.Cells[1].Outputs[1].DataText("application/json"); ok {
		t.Error("a JSON document was taken for text")
	}
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ name, content, want string }{
		{"missing", "", "there is no such notebook"},
		{"text", "hello", "this is not a notebook: it is not JSON: invalid character 'h'"},
		{"list", "[1]", "its JSON is not an object but a value of another kind: array"},
		{"cells", `{"nbformat": 4, "cells": {}}`, "this is not a notebook: cells can't be of the kind object"},
		{"old", `{"nbformat": 3, "worksheets": []}`, "nbformat 3"},
		{"celltype", `{"nbformat": 4, "cells": [{"cell_type": "poem", "source": ""}]}`,
			`cell 1 has the unknown type "poem"`},
	} {
		path := filepath.Join(dir, test.name+".ipynb")
		if test.content != "" {
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := notebook.Read(path)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", test.name, err, test.want)
		}
	}
}

func TestStreams(t *testing.T) {
	var outs []notebook.Output
	for _, s := range [][2]string{{"stdout", "a"}, {"stdout", "b\n"}, {"stderr", "c"}, {"stdout", "d"}} {
		outs = notebook.AppendStream(outs, s[0], s[1])
	}
	got, _ := json.Marshal(outs)
	if len(outs) != 3 || outs[0].Text != "ab\n" || outs[2].Text != "d" {
		t.Errorf("outputs %s", got)
	}
	for in, want := range map[string]string{
		"plain\n":          "plain\n",
		"10%\r20%\r100%\n": "100%\n",
		"abc\rX":           "Xbc",
		"ab\bc":            "ac",
		"dos\r\nend":       "dos\nend",
	} {
		if got := notebook.FoldCarriageReturns(in); got != want {
			t.Errorf("FoldCarriageReturns(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", "b"], "outputs": [{"output_type": ` +
		`"stream", "text": "x"}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		nb, err := notebook.Decode(b)
		if err != nil {
			return
		}
		once, err := nb.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := notebook.Decode(once)
		if err != nil {
			t.Fatalf("what was written can't be read: %v\n%s", err, once)
		}
		twice, err := again.Encode()
		if err != nil || string(twice) != string(once) {
			t.Errorf("writing is not stable: %v\n%s\n%s", err, once, twice)
		}
	})
}

// What is no file is refused and never waited for; a byte order mark is nothing; what has no nbformat is
// no notebook.
func TestReadOddities(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"mark":   "\ufeff{\"nbformat\": 4, \"cells\": null}",
		"null":   "null",
		"format": "{\"cells\": []}",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := exec.Command("mkfifo", filepath.Join(dir, "fifo")).Run(); err != nil {
		skip.Missing(t, err.Error())
	}
	for name, want := range map[string]string{
		"mark": "", "null": "it has no nbformat", "format": "it has no nbformat", "fifo": "this is not a file",
		".": "this is not a file",
	} {
		_, err := notebook.Read(filepath.Join(dir, name))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// What a notebook stores is what Jupyter would write: opening and saving it changes nothing.
func TestEscapes(t *testing.T) {
	for in, want := range map[string]string{
		`{"b": 1.50, "a": {"d": 1, "c": 2}}`: "{\n       \"a\": {\n        \"c\": 2,\n        \"d\": 1\n       },\n" +
			"       \"b\": 1.50\n      }",
		`"\u003c1 % \u0026 \u003e"`:    `"<1 % & >"`,
		`"\u2028\u2029 \u00e9 \ufffd"`: "\"\u2028\u2029 é \ufffd\"",
		`"\ud83d\ude00"`:               `"😀"`,
		`"\\u003c \\\u003c"`:           `"\\u003c \\<"`,
		`"\u001b[0m \u0022 \u005c"`:    `"\u001b[0m \" \\"`,
	} {
		nb := notebook.Notebook{Cells: []*notebook.Cell{{Type: notebook.Code,
			Outputs: []notebook.Output{{Type: "display_data",
				Data: map[string]json.RawMessage{"application/json": json.RawMessage(in)}}}}}}
		b, err := nb.Encode()
		if err != nil || !strings.Contains(string(b), `"application/json": `+want+"\n") {
			t.Errorf("%s is stored in %s, without %s (%v)", in, b, want, err)
		}
	}
}
