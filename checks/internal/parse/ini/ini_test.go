package ini

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: "a.ini"}, Data: []byte(text), Line: 1, Whole: true}
}

type row struct {
	Section, Key, Value string
	Line, EndLine       int
	Dynamic             bool
}

func rows(text string, d Dialect) []row {
	var got []row
	for _, e := range Of(file(text), d).Entries {
		got = append(got, row{e.Section, e.Key, e.Value, e.Place.Line, e.Place.EndLine, e.Dynamic})
	}
	return got
}

func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name    string
		dialect Dialect
		text    string
		want    []row
	}{
		{"php", PHP, "\xef\xbb\xbf; a comment\r\n[PHP] ; and one more\r\nmemory_limit = 128M ; why\r\n  expose_php=Off\r\n" +
			"error_append_string = \"<b>; \\\" 'x'\n y\" ; c\nphp_value[memory_limit] = ${LIMIT}\nextension=x:y\nnonsense\n= x\ndate='a;b'\nempty=\nopen=\"x\n[b]\nz=1",
			[]row{
				{"PHP", "memory_limit", "128M", 3, 3, false},
				{"PHP", "expose_php", "Off", 4, 4, false},
				{"PHP", "error_append_string", "<b>; \\\" 'x'\n y", 5, 6, false},
				{"PHP", "php_value[memory_limit]", "${LIMIT}", 7, 7, true},
				{"PHP", "extension", "x:y", 8, 8, false},
				{"PHP", "date", "a;b", 11, 11, false},
				{"PHP", "empty", "", 12, 12, false},
				{"PHP", "open", "\"x", 13, 13, false},
				{"b", "z", "1", 15, 15, false},
			}},
		{"supervisor", Supervisor, "[program:web]\ncommand = gunicorn\t; the server\n  shop.wsgi ; app\n\t# between\n  -b %(ENV_BIND)s\nuser: shop\n\n  stray = 1\nenvironment=A=\"1;2\"",
			[]row{
				{"program:web", "command", "gunicorn\nshop.wsgi\n-b %(ENV_BIND)s", 2, 5, true},
				{"program:web", "user", "shop", 6, 6, false},
				{"program:web", "stray", "1", 8, 8, false},
				{"program:web", "environment", `A="1;2"`, 9, 9, false},
			}},
		{"uwsgi", UWSGI, "[uwsgi]\n   uid = shop ; not a comment\nsocket = :3031\nhome=$(HOME)/x\nlimit-post={{ limit }}\n",
			[]row{
				{"uwsgi", "uid", "shop ; not a comment", 2, 2, false},
				{"uwsgi", "socket", ":3031", 3, 3, false},
				{"uwsgi", "home", "$(HOME)/x", 4, 4, true},
				{"uwsgi", "limit-post", "{{ limit }}", 5, 5, true},
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, rows(c.text, c.dialect)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	e := Of(file("  a  =  b  ; c"), PHP).Entries[0]
	if e.Place.Column != 3 || e.Place.EndColumn != 10 {
		t.Errorf("a = b is at %+v", e.Place)
	}
}

func TestHostile(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a=\"", 100000), strings.Repeat("a=\"\n", 100000), strings.Repeat("[", 100000),
		"a=\n" + strings.Repeat(" b\n", 100000), strings.Repeat("[a]", 100000), "a='", "a=\"\\",
	} {
		for _, d := range []Dialect{PHP, Supervisor, UWSGI} {
			Of(file(text), d)
		}
	}
	if d := Of(file(strings.Repeat("a=b\n", MaxSize/4+1)), PHP); d.Err == nil || d.Entries != nil {
		t.Error("a file over the bound was read")
	}
}

func FuzzOf(f *testing.F) {
	f.Add("[PHP]\nmemory_limit = 128M ; x\na=\"b\nc\"\n")
	f.Add("[program:x]\ncommand=a\n  b ; c\nd: %(here)s\n")
	f.Add("[uwsgi]\r\nuid=x\r\n[")
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []Dialect{PHP, Supervisor, UWSGI} {
			for _, e := range Of(file(text), d).Entries {
				if e.Key == "" || e.Place.Line == 0 || e.Place.EndLine < e.Place.Line {
					t.Fatalf("bad entry %+v", e)
				}
			}
		}
	})
}
