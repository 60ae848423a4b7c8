package std

import "testing"

// Warm imports packages that there are, and changes nothing of what an import returns.
func TestWarm(t *testing.T) {
	var im Importer
	im.Warm()
	for _, path := range common() {
		warm := im.imported[path]
		if warm == nil {
			t.Errorf("%s isn't imported", path)
		}
		if p, err := im.Import(path); p != warm || err != nil {
			t.Errorf("importing %s again returns %v, %v", path, p, err)
		}
	}
}
