package secrets

import (
	"strings"
	"testing"
)

func TestDocumentationStrings(t *testing.T) {
	text := strings.Join([]string{
		`"""Opens`,      // 0
		`inside`,        // 1
		`"""`,           // 2: begins inside
		`x = "a`,        // 3: a string that its line ends
		`outside # '''`, // 4
		`y = '''z'''`,   // 5
		`outside`,       // 6
		`z = r'''\'''`,  // 7: the first quote is escaped
		`inside`,        // 8
	}, "\n")
	p := &pythonText{documentation: longStrings([]byte(text))}
	at := 0
	for i, line := range strings.Split(text, "\n") {
		want := i == 1 || i == 2 || i == 8
		if got := p.documents(at); got != want {
			t.Errorf("line %d %q: %v", i, line, got)
		}
		at += len(line) + 1
	}
}

func TestSession(t *testing.T) {
	for text, want := range map[string]bool{
		">>> login(key='V')": true, "  >>> link()\n  'https://shop.de/?t=V'": true, ">>> login()\nTrue\nkey = V": false, "\nkey = V": false, "V": false,
		">>>>>>> main\nkey = V": false, "a >>> 2\nkey = V": false,
	} {
		if got := inSession([]byte(text), strings.Index(text, "V")); got != want {
			t.Errorf("%q: %v, expected %v", text, got, want)
		}
	}
}

func TestLineStartIsBounded(t *testing.T) {
	data := []byte("# comment\n" + strings.Repeat("x", 3*maxLine))
	if got := lineStart(data, 20); got != 10 {
		t.Errorf("the second line begins at %d", got)
	}
	if got := lineStart(data, len(data)); got != len(data)-maxLine {
		t.Errorf("looked back to %d", got)
	}
}
