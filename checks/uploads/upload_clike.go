package uploads

import (
	"maps"
	"regexp"
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

// clikeRules are what one language of C's family calls uploads, paths and files. Calls go by the last word of what is called.
type clikeRules struct {
	lang    *clike.Language
	scripts bool // what is stored below the script's directory is run
	// members are the traits of a member of anything, uploadMembers of an upload, archiveMembers of an archive's entry.
	members, uploadMembers, archiveMembers map[string]trait
	// results are the traits of what a call returns; those of an archive's methods are in entries.
	results map[string]trait
	entries map[string]trait
	passes  map[string]bool // the result has the traits of the arguments and of what the method is called on
	last    map[string]bool // the result is the last element of a path, or its end
	sinks   map[string]int  // stores at the path that is this argument; anyArgument: at what all of them make
	opens   map[string]bool // opens an archive
	inflate map[string]bool // decompresses the argument at once
	unpacks map[string]bool // a method of an archive that unpacks all of it
	// before is asked first, for what tables do not tell.
	before func(*cFlow, *clike.Expr) (trait, bool)
}

const anyArgument = -1

// cFlow follows values through one function of such a language.
type cFlow struct {
	*handling
	*clikeRules
	ast              *clike.File
	names            map[string]trait
	guarded, bounded bool
	depth            int
}

func (r *clikeRules) run(h *handling, names map[string]trait) {
	f := &cFlow{handling: h, clikeRules: r, ast: clike.Of(h.file, r.lang), names: names}
	if f.names == nil {
		f.names = map[string]trait{}
	}
	f.block(f.ast.Body)
}

// maxFlowDepth bounds functions inside each other.
const maxFlowDepth = 30

// inside follows a function with the names around it and the traits of its parameters.
func (f *cFlow) inside(params []string, given map[string]trait, body []*clike.Stmt, x *clike.Expr) {
	if f.depth >= maxFlowDepth {
		return
	}
	inner := *f
	inner.depth++
	inner.names = maps.Clone(f.names)
	for _, p := range params {
		if t, ok := given[p]; ok {
			inner.names[p] = t
		} else if f.lang != clike.CSharp {
			delete(inner.names, p)
		}
	}
	inner.block(body)
	if x != nil {
		inner.eval(x)
	}
	f.guarded = f.guarded || inner.guarded && f.depth > 0 && params == nil
}

func (f *cFlow) block(body []*clike.Stmt) {
	for _, s := range body {
		f.statement(s)
	}
}

func (f *cFlow) statement(s *clike.Stmt) {
	for _, a := range s.Annotations {
		f.eval(a)
	}
	switch s.Kind {
	case clike.Func:
		f.inside(s.Params, nil, s.Body, s.X)
		return
	case clike.Class:
		f.inside(nil, nil, s.Body, nil)
		return
	case clike.If:
		f.test(s.X)
	case clike.Var:
		t := f.eval(s.X)
		if s.Name != "" {
			f.names[s.Name] = t
		}
		for _, n := range s.Names {
			f.names[n.As] = f.field(t, n.Name)
		}
	default:
		f.block(s.Head)
		f.eval(s.X)
	}
	f.block(s.Body)
	f.block(s.Else)
}

// field is what taking a value apart gives: const { originalname } = file, for (const f of files).
func (f *cFlow) field(t trait, name string) trait {
	if m, ok := f.members[name]; ok {
		return m
	}
	if m, ok := f.uploadMembers[name]; ok && t.has(upload) {
		return m
	}
	return element(t)
}

// element is what a loop or an index takes from a value.
func element(t trait) trait {
	if t.has(uploads) {
		return t&^uploads | upload
	}
	return t
}

// guardText is in conditions that refuse names which leave a directory.
var guardText = regexp.MustCompile(`["'/]\.\.|\.\.["'/\\]|(?i)startsWith|starts_with|isSubPath|str_starts_with|strpos|\brelative\(|isAbsolute|\.test\(|\.match(es)?\(|preg_match|IsMatch|realpath`)

// test follows a condition, and notes one that refuses names or bounds an archive.
func (f *cFlow) test(x *clike.Expr) {
	text := f.ast.Text(x)
	f.guarded = f.guarded || guardText.MatchString(text)
	clike.Walk(x, func(x *clike.Expr) bool {
		switch {
		case x.Kind == clike.Call && cleaning.MatchString(calledWord(x)):
			f.guarded = true
		case x.Kind == clike.Binary && comparisons[x.Text] && boundWords.MatchString(f.ast.Text(x)):
			f.bounded = true
		}
		return true
	})
	f.eval(x)
}

// calledWord is the last word of what is called or made.
func calledWord(x *clike.Expr) string {
	if x.X == nil {
		return ""
	}
	return x.X.Text
}

// eval is the traits of an expression; calls in it that store or unpack are judged.
func (f *cFlow) eval(x *clike.Expr) trait {
	if x == nil {
		return 0
	}
	if f.before != nil {
		if t, ok := f.before(f, x); ok {
			return t
		}
	}
	switch x.Kind {
	case clike.Name:
		return f.name(x)
	case clike.String:
		return f.textTraits(x.Text)
	case clike.Template:
		return f.template(x)
	case clike.Member:
		return f.member(x)
	case clike.Index:
		f.eval(x.Y)
		return f.index(x)
	case clike.Call, clike.New:
		return f.call(x)
	case clike.Function:
		f.inside(x.Params, nil, x.Body, x.X)
		return 0
	case clike.Binary:
		if comparisons[x.Text] || strings.ContainsAny(x.Text, "=") {
			f.test2(x)
			return 0
		}
		return f.eval(x.X) | f.eval(x.Y)
	case clike.Choice:
		f.test(x.X)
		return f.eval(x.Y) | f.eval(x.Z)
	case clike.Assign:
		return f.assign(x)
	case clike.Unary, clike.Spread, clike.Annotated:
		return f.eval(x.X)
	}
	var all trait
	for _, item := range x.List {
		all |= f.eval(item)
	}
	for _, p := range x.Props {
		all |= f.eval(p.Value)
	}
	return all
}

// test2 follows the sides of a comparison that is no condition of an if.
func (f *cFlow) test2(x *clike.Expr) {
	f.eval(x.X)
	f.eval(x.Y)
}

func (f *cFlow) name(x *clike.Expr) trait {
	if t, ok := f.names[x.Text]; ok {
		return t
	}
	return f.members[x.Text]
}

func (f *cFlow) textTraits(text string) trait {
	t := literal(text)
	if strings.Contains(text, "..") {
		t |= outside
	}
	if f.scripts && strings.HasSuffix(text, "/") && !strings.HasPrefix(text, "/") {
		t |= relative
	}
	return t
}

var interpolated = regexp.MustCompile(`\{([\w.]+)`)

func (f *cFlow) template(x *clike.Expr) trait {
	var all trait
	for _, part := range x.List {
		all |= f.eval(part)
		if f.lang == clike.CSharp && part.Kind == clike.String { // the fields of $"..." are not parsed
			for _, m := range interpolated.FindAllStringSubmatch(part.Text, -1) {
				all |= f.dotted(m[1])
			}
		}
	}
	return all
}

// dotted is the traits of a name with members.
func (f *cFlow) dotted(text string) trait {
	first, rest, _ := strings.Cut(text, ".")
	t := f.names[first]
	for rest != "" {
		first, rest, _ = strings.Cut(rest, ".")
		t = f.memberOf(t, first)
	}
	return t
}

func (f *cFlow) member(x *clike.Expr) trait {
	if t, ok := f.names[f.ast.Text(x)]; ok {
		return t
	}
	return f.memberOf(f.eval(x.X), x.Text)
}

func (f *cFlow) memberOf(on trait, name string) trait {
	if t, ok := f.members[name]; ok {
		return t
	}
	if t, ok := f.uploadMembers[name]; ok && on.has(upload|uploads) {
		return t
	}
	if t, ok := f.archiveMembers[name]; ok && on.has(archive) {
		return t
	}
	switch {
	case on.has(uploads):
		return element(on)
	case on.has(archive):
		return on
	case on.has(names) && f.last[name]:
		return on & clientExtension
	}
	return 0
}

// index is files[0], $_FILES["f"]["name"].
func (f *cFlow) index(x *clike.Expr) trait {
	on := f.eval(x.X)
	if x.Y != nil && x.Y.Kind == clike.String && on.has(upload|uploads) {
		if t, ok := f.uploadMembers[x.Y.Text]; ok && on.has(upload) {
			return t
		}
	}
	return element(on)
}

func (f *cFlow) assign(x *clike.Expr) trait {
	t := f.eval(x.Y)
	if x.Text == "+=" {
		t |= f.eval(x.X)
	}
	switch x.X.Kind {
	case clike.Name:
		f.names[x.X.Text] = t
	case clike.Member, clike.Index:
		f.names[f.ast.Text(x.X)] = t
	}
	return t
}
