package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"hardcheck/checks"
	"hardcheck/policy"
)

// JSON writes the report in schema 1. Lists are never null. They are written element by element: the report of many
// targets is large, and its text need not stand in memory beside it.
func JSON(w io.Writer, r policy.Report) error {
	out := bufio.NewWriter(w)
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		lead := ",\n  "
		if i == 0 {
			lead = "{\n  "
		}
		out.WriteString(lead + strconv.Quote(name) + ": ")
		var err error
		if field := v.Field(i); field.Kind() == reflect.Slice {
			err = writeList(out, field)
		} else {
			err = writeValue(out, field.Interface(), "  ")
		}
		if err != nil {
			return err
		}
	}
	out.WriteString("\n}\n")
	return out.Flush()
}

// writeList writes a list of the report's own, which stands one level deep.
func writeList(out *bufio.Writer, list reflect.Value) error {
	for i := range list.Len() {
		lead := ",\n    "
		if i == 0 {
			lead = "[\n    "
		}
		out.WriteString(lead)
		element := list.Index(i).Interface()
		if v, ok := element.(policy.Verdict); ok {
			v.Findings = filled(v.Findings)
			element = v
		}
		if err := writeValue(out, element, "    "); err != nil {
			return err
		}
	}
	end := "\n  ]"
	if list.Len() == 0 {
		end = "[]"
	}
	_, err := out.WriteString(end)
	return err
}

func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func writeJSON(w io.Writer, v any) error {
	out := bufio.NewWriter(w)
	if err := writeValue(out, v, ""); err != nil {
		return err
	}
	out.WriteByte('\n')
	return out.Flush()
}

// writeValue writes one value whose lines begin with the prefix, but for the first.
func writeValue(w io.Writer, v any, prefix string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeControls(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
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
	if done == 0 {
		return data
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
