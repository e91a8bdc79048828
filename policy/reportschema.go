package policy

import (
	"encoding"
	"reflect"
	"strings"
	"time"

	"hardcheck/checks"
)

// ReportSchema is the JSON schema of the report, version 1, from the report's types.
func ReportSchema() []byte {
	s := jsonSchema(reflect.TypeFor[Report]())
	s["$schema"] = draft2020
	s["title"] = "hardcheck report, schema 1"
	s["properties"].(map[string]any)["schema"] = map[string]any{"const": Schema}
	return printed(s)
}

// closed lists the values of the report's word types.
func closed(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[checks.Status]():
		return words(checks.StatusPass, checks.StatusFail, checks.StatusWaived, checks.StatusNotApplicable, checks.StatusSkipped, checks.StatusError)
	case reflect.TypeFor[Outcome]():
		return words(GatePass, GateFail, GateIncomplete)
	case reflect.TypeFor[checks.TargetKind]():
		return words(checks.TargetDir, checks.TargetGit, checks.TargetURL, checks.TargetJoint)
	case reflect.TypeFor[checks.Role]():
		return words(checks.Roles()...)
	case reflect.TypeFor[checks.Module]():
		return words(checks.Modules()...)
	case reflect.TypeFor[checks.Retry]():
		return words(checks.RetrySafe, checks.RetryUseless, checks.RetryWithCare)
	case reflect.TypeFor[checks.Severity]():
		return checks.SeverityNames()
	case reflect.TypeFor[checks.Precision]():
		return []string{"very-high", "high", "medium", "low"}
	}
	return nil
}

func words[T ~string](list ...T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

// jsonSchema describes what encoding/json writes for a type of the report.
func jsonSchema(t reflect.Type) map[string]any {
	if values := closed(t); values != nil {
		return map[string]any{"enum": values}
	}
	if t == reflect.TypeFor[time.Time]() {
		return map[string]any{"type": "string", "format": "date-time"}
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{map[string]any{"type": "null"}, jsonSchema(t.Elem())}}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": jsonSchema(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": jsonSchema(t.Elem())}
	case reflect.Struct:
		return structSchema(t)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	}
	return map[string]any{"type": "string"}
}

func structSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		properties[name] = jsonSchema(t.Field(i).Type)
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
}
