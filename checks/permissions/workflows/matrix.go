package workflows

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// Matrix is a job's matrix: what each of its dimensions can be.
type Matrix struct {
	dynamic bool                // the whole matrix, or its include, is an expression
	values  map[string][]Scalar // by the path below matrix, in lower case: "os", "target.image"
	unknown map[string]bool     // dimensions that hold an expression
	exclude []map[string]string
}

// maxCombined bounds the values that one dimension keeps: GitHub makes at most 256 jobs of a matrix.
const maxCombined = 256

func (r *reader) matrix(n *yaml.Node) *Matrix {
	if n == nil {
		return nil
	}
	m := &Matrix{values: map[string][]Scalar{}, unknown: map[string]bool{}, dynamic: scalar(n).Set()}
	r.each(n, func(key, value *yaml.Node) {
		switch key.Value {
		case "include":
			m.dynamic = m.dynamic || scalar(value).Set()
			for _, entry := range r.items(value) {
				r.each(entry, func(k, v *yaml.Node) { r.dimension(m, strings.ToLower(k.Value), v, 0) })
			}
		case "exclude":
			for _, entry := range r.items(value) {
				out := map[string]string{}
				for _, p := range r.pairs(entry) {
					out[strings.ToLower(p.Key)] = p.Value.Text
				}
				if len(m.exclude) < maxCombined {
					m.exclude = append(m.exclude, out)
				}
			}
		default:
			name := strings.ToLower(key.Value)
			m.unknown[name] = m.unknown[name] || scalar(value).Set()
			for _, item := range r.items(value) {
				r.dimension(m, name, item, 0)
			}
		}
	})
	return m
}

// dimension adds a value, or the values below it where it is a mapping or a list.
func (r *reader) dimension(m *Matrix, name string, n *yaml.Node, depth int) {
	if s := scalar(n); s.Set() {
		if len(m.values[name]) < maxCombined {
			m.values[name] = append(m.values[name], s)
		}
		return
	}
	if depth > 8 {
		m.unknown[name] = true
		return
	}
	for _, item := range r.items(n) {
		r.dimension(m, name, item, depth+1)
	}
	r.each(n, func(key, value *yaml.Node) { r.dimension(m, name+"."+strings.ToLower(key.Value), value, depth+1) })
}

// Values lists what matrix.NAME can be; complete is false where an expression may add others. A value is left out that an
// exclusion of that dimension alone removes.
func (m *Matrix) Values(name string) (values []Scalar, complete bool) {
	if m == nil {
		return nil, false
	}
	for _, v := range m.values[name] {
		if !m.excluded(name, v.Text) {
			values = append(values, v)
		}
	}
	root, _, _ := strings.Cut(name, ".")
	return values, !m.dynamic && !m.unknown[root]
}

func (m *Matrix) excluded(name, value string) bool {
	for _, e := range m.exclude {
		if text, ok := e[name]; ok && len(e) == 1 && text == value {
			return true
		}
	}
	return false
}

// Texts are the labels of runs-on, matrix values put in; complete is false where an expression remains.
func (j *Job) Texts(n *yaml.Node) (out []Scalar, complete bool) {
	complete = true
	add := func(s Scalar) {
		if !strings.Contains(s.Text, "${{") {
			out = append(out, s)
			return
		}
		values, all := j.Expand(s.Text)
		out = append(out, values...)
		complete = complete && all
	}
	if labels := yamldoc.Get(n, "labels"); labels != nil { // runs-on: {group: x, labels: [y]}
		n = labels
	}
	if s := scalar(n); s.Set() {
		add(s)
	}
	for _, item := range yamldoc.Items(n) {
		if s := scalar(item); s.Set() {
			add(s)
		}
	}
	return out, complete
}

// Expand puts the matrix' values into a text that holds one expression of a single matrix access. complete is false where
// it holds anything else. The values stand where the matrix names them.
func (j *Job) Expand(s string) (values []Scalar, complete bool) {
	found := Find(s)
	if len(found) != 1 {
		return nil, len(found) == 0
	}
	access, ok := found[0].Expr.(*Access)
	if !ok {
		return nil, false
	}
	name, isMatrix := strings.CutPrefix(access.Path(), "matrix.")
	if !isMatrix {
		return nil, false
	}
	known, complete := j.Matrix.Values(name)
	for _, v := range known {
		if strings.Contains(v.Text, "${{") {
			complete = false
			continue
		}
		values = append(values, Scalar{s[:found[0].Start] + v.Text + s[found[0].End:], v.Node})
	}
	return values, complete && len(values) > 0
}
