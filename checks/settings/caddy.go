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
// filled in. Caddy's JSON form is read as the Caddyfile that says the same.
func caddyReader() reader {
	return reader{layer: "caddy", wants: wantsCaddy, read: readCaddy, resolve: resolveCaddy}
}

func wantsCaddy(e *checks.Entry) bool {
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	return wantsCaddyJSON(e) || e.Size <= maxConfigSize && (name == "caddyfile" || strings.HasPrefix(name, "caddyfile.") && path.Ext(name) != ".go" && path.Ext(name) != ".md" ||
		strings.HasSuffix(name, ".caddyfile") || strings.HasSuffix(name, ".caddy") ||
		pathHas(e.Path, "caddy") && (path.Ext(name) == "" || path.Ext(name) == ".conf"))
}

type caddyDoc struct {
	path string
	conf *caddyfile.Config
	// main: the file is a Caddyfile by its name, and not one that counts only where it is imported
	main bool
	// ordered: its directives work in the order in which they stand, as those of the JSON form do
	ordered bool
}

func readCaddy(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	if path.Ext(withoutTemplateSuffix(strings.ToLower(f.Name()))) == ".json" {
		return readCaddyJSON(f)
	}
	conf := caddyfile.Of(f)
	doc := &caddyDoc{path: f.Path, conf: conf, main: strings.Contains(strings.ToLower(f.Name()), "caddy")}
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
	ordered  bool                              // of the file at hand
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
			t.snippets, t.ordered = map[string][]*caddyfile.Directive{}, t.docs[p].ordered
			t.file(t.blocks(p, []string{p}))
		}
	}
	t.cut = t.cut || t.index.cut
	return t.scopes, t.problem("Caddy")
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
			if _, snippet := t.snippets[b.Keys[0].Text]; snippet {
				out = append(out, t.sitesOf(b, files)...)
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

// sitesOf are the sites that a snippet holds which is imported at the top level.
func (t *caddyTree) sitesOf(b *caddyfile.Block, files []string) []caddyBlock {
	var out []caddyBlock
	d := &caddyfile.Directive{Name: "import", Args: b.Keys, Body: b.Body, Block: b.Braces, Place: b.Place}
	for _, site := range t.expand([]*caddyfile.Directive{d}, files, caddyImport{}) {
		if site.Block {
			keys := append([]caddyfile.Token{{Text: site.Name}}, site.Args...)
			out = append(out, caddyBlock{&caddyfile.Block{Kind: caddyfile.Site, Keys: keys, Body: site.Body, Braces: true, Place: site.Place}, files})
		}
	}
	return out
}

// caddyImport is what an import hands to what it imports.
type caddyImport struct {
	chain []string // what is being imported
	args  []caddyfile.Token
	block []*caddyfile.Directive // stands where {block} is
}

// blockOf is what stands for {block}, or for {blocks.NAME}: the block of that name inside it.
func (in caddyImport) blockOf(placeholder string) ([]*caddyfile.Directive, bool) {
	if placeholder == "{block}" {
		return in.block, true
	}
	name, ok := strings.CutPrefix(placeholder, "{blocks.")
	if !ok || len(in.chain) == 0 {
		return nil, false
	}
	for _, d := range in.block {
		if d.Block && d.Name == strings.TrimSuffix(name, "}") {
			return d.Body, true
		}
	}
	return nil, true
}

// expand fills imports of snippets and files into a body.
func (t *caddyTree) expand(list []*caddyfile.Directive, files []string, in caddyImport) []*caddyfile.Directive {
	var out []*caddyfile.Directive
	for _, d := range list {
		if !t.spend() {
			return out
		}
		d = withArgs(d, in.args)
		if d.Block {
			d.Body = t.expand(d.Body, files, in)
		}
		if lines, ok := in.blockOf(d.Name); ok {
			for _, line := range lines {
				if t.spend() {
					out = append(out, line)
				}
			}
			continue
		}
		if d.Name != "import" || len(d.Args) == 0 {
			out = append(out, d)
			continue
		}
		name := d.Arg(0)
		if slices.Contains(in.chain, name) || len(in.chain) >= maxIncludeDepth {
			continue
		}
		inner := caddyImport{append(slices.Clip(in.chain), name), d.Args[1:], d.Body}
		if body, ok := t.snippets[name]; ok {
			out = append(out, t.expand(body, files, inner)...)
			continue
		}
		found := t.find(name, files[len(files)-1])
		if len(found) == 0 && !hasGlob(name) {
			out = append(out, d)
		}
		for _, p := range found {
			out = append(out, t.expand(fileBody(t.docs[p].conf), append(slices.Clip(files), p), inner)...)
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
	out.Name = withArg(caddyfile.Token{Text: d.Name}, args).Text
	out.Args = nil
	for _, a := range d.Args {
		if (a.Text == "{args[:]}" || a.Text == "{args.*}") && len(out.Args) < maxCaddyArgs {
			out.Args = append(out.Args, args...)
			continue
		}
		out.Args = append(out.Args, withArg(a, args))
	}
	return &out
}

func withArg(a caddyfile.Token, args []caddyfile.Token) caddyfile.Token {
	if !strings.Contains(a.Text, "{args") || len(a.Text) >= maxCaddyText {
		return a
	}
	for i, arg := range args {
		n := strconv.Itoa(i)
		filled := strings.NewReplacer("{args["+n+"]}", arg.Text, "{args."+n+"}", arg.Text).Replace(a.Text)
		a.Dynamic = a.Dynamic || arg.Dynamic && filled != a.Text
		a.Text = filled
	}
	return a
}
