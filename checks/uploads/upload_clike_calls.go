package uploads

import (
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

// call judges a call, and tells what it returns.
func (f *cFlow) call(x *clike.Expr) trait {
	word := calledWord(x)
	var on trait
	switch {
	case x.X == nil:
	case x.X.Kind == clike.Member && x.Kind == clike.Call:
		on = f.eval(x.X.X)
	case x.X.Kind != clike.Name:
		f.eval(x.X)
	}
	var all trait
	args := make([]trait, len(x.List))
	for i, a := range x.List {
		if a.Kind == clike.Function {
			f.inside(a.Params, f.callback(word, on, x, a), a.Body, a.X)
			continue
		}
		if a.Kind == clike.Assign { // a named argument
			a = a.Y
		}
		args[i] = f.eval(a)
		all |= args[i]
	}
	for _, p := range x.Props {
		f.eval(p.Value)
	}
	f.sink(x, word, on, args, all)
	return f.result(x, word, on, all)
}

// callback is what a function that is given to a call gets: the elements of what forEach and its like go through.
func (f *cFlow) callback(word string, on trait, _ *clike.Expr, fn *clike.Expr) map[string]trait {
	given := map[string]trait{}
	if len(fn.Params) == 0 || on == 0 {
		return given
	}
	switch word {
	case "forEach", "map", "filter", "for", "forEachOrdered", "ForEach", "Select", "stream", "each", "some", "then":
		given[fn.Params[0]] = element(on)
	}
	return given
}

// result is what a call returns.
func (f *cFlow) result(x *clike.Expr, word string, on, all trait) trait {
	if t, ok := f.entries[word]; ok && on.has(archive) {
		return t | on&(upload|uploaded|body)
	}
	if t, ok := f.results[word]; ok {
		return t
	}
	callee := f.ast.Text(x.X)
	switch {
	case f.opens[word]:
		return archive | all&(upload|uploaded|body)
	case f.last[word]:
		if f.scripts { // PHP runs what ends in .php, whatever the rest of the name
			return (all | on) &^ (clientPath | entryName)
		}
		return (all | on) & clientExtension
	case word == "replace" || word == "replaceAll" || word == "Replace":
		if len(x.List) > 0 && spacesOnly(x.List[0]) {
			return on
		}
		return on & clientExtension
	case word == "split" || word == "substring" || word == "Substring" || word == "slice" || word == "substr":
		return on & clientExtension
	case cleaning.MatchString(word):
		return (all | on) & clientExtension
	case f.passes[word]:
		return all | on
	case uniqueName.MatchString(callee) && !all.has(names):
		return unique
	}
	return 0
}

// spacesOnly reports a pattern that leaves dots and slashes in a name.
func spacesOnly(x *clike.Expr) bool {
	if x.Kind != clike.String && x.Kind != clike.Regexp {
		return false
	}
	return strings.Trim(x.Text, ` \s+*_-g`) == ""
}

// sink judges calls that store and unpack.
func (f *cFlow) sink(x *clike.Expr, word string, on trait, args []trait, all trait) {
	key := word
	if x.Kind == clike.New {
		key = "new " + word
	}
	if i, ok := f.sinks[key]; ok {
		path := all
		if i != anyArgument {
			path = 0
			if i < len(args) {
				path = args[i]
			}
		}
		f.storesAt(x, word, path)
	}
	switch {
	case f.unpacks[word] && (on.has(archive) && on.has(upload|uploaded|body) || all.has(archive) && all.has(upload|uploaded)):
		f.stored = true
		if !f.bounded {
			f.fail("archive-unbounded", x.Start, x.End, word, "a bound on the entries and their sizes", word+" unpacks an archive that a client sent, however many gigabytes it makes")
		}
	case f.inflate[word] && (all | on).has(body|upload|uploaded|inflater) && !strings.Contains(f.ast.Text(x), "maxOutputLength"):
		if !f.bounded {
			f.fail("decompress-unbounded", x.Start, x.End, word, "a bound on what comes out", "What a client sends is decompressed whole: a kilobyte makes a megabyte")
		}
	}
}

// storesAt judges a path that is written; a test before it may have cleared the names in it.
func (f *cFlow) storesAt(x *clike.Expr, label string, path trait) {
	if f.guarded {
		path &^= clientPath | entryName
	}
	if path.has(names) {
		f.stores(x.Start, x.End, label, path, f.scripts)
	}
}

// set makes a set of words.
func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}
