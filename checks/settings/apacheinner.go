package settings

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// coversPages reports whether a Files section is about the documents that browsers show as pages.
func coversPages(it apacheItem) bool {
	if len(it.args) == 0 || it.dynamic {
		return false
	}
	last := it.args[len(it.args)-1]
	if strings.HasSuffix(strings.ToLower(it.Name), "match") || it.args[0] == "~" {
		re, err := regexp.Compile(last)
		return err == nil && (re.MatchString("index.html") || re.MatchString("index.php"))
	}
	html, _ := path.Match(last, "index.html")
	php, _ := path.Match(last, "index.php")
	return html || php
}

// withInner adds to a section's settings those of the Files and If sections inside it that are about its pages.
func (t *apacheTree) withInner(own []checks.Setting, items []apacheItem, base string) []checks.Setting {
	for _, it := range items {
		kind := apacheSectionKinds[strings.ToLower(it.Name)]
		if !it.Section || kind != "if" && (kind != "files" || !coversPages(it)) {
			continue
		}
		inner := t.own(t.expand(it.Body, it.files, base, it.dynamic))
		if kind == "if" {
			inner = apacheIf(inner, it)
		}
		own = mergeApache(own, inherited(inner))
	}
	return own
}

// apacheIf marks what holds where the condition of an If section is met, which is asked before there is an answer. That
// of ElseIf and Else hangs on those before.
func apacheIf(list []checks.Setting, it apacheItem) []checks.Setting {
	condition := "if="
	if it.Is("If") {
		condition += strings.Join(it.args, " ")
	}
	out := slices.Clone(list)
	for i := range out {
		out[i].Flags = append(slices.Clip(out[i].Flags), "conditional", condition)
	}
	return out
}

// inner reports the Files and If sections inside another section of that name.
func (t *apacheTree) inner(parent *checks.Scope, name string, effective []checks.Setting, items []apacheItem, base string) {
	for _, it := range items {
		kind := apacheSectionKinds[strings.ToLower(it.Name)]
		if kind != "files" && kind != "if" || !it.Section {
			continue
		}
		if own := t.own(t.expand(it.Body, it.files, base, it.dynamic)); len(own) > 0 {
			full := strings.TrimSpace(name + " / " + strings.ToLower(it.Name) + " " + strings.Join(it.args, " "))
			t.effect(t.scope(kind, full, it.Place, parent), mergeApache(inherited(effective), own))
		}
	}
}
