package haproxy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func read(text string) *Config {
	return Of(&checks.File{Entry: &checks.Entry{Path: "haproxy.cfg", Size: int64(len(text))}, Data: []byte(text), Line: 1, Whole: true})
}

// tell writes a configuration as one text a line, words in brackets, "~" before what is not known.
func tell(c *Config) []string {
	var out []string
	word := func(list []Word) string {
		var b strings.Builder
		for _, w := range list {
			if w.Dynamic {
				b.WriteByte('~')
			}
			b.WriteString("[" + w.Text + "]")
		}
		return b.String()
	}
	for _, s := range c.Sections {
		out = append(out, s.Kind+" "+word(s.Args))
		for _, l := range s.Lines {
			text := word(l.Words)
			if l.Conditional {
				text += " conditional"
			}
			out = append(out, text)
		}
	}
	return out
}

func TestLines(t *testing.T) {
	got := tell(read(`# a comment
frontend www from base # another
  bind :443 ssl crt "/etc/a b.pem"
	http-response set-header Content-Security-Policy "default-src 'self'; img-src \"x\""
  http-response set-header X single\ escaped\#not 'a $b # c'
  rspadd A:\ b
.if defined(X)
  mode http
.endif
  http-response set-header Y "${FROM_ENV} z" if { ssl_fc }
{% if tls %}
  bind {{ port }}
{% endif %}
backend empty
  server a 127.0.0.1:80 check#comment
  x ""
`))
	want := []string{
		"frontend [www][from][base]",
		`[bind][:443][ssl][crt][/etc/a b.pem]`,
		`[http-response][set-header][Content-Security-Policy][default-src 'self'; img-src "x"]`,
		`[http-response][set-header][X][single escaped#not][a $b # c]`,
		`[rspadd][A: b]`,
		`[mode][http] conditional`,
		`[http-response][set-header][Y]~[${FROM_ENV} z][if][{][ssl_fc][}]`,
		`[bind]~[{{ port }}] conditional`,
		"backend [empty]",
		`[server][a][127.0.0.1:80][check]`,
		`[x][]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("frontend a\n bind :80\n http-response set-header A \"b ${C}\" if { x } # d\n.if 1\n.endif\n")
	f.Add("{% if %}\nlisten 'x\\\n rspadd A:\\ b\\")
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n") + 1
		for _, s := range read(text).Sections {
			for _, l := range s.Lines {
				if len(l.Words) == 0 || l.Place.Line < 1 || l.Place.Line > lines {
					t.Fatalf("bad line %+v", l)
				}
			}
		}
	})
}
