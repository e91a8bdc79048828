// Package checks is the contract between a checklist item and the program that runs it.
//
// A check is a value. It sees the world only through its Pass, so the same check runs over a directory,
// a git revision, a live site and a recorded fixture. Checks observe; they never decide the build.
package checks

import "slices"

// Module is one chapter of the checklist and one Go package below checks/.
type Module string

// The five modules, in the order reports show them.
const (
	Permissions Module = "permissions"
	Secrets     Module = "secrets"
	Headers     Module = "headers"
	Uploads     Module = "uploads"
	Logging     Module = "logging"
)

// Modules lists every module in report order.
func Modules() []Module {
	return []Module{Permissions, Secrets, Headers, Uploads, Logging}
}

// Check is what one line of the checklist asks, with its documentation in its fields.
//
// A check fills at least one of Entry, File, Tree, Site and Joint. Reporting neither OK nor Fail makes the verdict
// not-applicable; returning an error, or panicking, means "could not tell".
type Check struct {
	// ID is "module/name", lower-case words joined by hyphens. It is never reused for another question.
	ID    string
	Title string // a statement that is true when the check passes, at most 60 characters
	Why   string // what an attacker does when it does not hold
	Fix   string // what to change, in plain words
	// Expected and Rollback are the item's default texts. {name} is replaced by the parameter's effective value.
	Expected string
	Rollback string
	// Absent says, for a not-applicable verdict, what the check looked for and did not find.
	Absent     string
	References []string // "CWE-319", "RFC 6797", "ASVS 3.4.1", or a URL
	Severity   Severity // the highest severity a finding of this check can have
	Rules      []Rule   // every rule a finding of this check may name
	Params     []Param  // typed expectations that a policy may set

	// Entry sees the metadata of every directory entry (files, directories, links, special files), no bytes.
	Entry func(*Pass, *Entry)
	// Wants chooses the files that File sees, from metadata alone. nil with File set means every regular file.
	Wants func(*Entry) bool
	// File sees one file's bytes. It runs from several goroutines. Without Stream it sees whole files only,
	// and a file over the engine's bound is reported as a problem instead.
	File func(*Pass, *File) error
	// Stream declares that File accepts a large file as overlapping windows (see File.Offset).
	Stream bool
	// Ignored declares that File also sees what git ignores: it is on the machine, whatever git says.
	Ignored bool
	// Lasting declares that File sees nothing of a system's temporary directories: no service is run or configured from there.
	Lasting bool
	// Part declares that what File finds holds whatever the rest of the tree is: the check also judges a change, of which
	// only some files are seen.
	Part bool
	// NoSettings declares that nothing of it asks for Pass.Scopes: a run of such checks alone reads no settings.
	NoSettings bool
	// Layers are the only ones that Pass.Scopes is asked for; nil for any. A run of such checks alone reads no others.
	Layers []string
	// Foreign reports files of the tree that are not the audited service's: what kept their settings from being read does
	// not blind the check. nil for none.
	Foreign func(path string) bool
	// Tree runs once per tree, after the walk, over the scopes and what File kept.
	Tree func(*Pass) error
	// Site runs once per live site. Pass.Trees is what was seen of the trees that are audited with it.
	Site func(*Pass) error
	// Joint runs once per pair of a tree and a site that are audited together, after both. It sees the scopes of the
	// tree, what Entry and File kept of it, and the site. Where there is no Tree, Entry and File only keep.
	Joint func(*Pass) error
}

// Module is the part of the ID before the slash.
func (c *Check) Module() Module {
	for i := range len(c.ID) {
		if c.ID[i] == '/' {
			return Module(c.ID[:i])
		}
	}
	return ""
}

// NeedsLayers reports the layers of settings that the checks ask for; all says that it may be any.
func NeedsLayers(list []*Check) (layers []string, all bool) {
	for _, c := range list {
		switch {
		case c.NoSettings:
		case c.Layers == nil:
			return nil, true
		default:
			layers = append(layers, c.Layers...)
		}
	}
	slices.Sort(layers)
	return slices.Compact(layers), false
}

// Rule returns the check's rule of that ID, or nil.
func (c *Check) Rule(id string) *Rule {
	for i := range c.Rules {
		if c.Rules[i].ID == id {
			return &c.Rules[i]
		}
	}
	return nil
}

// OnTree reports whether the check can judge a directory or a git revision.
func (c *Check) OnTree() bool {
	return c.Tree != nil || c.Joint == nil && (c.Entry != nil || c.File != nil)
}

// OnSite reports whether the check can judge a live site.
func (c *Check) OnSite() bool { return c.Site != nil }

// Suits reports whether the check can judge a target of that kind.
func (c *Check) Suits(kind TargetKind) bool {
	switch kind {
	case TargetURL:
		return c.OnSite()
	case TargetJoint:
		return c.Joint != nil
	}
	return c.OnTree()
}

// Needs says what the check judges, for a target that does not suit it.
func (c *Check) Needs() string {
	switch {
	case c.OnTree():
		return "needs a directory or a git revision"
	case c.OnSite():
		return "needs a URL"
	}
	return "needs a directory and a URL in one run"
}

// Rule is a detector inside a check. A finding names its rule.
type Rule struct {
	ID    string // lower-case words joined by hyphens, unique inside the check
	Title string // what is wrong, one line
	// Severity is a ceiling: the finding has the lower of this and the item's severity. Zero means the item's.
	Severity  Severity
	Precision Precision // how often a finding of this rule is true; zero means high
	Fix       string    // overrides the check's Fix where the rule needs its own
}
