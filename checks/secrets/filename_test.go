package secrets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks/target"
)

// TestTokensInNames names files and members after tokens: they are found, and no report shows one whole.
func TestTokensInNames(t *testing.T) {
	dir := t.TempDir()
	file, member, inside := token(70000), token(70001), token(70002)
	for name, data := range map[string]string{
		file + ".txt": "t = '" + inside + "'\n",
		"a.zip":       zipped(t, packed{"conf/" + member, "t = 1\n"}),
		"plain.txt":   "1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, result := auditTree(t, dir, target.TreeOptions{})
	var places []string
	for _, list := range found {
		for _, f := range list {
			places = append(places, f.Place.String())
			for _, shown := range []string{f.Place.String(), f.Subject.Name, f.Message, f.Actual} {
				if strings.Contains(shown, file) || strings.Contains(shown, member) {
					t.Errorf("the report shows a secret: %s", shown)
				}
			}
		}
	}
	for _, o := range result.Observations {
		if strings.Contains(strings.Join(o.Names, " "), file) {
			t.Errorf("the names of what was looked at show a secret: %s", o.Names)
		}
	}
	slices.Sort(places)
	wantPlaces(t, places, "a.zip (conf/"+redact(member)+", name)", redact(file)+".txt (name)", redact(file)+".txt:1")
}
