package jupyterdir_test

import (
	"slices"
	"testing"

	"gilkernel/install/jupyterdir"
)

func system(goos, home string, env map[string]string) *jupyterdir.System {
	return &jupyterdir.System{GOOS: goos, Home: home, Getenv: func(name string) string { return env[name] }}
}

func TestDirectories(t *testing.T) {
	type env = map[string]string
	tests := []struct {
		name                          string
		goos, home                    string
		env                           env
		data, config, runtime, system string
	}{
		{"linux", "linux", "/home/u", nil,
			"/home/u/.local/share/jupyter", "/home/u/.jupyter", "/home/u/.local/share/jupyter/runtime",
			"/usr/local/share/jupyter"},
		{"linux, XDG_DATA_HOME", "linux", "/home/u", env{"XDG_DATA_HOME": "/x"},
			"/x/jupyter", "/home/u/.jupyter", "/x/jupyter/runtime", "/usr/local/share/jupyter"},
		{"linux, JUPYTER_DATA_DIR beats XDG_DATA_HOME", "linux", "/home/u",
			env{"XDG_DATA_HOME": "/x", "JUPYTER_DATA_DIR": "/d"},
			"/d", "/home/u/.jupyter", "/d/runtime", "/usr/local/share/jupyter"},
		{"linux, each one set", "linux", "/home/u",
			env{"JUPYTER_DATA_DIR": "/d", "JUPYTER_CONFIG_DIR": "/c", "JUPYTER_RUNTIME_DIR": "/r"},
			"/d", "/c", "/r", "/usr/local/share/jupyter"},
		{"freebsd goes by XDG too", "freebsd", "/home/u", env{"XDG_DATA_HOME": "/x"},
			"/x/jupyter", "/home/u/.jupyter", "/x/jupyter/runtime", "/usr/local/share/jupyter"},
		{"macOS", "darwin", "/Users/u", nil,
			"/Users/u/Library/Jupyter", "/Users/u/.jupyter", "/Users/u/Library/Jupyter/runtime",
			"/usr/local/share/jupyter"},
		{"macOS does not read XDG_DATA_HOME", "darwin", "/Users/u", env{"XDG_DATA_HOME": "/x"},
			"/Users/u/Library/Jupyter", "/Users/u/.jupyter", "/Users/u/Library/Jupyter/runtime",
			"/usr/local/share/jupyter"},
		{"windows", "windows", `C:\Users\u`, env{"APPDATA": `C:\Users\u\AppData\Roaming`},
			`C:\Users\u\AppData\Roaming\jupyter`, `C:\Users\u\.jupyter`, `C:\Users\u\AppData\Roaming\jupyter\runtime`,
			""},
		{"windows without APPDATA", "windows", `C:\Users\u`, nil,
			`C:\Users\u\.jupyter\data`, `C:\Users\u\.jupyter`, `C:\Users\u\.jupyter\data\runtime`, ""},
		{"windows, PROGRAMDATA is not trusted by itself", "windows", `C:\Users\u`,
			env{"APPDATA": `C:\a`, "PROGRAMDATA": `C:\ProgramData`},
			`C:\a\jupyter`, `C:\Users\u\.jupyter`, `C:\a\jupyter\runtime`, ""},
		{"windows, PROGRAMDATA trusted", "windows", `C:\Users\u`,
			env{"APPDATA": `C:\a`, "PROGRAMDATA": `C:\ProgramData`, "JUPYTER_USE_PROGRAMDATA": "1"},
			`C:\a\jupyter`, `C:\Users\u\.jupyter`, `C:\a\jupyter\runtime`, `C:\ProgramData\jupyter`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := system(tt.goos, tt.home, tt.env)
			for _, c := range []struct{ what, got, want string }{
				{"Data", s.Data(), tt.data}, {"Config", s.Config(), tt.config},
				{"Runtime", s.Runtime(), tt.runtime}, {"System", s.System(), tt.system},
			} {
				if c.got != c.want {
					t.Errorf("%s() = %q, want %q", c.what, c.got, c.want)
				}
			}
		})
	}
}

func TestSearch(t *testing.T) {
	type env = map[string]string
	tests := []struct {
		name       string
		goos, home string
		env        env
		prefix     string
		want       []string
	}{
		{"linux", "linux", "/h", nil, "",
			[]string{"/h/.local/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"an environment comes after the user", "linux", "/h", nil, "/env",
			[]string{"/h/.local/share/jupyter", "/env/share/jupyter", "/usr/local/share/jupyter",
				"/usr/share/jupyter"}},
		{"but before, when it is switched on", "linux", "/h", env{"VIRTUAL_ENV": "/env"}, "/env",
			[]string{"/env/share/jupyter", "/h/.local/share/jupyter", "/usr/local/share/jupyter",
				"/usr/share/jupyter"}},
		{"unless that is not wanted", "linux", "/h", env{"VIRTUAL_ENV": "/env", "JUPYTER_PREFER_ENV_PATH": "no"},
			"/env",
			[]string{"/h/.local/share/jupyter", "/env/share/jupyter", "/usr/local/share/jupyter",
				"/usr/share/jupyter"}},
		{"JUPYTER_PATH is a list and comes first", "linux", "/h", env{"JUPYTER_PATH": "/a:/b/:/a"}, "",
			[]string{"/a", "/b", "/h/.local/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"an environment in /usr/local is not listed twice", "linux", "/h", nil, "/usr/local",
			[]string{"/h/.local/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"macOS with conda", "darwin", "/U", env{"CONDA_PREFIX": "/conda"}, "/conda",
			[]string{"/conda/share/jupyter", "/U/Library/Jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"windows", "windows", `C:\U`, env{"APPDATA": `C:\A`, "JUPYTER_PATH": `D:\x\;D:\y`}, `C:\py`,
			[]string{`D:\x`, `D:\y`, `C:\A\jupyter`, `C:\py\share\jupyter`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := system(tt.goos, tt.home, tt.env).Search(tt.prefix); !slices.Equal(got, tt.want) {
				t.Errorf("Search(%q)\n got %q\nwant %q", tt.prefix, got, tt.want)
			}
		})
	}
}
