package uploads

import (
	"strings"

	"hardcheck/checks/internal/parse/python"
)

// pythonHandling follows the functions of a file of Python.
func pythonHandling(h *handling) {
	m := python.Of(h.file)
	f := &pyFlow{handling: h, scope: python.NewScope(m, nil), framework: pyFramework(h.source)}
	f.block(m.Body)
}

// pyFramework tells whose uploads a file takes: those of Django and Bottle have names without directories.
func pyFramework(source string) string {
	for _, name := range []string{"django", "rest_framework", "bottle"} {
		if strings.Contains(source, "import "+name) || strings.Contains(source, "from "+name) {
			return "django"
		}
	}
	return ""
}

// pyFlow follows values through one function, statement by statement. What is not known has no trait.
type pyFlow struct {
	*handling
	scope     *python.Scope
	framework string
	names     map[string]trait
	guarded   bool // a test refused names that leave a directory
	bounded   bool // sizes or counts of an archive were looked at
	depth     int
}

func (f *pyFlow) function(n *python.Function) {
	if f.depth > 20 {
		return
	}
	inner := &pyFlow{handling: f.handling, scope: f.scope.Function(n), framework: f.framework, names: map[string]trait{}, depth: f.depth + 1}
	for id, t := range f.names {
		inner.names[id] = t
	}
	for _, p := range n.Params {
		delete(inner.names, p.Name)
		if p.Annotation != nil && strings.Contains(f.scope.Raw(p.Annotation), "UploadFile") {
			inner.names[p.Name] = upload
			if a := strings.ToLower(f.scope.Raw(p.Annotation)); strings.Contains(a, "list[") || strings.Contains(a, "sequence[") {
				inner.names[p.Name] = uploads
			}
		}
	}
	inner.block(n.Body)
}

func (f *pyFlow) block(body []python.Stmt) {
	for _, s := range body {
		f.statement(s)
	}
}

func (f *pyFlow) statement(s python.Stmt) {
	switch n := s.(type) {
	case *python.Function:
		f.function(n)
		return
	case *python.Class:
		if f.depth < 20 {
			(&pyFlow{handling: f.handling, scope: f.scope.Class(n), framework: f.framework, depth: f.depth + 1}).block(n.Body)
		}
		return
	case *python.Assign:
		t := f.eval(n.Value)
		for _, target := range n.Targets {
			if n.Op == "+=" {
				t |= f.eval(target)
			}
			f.bind(target, t)
		}
		return
	case *python.With:
		for _, item := range n.Items {
			f.bind(item.Target, f.eval(item.X))
		}
	case *python.Loop:
		f.bind(n.Target, f.element(f.eval(n.Iter)))
		f.test(n.Test)
	case *python.If:
		for _, b := range n.Branches {
			f.test(b.Test)
			f.block(b.Body)
		}
		return
	case *python.ExprStmt:
		f.eval(n.X)
	case *python.Jump:
		for _, x := range n.Args {
			f.test(x)
		}
	}
	for _, b := range python.Blocks(s) {
		f.block(b)
	}
}

func (f *pyFlow) bind(target python.Expr, t trait) {
	switch n := target.(type) {
	case *python.Name:
		f.set(n.ID, t)
	case *python.Attribute:
		f.set(f.scope.Raw(n), t)
	case *python.Sequence:
		for _, item := range n.Items {
			f.bind(item, t)
		}
	}
}

func (f *pyFlow) set(name string, t trait) {
	if f.names == nil {
		f.names = map[string]trait{}
	}
	f.names[name] = t
}

// element is what a loop or an index takes from a value.
func (f *pyFlow) element(t trait) trait {
	if t.has(uploads) {
		t = t&^uploads | upload
	}
	return t
}

// test follows a condition, and notes one that refuses names or bounds an archive.
func (f *pyFlow) test(x python.Expr) {
	if x == nil {
		return
	}
	python.Walk(x, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Call:
			name := calledName(n)
			f.guarded = f.guarded || cleaning.MatchString(name) || guardMethods[name]
		case *python.Binary:
			if n.Op == "in" || n.Op == "not in" {
				if text, ok := n.X.(*python.String); ok && (strings.Contains(text.Text, "..") || text.Text == "/" || text.Text == "\\") {
					f.guarded = true
				} else if !ok && f.eval(n.X).has(clientPath|clientName|entryName) {
					f.guarded = true // a list of names that are allowed
				}
			}
			if comparisons[n.Op] && boundWords.MatchString(f.scope.Raw(n)) {
				f.bounded = true
			}
		}
		return true
	})
	f.eval(x)
}

