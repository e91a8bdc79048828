package permissions

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/kube"
)

// isKustomization reports whether kustomize takes a file of that name for its own.
func isKustomization(name string) bool { return slices.Contains(kube.KustomizationNames, name) }

// podsBuilt reports the pods of the tree.
func podsBuilt(judge podJudge) func(*checks.Pass) error {
	return func(p *checks.Pass) error {
		pods, err := podOutcomes(p, judge)
		for i := range pods {
			pods[i].tell(p)
		}
		return err
	}
}

// podOutcomes are the pods of the tree: those that overlays build, and those of files that no overlay takes.
func podOutcomes(p *checks.Pass, judge podJudge) (out []outcome, err error) {
	files := map[string]*checks.File{}
	overlays := false
	for _, kept := range p.Kept() {
		m, ok := kept.(manifest)
		if !ok {
			continue
		}
		overlays = overlays || isKustomization(path.Base(m.path))
		if m.text != "" {
			files[m.path] = &checks.File{Entry: &checks.Entry{Path: m.path}, Data: []byte(m.text), Whole: true, Line: 1}
		}
	}
	o := overlayRun{pass: p, judge: judge, consumed: map[string]bool{}, seen: map[string]*overlaid{}}
	if overlays {
		if err := o.build(files); err != nil {
			return nil, err
		}
	}
	for _, kept := range p.Kept() {
		if m, ok := kept.(manifest); ok && !o.consumed[m.path] {
			out = append(out, m.pods...)
		}
	}
	return append(out, o.outcomes...), nil
}

// overlayRun judges what the kustomizations of a tree build.
type overlayRun struct {
	pass     *checks.Pass
	judge    podJudge
	consumed map[string]bool
	outcomes []outcome
	seen     map[string]*overlaid // findings by what they are, whichever overlay has them
}

// overlaid is one finding and the overlays that have it.
type overlaid struct {
	outcome, index int
	message        string
	roots          []string
}

func (r *overlayRun) build(files map[string]*checks.File) error {
	k := kube.NewKustomizer(files)
	for _, dir := range k.Roots() {
		built, err := k.Build(dir)
		if err != nil {
			r.pass.Problem(checks.Problem{Op: "build overlay", Expected: "a few bases and patches", Actual: err.Error(), Retry: checks.RetryUseless,
				Where: built.Root, Blind: true})
			continue
		}
		for _, file := range built.Consumed {
			r.consumed[file] = true
		}
		for _, item := range built.Items {
			if err := r.item(k, built, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *overlayRun) item(k *kube.Kustomizer, built *kube.Build, item *kube.Item) error {
	read := reader{pass: r.pass, judge: r.judge, file: func(n *yaml.Node) *checks.File { return item.Origin(k, n) }}
	if yamldoc.Of(item.File).Templated {
		read.conditions = templateConditions(item.File.Text())
	}
	outcomes, err := read.object(item.Object)
	for _, o := range outcomes {
		o.subject.Name += " of " + built.Root
		if len(built.Partial) > 0 {
			o.unclear = "part of an overlay is known only when kustomize builds it: " + built.Partial[0]
		}
		findings := o.findings
		o.findings = nil
		r.outcomes = append(r.outcomes, o)
		for _, f := range findings {
			r.add(f, built.Root, item.File.Path)
		}
	}
	return err
}

// add takes a finding once, however many overlays build the object it is in, and names the files that make it.
func (r *overlayRun) add(f checks.Finding, root, base string) {
	last := len(r.outcomes) - 1
	_, field, _ := strings.Cut(f.Attribute, ": ")
	key := fmt.Sprintf("%s\x00%v\x00%d\x00%s", f.Rule, f.Place, f.Place.Column, field)
	o := r.seen[key]
	if o == nil {
		o = &overlaid{outcome: last, message: f.Message, index: len(r.outcomes[last].findings)}
		if f.Place.Path != base {
			o.message += ", patched over " + base
		}
		r.seen[key] = o
		f.Subject = r.outcomes[last].subject
		r.outcomes[last].findings = append(r.outcomes[last].findings, f)
	} else if o.outcome != last {
		r.outcomes[last].told = true
	}
	if !slices.Contains(o.roots, root) {
		o.roots = append(o.roots, root)
	}
	named := strings.Join(o.roots[:min(3, len(o.roots))], ", ")
	if more := len(o.roots) - 3; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	r.outcomes[o.outcome].findings[o.index].Message = o.message + ", as built by " + named
}
