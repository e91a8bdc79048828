package compat

import (
	"errors"
	"testing"
)

func FuzzLoadConfig(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte("[extend]\npath = \"x\"\n[[rules]]\nid = \"a\"\nregex = '''a(b)c'''\nallowlists = [{ stopwords = [\"x\"] }]\nrequired.id = \"a\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := LoadConfig("x", func(string) ([]byte, error) { return data, nil })
		if (c == nil) == (err == nil) {
			t.Fatal(c, err)
		}
		if err != nil {
			var all *Error
			if !errors.As(err, &all) || len(all.Problems) == 0 {
				t.Fatalf("an error without problems: %v", err)
			}
			return
		}
		text := []byte("id=1234\nKEY=shop_a1b2c3d4 abc\n")
		c.Scan(Source{Path: "a.env"}, text, func(m Match) {
			if m.Start < 0 || m.End > len(text) || m.Start > m.End {
				t.Errorf("%+v", m)
			}
		})
		c.SetsAside(Source{Path: "a.env"}, "github-personal-token", text, 3, 7)
	})
}
