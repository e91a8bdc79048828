package render

import (
	"io"
	"strings"

	"hardcheck/checks"
)

// SettingsTable writes what each scope sets itself and, with all, what it inherits and its product's defaults.
func SettingsTable(w io.Writer, scopes []*checks.Scope, problems []checks.Problem, style Style, all bool) error {
	t := newTable(w, style)
	count, hidden := 0, 0
	for _, scope := range scopes {
		var rows []checks.Setting
		for _, s := range scope.Settings {
			if all || !s.Inherited && s.Origin != checks.OriginDefault {
				rows = append(rows, s)
			} else {
				hidden++
			}
		}
		if len(rows) == 0 {
			continue
		}
		t.paragraph(0, "", scope.Layer+" "+scope.Name+"  "+scope.Place.String(), t.bold)
		width := 0
		for _, s := range rows {
			width = min(max(width, len(s.Name)), 40)
		}
		for _, s := range rows {
			t.setting(s, scope, width)
			count++
		}
		t.line("")
	}
	if count == 0 {
		t.line("No security setting was found.")
	} else {
		text := plural(count, "setting") + " in " + plural(len(scopes), "scope")
		if hidden > 0 {
			text += "; --all adds " + plural(hidden, "inherited or default one")
		}
		t.line(text)
	}
	for _, p := range problems {
		t.paragraph(0, "! ", p.Error(), t.warn)
	}
	return t.w.Flush()
}

func (t *table) setting(s checks.Setting, scope *checks.Scope, width int) {
	value := s.Raw
	if value == "" {
		value = s.Text()
	}
	var notes []string
	switch {
	case s.Origin != checks.OriginSet:
		notes = append(notes, string(s.Origin))
	case s.Inherited:
		notes = append(notes, "inherited")
	}
	notes = append(notes, s.Flags...)
	if s.Place.Path != scope.Place.Path || s.Place.Line != scope.Place.Line {
		notes = append(notes, s.Place.String())
	}
	if len(notes) > 0 {
		value += "  (" + strings.Join(notes, ", ") + ")"
	}
	t.paragraph(2, pad(t.Text(s.Name), width)+"  ", value, plain)
}
