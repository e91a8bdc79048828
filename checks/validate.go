package checks

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	checkID = regexp.MustCompile(`^(permissions|secrets|headers|uploads|logging)/[a-z0-9]+(-[a-z0-9]+)*$`)
	ruleID  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	paramID = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
)

// Validate refuses a list of checks that breaks the contract: missing documentation, malformed or reused IDs,
// a check that cannot run or cannot fail. It reports every mistake at once.
func Validate(list []*Check) error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range list {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("check %s: "+format, append([]any{c.ID}, args...)...))
		}
		if !checkID.MatchString(c.ID) {
			bad("the ID is not module/words-with-hyphens")
		}
		if seen[c.ID] {
			bad("the ID is used twice")
		}
		seen[c.ID] = true
		c.validateTexts(bad)
		c.validateRules(bad)
		c.validateParams(bad)
		if !c.OnTree() && !c.OnSite() && c.Joint == nil {
			bad("has no Entry, File, Tree, Site or Joint")
		}
	}
	return errors.Join(errs...)
}

func (c *Check) validateTexts(bad func(string, ...any)) {
	for _, t := range []struct{ name, text string }{
		{"Title", c.Title}, {"Why", c.Why}, {"Fix", c.Fix},
		{"Expected", c.Expected}, {"Rollback", c.Rollback}, {"Absent", c.Absent},
	} {
		if strings.TrimSpace(t.text) == "" {
			bad("has no %s", t.name)
		}
	}
	if len(c.Title) > 60 {
		bad("Title is longer than 60 characters")
	}
	if len(c.References) == 0 {
		bad("has no References")
	}
	if c.Severity < Info || c.Severity > Critical {
		bad("has no Severity")
	}
}

func (c *Check) validateRules(bad func(string, ...any)) {
	if len(c.Rules) == 0 {
		bad("has no Rules: it cannot fail")
	}
	var ids []string
	for _, r := range c.Rules {
		if !ruleID.MatchString(r.ID) || slices.Contains(ids, r.ID) {
			bad("rule %q: the ID is malformed or used twice", r.ID)
		}
		ids = append(ids, r.ID)
		if strings.TrimSpace(r.Title) == "" {
			bad("rule %q has no Title", r.ID)
		}
		if r.Severity > c.Severity {
			bad("rule %q is more severe than its check", r.ID)
		}
	}
}

func (c *Check) validateParams(bad func(string, ...any)) {
	var names []string
	for _, p := range c.Params {
		if !paramID.MatchString(p.Name) || slices.Contains(names, p.Name) {
			bad("parameter %q: the name is malformed or used twice", p.Name)
		}
		names = append(names, p.Name)
		if p.Doc == "" {
			bad("parameter %q has no Doc", p.Name)
		}
		if want := map[ParamKind]string{ParamBool: "bool", ParamInt: "int64", ParamSize: "int64",
			ParamDuration: "time.Duration", ParamText: "string", ParamList: "[]string"}[p.Kind]; want != fmt.Sprintf("%T", p.Default) {
			bad("parameter %q: the default is a %T, not a %s", p.Name, p.Default, want)
		}
	}
}
