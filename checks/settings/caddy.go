package settings

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/caddyfile"
)

// caddyReader reads Caddyfiles: global options, sites, and the routes inside them, with snippets and imports
// filled in.
func caddyReader() reader {
	return reader{layer: "caddy", wants: wantsCaddy, read: readCaddy, resolve: resolveCaddy}
}

func wantsCaddy(e *checks.Entry) bool {
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	return e.Size <= maxConfigSize && (name == "caddyfile" || strings.HasPrefix(name, "caddyfile.") && path.Ext(name) != ".go" && path.Ext(name) != ".md" ||
		strings.HasSuffix(name, ".caddyfile") || strings.HasSuffix(name, ".caddy") ||
		pathHas(e.Path, "caddy") && (path.Ext(name) == "" || path.Ext(name) == ".conf"))
}

type caddyDoc struct {
	path string
	conf *caddyfile.Config
	// main: the file is a Caddyfile by its name, and not one that counts only where it is imported
	main bool
}

func readCaddy(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	conf := caddyfile.Of(f)
	doc := &caddyDoc{f.Path, conf, strings.Contains(strings.ToLower(f.Name()), "caddy")}
	if len(conf.Notes) == 0 || !doc.main || withoutTemplateSuffix(f.Name()) != f.Name() {
		return doc, nil
	}
	note := conf.Notes[0]
	return doc, []checks.Problem{{Op: "read Caddyfile", Expected: "blocks that end", Actual: note.Text,
		Retry: checks.RetryUseless, Where: note.Place.String()}}
}

// caddyTree joins the files of a tree.
type caddyTree struct {
	docs     map[string]*caddyDoc
	index    *pathIndex
	used     map[string]bool
	snippets map[string][]*caddyfile.Directive // of the Caddyfile at hand
	bounds
	scopes []*checks.Scope
}

func resolveCaddy(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := &caddyTree{index: newPathIndex(docs), docs: map[string]*caddyDoc{}, used: map[string]bool{}}
	for _, d := range docs {
		t.docs[d.path] = d.value.(*caddyDoc)
	}
	for _, p := range t.index.paths {
		t.markUsed(p)
	}
	for _, p := range t.index.paths {
		if t.docs[p].main && !t.used[p] {
			t.snippets = map[string][]*caddyfile.Directive{}
			t.file(t.blocks(p, []string{p}))
		}
	}
	t.cut = t.cut || t.index.cut
	return t.scopes, t.problem("Caddy", docs)
}

func (t *caddyTree) find(pattern, from string) []string {
	return t.index.matches([]string{path.Dir(from)}, pattern)
}

func (t *caddyTree) markUsed(p string) {
	var walk func(list []*caddyfile.Directive)
	mark := func(pattern string) {
		for _, found := range t.find(pattern, p) {
			t.used[found] = t.used[found] || found != p
		}
	}
	walk = func(list []*caddyfile.Directive) {
		for _, d := range list {
			if d.Name == "import" {
				mark(d.Arg(0))
			}
			walk(d.Body)
		}
	}
	for _, b := range t.docs[p].conf.Blocks {
		if b.Kind == caddyfile.Import && len(b.Keys) > 0 {
			mark(b.Keys[0].Text)
		}
		walk(b.Body)
	}
}

// caddyBlock is a top-level block with the files it was imported through.
type caddyBlock struct {
	*caddyfile.Block
	files []string
}

// blocks lists a file's top-level blocks with those of the files it imports, and notes the snippets.
func (t *caddyTree) blocks(p string, files []string) []caddyBlock {
	var out []caddyBlock
	for _, b := range t.docs[p].conf.Blocks {
		switch b.Kind {
		case caddyfile.Snippet:
			t.snippets[b.Keys[0].Text] = b.Body
		case caddyfile.Import:
			if len(b.Keys) == 0 || len(files) >= maxIncludeDepth {
				continue
			}
			for _, found := range t.find(b.Keys[0].Text, p) {
				if !slices.Contains(files, found) && t.spend() {
					out = append(out, t.blocks(found, append(slices.Clip(files), found))...)
				}
			}
		default:
			out = append(out, caddyBlock{b, files})
		}
	}
	return out
}

// expand fills imports of snippets and files into a body. chain holds what is being imported.
func (t *caddyTree) expand(list []*caddyfile.Directive, files, chain []string, args []caddyfile.Token) []*caddyfile.Directive {
	var out []*caddyfile.Directive
	for _, d := range list {
		if !t.spend() {
			return out
		}
		d = withArgs(d, args)
		if d.Name != "import" || len(d.Args) == 0 {
			if d.Block {
				d.Body = t.expand(d.Body, files, chain, args)
			}
			out = append(out, d)
			continue
		}
		name := d.Arg(0)
		if slices.Contains(chain, name) || len(chain) >= maxIncludeDepth {
			continue
		}
		inner := append(slices.Clip(chain), name)
		if body, ok := t.snippets[name]; ok {
			out = append(out, t.expand(body, files, inner, d.Args[1:])...)
			continue
		}
		found := t.find(name, files[len(files)-1])
		if len(found) == 0 && !hasGlob(name) {
			out = append(out, d)
		}
		for _, p := range found {
			out = append(out, t.expand(fileBody(t.docs[p].conf), append(slices.Clip(files), p), inner, d.Args[1:])...)
		}
	}
	return out
}

// fileBody reads a file that is imported inside a site: what parsed as the address of a site is a directive.
func fileBody(conf *caddyfile.Config) []*caddyfile.Directive {
	var out []*caddyfile.Directive
	for _, b := range conf.Blocks {
		if b.Kind == caddyfile.Import {
			out = append(out, &caddyfile.Directive{Name: "import", Args: b.Keys, Place: b.Place})
			continue
		}
		if b.Kind != caddyfile.Site {
			continue
		}
		d := &caddyfile.Directive{Name: b.Keys[0].Text, Args: b.Keys[1:], Place: b.Place}
		if b.Braces {
			d.Block, d.Body = true, b.Body
			out = append(out, d)
			continue
		}
		out = append(append(out, d), b.Body...)
	}
	return out
}

// Arguments of arguments can double at every import; these end that.
const (
	maxCaddyArgs = 200
	maxCaddyText = 4096
)

// withArgs returns the directive with {args[0]}, {args.0} and {args[:]} filled in.
func withArgs(d *caddyfile.Directive, args []caddyfile.Token) *caddyfile.Directive {
	out := *d
	if len(args) == 0 {
		return &out
	}
	out.Args = nil
	for _, a := range d.Args {
		if (a.Text == "{args[:]}" || a.Text == "{args.*}") && len(out.Args) < maxCaddyArgs {
			out.Args = append(out.Args, args...)
			continue
		}
		if strings.Contains(a.Text, "{args") && len(a.Text) < maxCaddyText {
			for i, arg := range args {
				n := strconv.Itoa(i)
				filled := strings.NewReplacer("{args["+n+"]}", arg.Text, "{args."+n+"}", arg.Text).Replace(a.Text)
				a.Dynamic = a.Dynamic || arg.Dynamic && filled != a.Text
				a.Text = filled
			}
		}
		out.Args = append(out.Args, a)
	}
	return &out
}
