package headers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// answer is a request to a real server, and what the configuration says of it.
type answer struct {
	host, path string
	scope      string // its name
	status     int
	made       bool    // by the server itself
	upstream   []field // what the application behind it sends
}

// watched are the headers that configurations under comparison set.
var watched = []string{xfoHeader, nosniffHeader, referrerHeader, "Cache-Control", "X-Extra", "X-Mapped", "X-If"}

// agree asks every answer of the server and compares its watched headers, line by line, with those that the front
// makes of the settings in the server's directory.
func agree(t *testing.T, srv *realserver.Server, f front, answers []answer) {
	t.Helper()
	scopes := scopesIn(t, srv.Dir, f.layer)
	wrong := 0
	for _, a := range answers {
		scope := scopes[a.scope]
		if scope == nil {
			t.Errorf("%s%s: no scope %q", a.host, a.path, a.scope)
			continue
		}
		status, lines := ask(t, srv, a)
		if status != a.status {
			t.Errorf("%s%s answers %d, expected %d", a.host, a.path, status, a.status)
			continue
		}
		var said []string
		for _, v := range f.variants(scope, watched) {
			sent := f.sent(v, a.status, a.made, slices.Clone(a.upstream))
			lines = known(lines, sent)
			said = append(said, shownLines(known(sent, sent)))
		}
		if live := shownLines(lines); !slices.Contains(said, live) {
			wrong++
			t.Errorf("%s%s (%d, %s)\n  the server sends        %s\n  the configuration gives %s", a.host, a.path, status, a.scope, live, strings.Join(said, " or "))
		}
		if wrong > 25 {
			t.Fatal("more of the kind")
		}
	}
	t.Logf("%d answers of %d scopes compared", len(answers), len(scopes))
}

func ask(t *testing.T, srv *realserver.Server, a answer) (int, []field) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, srv.URL+a.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = a.host
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatalf("%s%s: %v; the server said:\n%s", a.host, a.path, err, srv.Output())
	}
	resp.Body.Close()
	var lines []field
	for _, name := range watched {
		for _, v := range resp.Header[http.CanonicalHeaderKey(name)] {
			lines = append(lines, field{name: name, value: v})
		}
	}
	return resp.StatusCode, lines
}

// known leaves out the headers whose value the configuration does not tell.
func known(lines, sent []field) []field {
	return slices.DeleteFunc(slices.Clone(lines), func(l field) bool {
		return slices.ContainsFunc(sent, func(s field) bool { return s.name == l.name && s.dynamic })
	})
}

// shownLines writes the watched lines by name, those of one name in their order.
func shownLines(lines []field) string {
	var out []string
	for _, name := range watched {
		for _, l := range lines {
			if l.name == name {
				out = append(out, fmt.Sprintf("%s: %s", name, l.value))
			}
		}
	}
	return "[" + strings.Join(out, "; ") + "]"
}

// scopesIn reads the settings of one layer in a directory.
func scopesIn(t *testing.T, dir, layer string) map[string]*checks.Scope {
	t.Helper()
	tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	result := engine.RunTree(t.Context(), tree, nil, engine.Options{})
	for _, p := range result.Problems {
		t.Errorf("problem: %v", &p)
	}
	out := map[string]*checks.Scope{}
	for _, s := range result.Scopes {
		if s.Layer == layer {
			out[s.Name] = s
		}
	}
	return out
}
