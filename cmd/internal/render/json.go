package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"hardcheck/checks"
	"hardcheck/policy"
)

// JSON writes the report in schema 1. Lists are never null.
func JSON(w io.Writer, r policy.Report) error {
	r.Targets = filled(r.Targets)
	r.Verdicts = append([]policy.Verdict{}, r.Verdicts...)
	for i := range r.Verdicts {
		r.Verdicts[i].Findings = filled(r.Verdicts[i].Findings)
	}
	r.Problems = filled(r.Problems)
	r.StaleWaivers = filled(r.StaleWaivers)
	return writeJSON(w, r)
}

func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeControls(b.Bytes()))
	return err
}

// escapeControls writes as \u escapes the control and direction-changing characters that JSON allows in strings:
// on a terminal they are commands. It stays the same JSON.
func escapeControls(data []byte) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(data); {
		r, size := rune(data[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(data[i:])
		}
		if r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf) {
			out = append(out, data[done:i]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			done = i + size
		}
		i += size
	}
	return append(out, data[done:]...)
}

// settingJSON is one setting in the machine form of "hardcheck settings".
type settingJSON struct {
	Layer     string        `json:"layer"`
	Name      string        `json:"name"`
	Value     any           `json:"value"`
	Raw       string        `json:"raw"`
	Origin    checks.Origin `json:"origin"`
	Scope     string        `json:"scope"`
	Path      string        `json:"path,omitempty"`
	Line      int           `json:"line,omitempty"`
	URL       string        `json:"url,omitempty"`
	Header    string        `json:"header,omitempty"`
	Flags     []string      `json:"flags,omitempty"`
	Inherited bool          `json:"inherited"`
}

// SettingsJSON writes every setting of the scopes, inherited ones too.
func SettingsJSON(w io.Writer, scopes []*checks.Scope, problems []checks.Problem) error {
	out := struct {
		Schema   int              `json:"schema"`
		Settings []settingJSON    `json:"settings"`
		Problems []checks.Problem `json:"problems"`
	}{Schema: policy.Schema, Settings: []settingJSON{}, Problems: filled(problems)}
	for _, scope := range scopes {
		for _, s := range scope.Settings {
			out.Settings = append(out.Settings, settingJSON{s.Layer, s.Name, s.Value, s.Raw, s.Origin, scope.Name,
				s.Place.Path, s.Place.Line, s.Place.URL, s.Header, s.Flags, s.Inherited})
		}
	}
	return writeJSON(w, out)
}
