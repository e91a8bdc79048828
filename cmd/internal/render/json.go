package render

import (
	"encoding/json"
	"io"

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
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
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