var comparisons = map[string]bool{"<": true, "<=": true, ">": true, ">=": true}

// guardMethods refuse a path that is outside of a directory, or a name that is no plain one.
var guardMethods = map[string]bool{"startswith": true, "is_relative_to": true, "relative_to": true, "commonpath": true, "commonprefix": true, "isalnum": true,
	"match": true, "fullmatch": true, "isidentifier": true}

// calledName is the last word of what is called.
func calledName(n *python.Call) string {
	switch fn := n.Func.(type) {
	case *python.Name:
		return fn.ID
	case *python.Attribute:
		return fn.Name
	}
	return ""
}

// eval is the traits of an expression; calls in it that store or unpack are judged.
func (f *pyFlow) eval(x python.Expr) trait {
	switch n := x.(type) {
	case *python.Name:
		return f.names[n.ID]
	case *python.String:
		return f.text(n)
	case *python.Attribute:
		return f.attribute(n)
	case *python.Subscript:
		return f.subscript(n)
	case *python.Call:
		return f.call(n)
	case *python.Binary:
		t := f.eval(n.X) | f.eval(n.Y)
		switch n.Op {
		case "+", "/", "%", "or", "and":
			return t
		}
		return 0
	case *python.Conditional:
		f.test(n.Test)
		return f.eval(n.Then) | f.eval(n.Else)
	case *python.Unary:
		if n.X != nil && n.Op != "not" {
			return f.eval(n.X)
		}
	case *python.Walrus:
		t := f.eval(n.Value)
		f.bind(n.Name, t)
		return t
	case *python.Sequence:
		var t trait
		for _, item := range n.Items {
			t |= f.eval(item)
		}
		return t
	case *python.Comprehension:
		for _, c := range n.Clauses {
			f.bind(c.Target, f.element(f.eval(c.Iter)))
		}
		return f.eval(n.Elem)
	}
	return 0
}

func (f *pyFlow) text(n *python.String) trait {
	t := literal(n.Text)
	for _, p := range n.Parts {
		if p.Value != nil {
			t |= f.eval(p.Value)
		} else {
			t |= literal(p.Text)
		}
	}
	return t
}

// uploadNames are the attributes of an upload that hold its name.
var uploadNames = map[string]bool{"filename": true, "raw_filename": true}

func (f *pyFlow) attribute(n *python.Attribute) trait {
	if t, ok := f.names[f.scope.Raw(n)]; ok {
		return t
	}
	if n.Name == "files" || n.Name == "FILES" {
		if last := lastWord(f.scope.Raw(n.X)); last == "request" || last == "req" {
			return uploads
		}
	}
	t := f.eval(n.X)
	switch {
	case t.has(upload) && (uploadNames[n.Name] || n.Name == "name" && f.framework == "django"):
		if f.framework == "django" && n.Name != "raw_filename" {
			return clientName | clientExtension
		}
		return clientPath | clientExtension
	case t.has(upload) && (n.Name == "file" || n.Name == "stream"):
		return uploaded
	case t.has(archive) && (n.Name == "filename" || n.Name == "name"):
		return entryName
	case n.Name == "suffix":
		return t & clientExtension
	case (n.Name == "name" || n.Name == "stem") && !t.has(upload): // the last element of a path
		return t &^ (clientPath | entryName)
	case n.Name == "parent":
		return t
	case n.Name == "body" && lastWord(f.scope.Raw(n.X)) == "request", n.Name == "data" && f.scope.Raw(n) == "request.data":
		return body
	}
	return 0
}

func lastWord(text string) string { return text[strings.LastIndexByte(text, '.')+1:] }

func (f *pyFlow) subscript(n *python.Subscript) trait {
	t := f.eval(n.X)
	if key, ok := n.Index.(*python.String); ok {
		switch {
		case t.has(upload|uploads) && key.Text == "filename": // Tornado: self.request.files["f"][0]["filename"]
			return clientPath | clientExtension
		case t.has(upload|uploads) && key.Text == "body":
			return uploaded
		case t.has(body): // a field of a form that was read
			return upload
		case strings.Contains(strings.ToUpper(key.Text), "STATIC"):
			return served
		}
	}
	if t.has(archive) {
		return t
	}
	return f.element(t)
}
