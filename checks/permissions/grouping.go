package permissions

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// standAlone is how many findings of one rule in one directory stand for themselves.
const standAlone = 3

// failGrouped reports findings; more than a few of one rule, attribute and severity in one directory are one, at the directory,
// that counts them and names the first ones.
func failGrouped(p *checks.Pass, found []checks.Finding) { failGroupedBy(p, found, path.Dir) }

// failGroupedBy groups by another directory of a path than its own.
func failGroupedBy(p *checks.Pass, found []checks.Finding, dirOf func(string) string) {
	type key struct {
		rule, dir, attribute string
		severity             checks.Severity
	}
	groups := map[key][]checks.Finding{}
	for _, f := range found {
		k := key{f.Rule, dirOf(f.Place.Path), f.Attribute, f.Severity}
		groups[k] = append(groups[k], f)
	}
	for k, list := range groups {
		if len(list) <= standAlone {
			for _, f := range list {
				p.Fail(f)
			}
			continue
		}
		slices.SortFunc(list, func(a, b checks.Finding) int { return cmp.Compare(a.Place.Path, b.Place.Path) })
		for _, f := range list[1:] {
			p.Examined(f.Subject)
		}
		p.Fail(grouped(k.dir, list))
	}
}

func grouped(dir string, list []checks.Finding) checks.Finding {
	f := list[0]
	var names []string
	for _, one := range list[:standAlone] {
		names = append(names, strings.TrimPrefix(one.Place.Path, dir+"/"))
	}
	f.Place = checks.Place{Path: dir}
	f.Message = fmt.Sprintf("%d entries in this directory have the same defect (%s, ...), such as: %s", len(list), strings.Join(names, ", "), f.Message)
	if f.Fix != "" {
		f.Fix = "For each of them, as for the first: " + f.Fix
	}
	return f
}
