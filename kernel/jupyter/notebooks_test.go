package jupyter_test

// This file defines the run of every lesson by nbclient, as nbconvert and papermill run notebooks.

import (
	"path/filepath"
	"testing"

	"gilkernel/install/testenv"
)

func TestNotebooksInNbclient(t *testing.T) {
	env := testenv.New(t)
	lessons, err := filepath.Glob(filepath.Join(env.Root, "notebooks", "*.ipynb"))
	if err != nil || len(lessons) == 0 {
		t.Fatalf("no lessons found: %v", err)
	}
	for _, lesson := range lessons {
		t.Run(filepath.Base(lesson), func(t *testing.T) {
			out, err := env.Cmd(t, "python", "testdata/execute.py", lesson).CombinedOutput()
			if err != nil {
				t.Fatalf("nbclient failed: %v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}
