package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"hardcheck/checks"
)

// Options say which policy to load.
type Options struct {
	Checks  []*checks.Check // the catalogue, in report order
	Dir     string          // where discovery begins; "" is the working directory
	File    string          // an explicit file; "" means discovery, and the baseline profile where nothing is found
	Profile string          // a profile of the file or an embedded one; "" means what the file says
	Now     time.Time       // bounds how far away waivers may end; zero means time.Now
}

// Load finds, reads and resolves the policy. A policy with mistakes gives an *Error that lists all of them.
//
// Discovery looks for hardcheck.yaml, hardcheck.yml or .hardcheck.yaml in Dir and its parents, up to and including
// the repository's root (a directory that holds .git) or the file system's. Where there is none, the embedded profile
// baseline is in force. An embedded profile that is asked for by name takes the place of the embedded one at the root
// of the file's chain: the file's own items, waivers and sections stay on top of it.
func Load(o Options) (*Policy, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	l := &loader{options: o, found: &mistakes{}, catalogue: newCatalogue(o.Checks)}
	first, err := l.start()
	if err != nil {
		return nil, err
	}
	chain := l.chain(first)
	profiles, base := l.selectProfile(chain)
	if base != "" {
		chain = l.rebase(chain, base)
	}
	if l.broken { // without its base, what follows would be noise
		return nil, l.found.err()
	}
	p := l.resolve(chain, profiles)
	if err := l.found.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// loader holds what one Load needs throughout.
type loader struct {
	options   Options
	found     *mistakes
	catalogue *catalogue
	broken    bool // a part of the chain could not be had
}

// start is the source the chain begins with.
func (l *loader) start() (source, error) {
	if l.options.File != "" {
		return source{shown: l.options.File, path: l.options.File}, nil
	}
	path, err := discover(l.options.Dir)
	if err != nil {
		return source{}, err
	}
	if path == "" {
		return source{embedded: "baseline"}, nil
	}
	return source{shown: shorten(path), path: path}, nil
}

// maxChain bounds how many files extend one another.
const maxChain = 16

// chain reads a policy and everything it extends, base first.
func (l *loader) chain(s source) []*document {
	var out []*document
	seen := map[string]bool{}
	var at position
	for {
		seen[s.key()] = true
		doc := l.read(s, at)
		if doc == nil {
			l.broken = true
			break
		}
		out = append(out, doc)
		if !doc.Extends.set {
			break
		}
		next, err := s.extends(doc.Extends.value)
		switch {
		case err != nil:
			l.found.add(doc.Extends.at, "extends", "%v", err)
		case seen[next.key()]:
			l.found.add(doc.Extends.at, "extends", "%s extends itself through this file", next.name())
		case len(out) == maxChain:
			l.found.add(doc.Extends.at, "extends", "expected at most %d policies in a chain", maxChain)
		default:
			s, at = next, doc.Extends.at
			continue
		}
		l.broken = true
		break
	}
	slices.Reverse(out)
	return out
}

// read decodes one source; nil where its bytes could not be had. at is where a policy extends it.
func (l *loader) read(s source, at position) *document {
	data, err := s.bytes()
	if err != nil {
		var failed *fs.PathError
		if errors.As(err, &failed) {
			err = failed.Err
		}
		path := "extends"
		if at.line == 0 {
			path = "--policy"
		}
		l.found.add(at, path, "cannot read %s: %v; correct the path or the file and try again", s.name(), err)
		return nil
	}
	doc := &document{source: s, reads: &decoder{file: s.name(), found: l.found}}
	doc.reads.document(data, doc)
	return doc
}

// rebase puts an embedded profile where the chain's own embedded profile stood, or beneath a chain without one.
func (l *loader) rebase(chain []*document, base string) []*document {
	own := slices.DeleteFunc(slices.Clone(chain), func(d *document) bool { return d.source.embedded != "" })
	return slices.Concat(l.chain(source{embedded: base}), own)
}

// profile is one entry of a document's profiles.
type profile struct {
	doc *document
	*entry[profileEntry]
}

// profilesOf lists the profiles of a chain, base first.
func profilesOf(chain []*document) []profile {
	var out []profile
	for _, doc := range chain {
		for i := range doc.Profiles.list {
			out = append(out, profile{doc, &doc.Profiles.list[i]})
		}
	}
	return out
}

// selectProfile finds the entries of the profile asked for, base first, and the embedded profile that it stands on
// where that is another than the chain's.
func (l *loader) selectProfile(chain []*document) (selected []profile, base string) {
	known := map[string]profile{}
	for _, p := range profilesOf(chain) {
		known[p.name] = p
	}
	name, at, path := l.options.Profile, position{}, "--profile"
	for name != "" && name != "default" {
		p, ok := known[name]
		switch {
		case ok && !slices.Contains(selected, p):
			selected = append(selected, p)
			name, at, path = p.value.Extends.value, p.value.Extends.at, "profiles."+p.name+".extends"
			continue
		case slices.Contains(Profiles(), name):
			base = name
		case ok:
			l.found.add(at, path, "profile %q extends itself", name)
			l.broken = true
		default:
			words := slices.Concat(slices.Sorted(maps.Keys(known)), Profiles())
			l.found.add(at, path, "unknown profile %q%s", name, orOneOf(name, words))
			l.broken = true
		}
		break
	}
	slices.Reverse(selected)
	return selected, base
}

// catalogue finds checks by ID.
type catalogue struct {
	list []*checks.Check
	byID map[string]*checks.Check
}

func newCatalogue(list []*checks.Check) *catalogue {
	c := &catalogue{list, make(map[string]*checks.Check, len(list))}
	for _, check := range list {
		c.byID[check.ID] = check
	}
	return c
}

func (c *catalogue) ids() []string {
	out := make([]string, len(c.list))
	for i, check := range c.list {
		out[i] = check.ID
	}
	return out
}

// unknown describes a check that does not exist.
func (c *catalogue) unknown(id string) string {
	return fmt.Sprintf("unknown check %q%s", id, didYouMean(id, c.ids()))
}
