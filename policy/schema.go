package policy

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"

	"hardcheck/checks"
)

// What checks.ParseDuration and checks.ParseSize accept, for editors.
const (
	durationPattern = `^(\d+d|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$`
	sizePattern     = `^\d+ ?(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$`
)

const draft2020 = "https://json-schema.org/draft/2020-12/schema"

// PolicySchema is the JSON schema of a policy file for editors: the shape from the types of document.go, the checks
// and their parameters from the catalogue.
func PolicySchema(list []*checks.Check) []byte {
	s := typeSchema(newCatalogue(list), reflect.ValueOf(&document{}).Elem(), "")
	s["$schema"] = draft2020
	s["title"] = "hardcheck policy, version 1"
	return printed(s)
}

// printed writes a schema with sorted keys and a final newline.
func printed(s map[string]any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return nil // a map of strings, numbers, lists and maps always encodes
	}
	return out.Bytes()
}

// typeSchema describes a type that decoder.value reads.
func typeSchema(c *catalogue, v reflect.Value, tag reflect.StructTag) map[string]any {
	if l, ok := v.Addr().Interface().(leaf); ok {
		return l.schema(c, tag)
	}
	if v.Kind() == reflect.Slice {
		element := reflect.New(v.Type().Elem()).Elem()
		return map[string]any{"type": []string{"array", "null"}, "items": typeSchema(c, element, tag)}
	}
	properties := map[string]any{}
	required := []string{}
	for _, f := range fieldsOf(v) {
		field := typeSchema(c, f.value, f.tag)
		if field == nil {
			continue // not supported
		}
		field["description"] = f.tag.Get("doc")
		properties[f.key] = field
		if f.tag.Get("need") != "" {
			required = append(required, f.key)
		}
	}
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	switch v.Addr().Interface().(type) {
	case *itemEntry:
		s["anyOf"] = []any{map[string]any{"required": []string{"id"}}, map[string]any{"required": []string{"check"}}}
		s["allOf"] = expectSchemas(c)
	case *profileItem:
		s["allOf"] = expectSchemas(c)
	}
	return s
}

// expectSchemas types an item's expect by its check.
func expectSchemas(c *catalogue) []any {
	out := []any{}
	for _, check := range c.list {
		properties := map[string]any{}
		for i := range check.Params {
			properties[check.Params[i].Name] = paramSchema(&check.Params[i])
		}
		out = append(out, map[string]any{
			"if": map[string]any{"properties": map[string]any{"check": map[string]any{"const": check.ID}}, "required": []string{"check"}},
			"then": map[string]any{"properties": map[string]any{
				"expect": map[string]any{"additionalProperties": false, "properties": properties},
			}},
		})
	}
	return out
}

func paramSchema(p *checks.Param) map[string]any {
	word := map[string]any{"type": "string"}
	if len(p.Words) > 0 {
		word = map[string]any{"enum": p.Words}
	}
	var s map[string]any
	switch p.Kind {
	case checks.ParamBool:
		s = map[string]any{"type": "boolean"}
	case checks.ParamInt:
		s = map[string]any{"type": "integer"}
	case checks.ParamSize:
		s = map[string]any{"type": []string{"string", "integer"}, "pattern": sizePattern, "minimum": 0}
	case checks.ParamDuration:
		s = map[string]any{"type": "string", "pattern": durationPattern}
	case checks.ParamList:
		s = map[string]any{"type": "array", "items": word}
	default:
		s = word
	}
	s["description"] = p.Doc
	s["default"] = p.Default
	if d, ok := p.Default.(time.Duration); ok {
		s["default"] = checks.FormatDuration(d)
	}
	return s
}
