package all

import (
	"fmt"
	"strings"

	"hardcheck/checks"
)

// Checklist is the checklist page in Markdown: every check with what it asks, why, and its rules.
func Checklist(list []*checks.Check) string {
	var b strings.Builder
	b.WriteString("# The checklist\n\nGenerated from the checks by `hardcheck checks --format markdown`; edit the checks, not this page.\n")
	for _, module := range checks.Modules() {
		chapter(&b, module, list)
	}
	return b.String()
}

func chapter(b *strings.Builder, module checks.Module, list []*checks.Check) {
	var own []*checks.Check
	for _, c := range list {
		if c.Module() == module {
			own = append(own, c)
		}
	}
	if len(own) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n| check | severity | runs on | holds when |\n|---|---|---|---|\n", module)
	for _, c := range own {
		fmt.Fprintf(b, "| [%s](#%s) | %s | %s | %s |\n", c.ID, strings.ReplaceAll(c.ID, "/", ""), c.Severity, targets(c), cell(c.Title))
	}
	for _, c := range own {
		section(b, c, ruleOwners(own, c))
	}
}

// longTable is the number of rules from which a table is not repeated.
const longTable = 100

// ruleOwners are the checks of the chapter that document the rules of a check which has none of its own; nil for others.
func ruleOwners(chapter []*checks.Check, c *checks.Check) []string {
	var owners []string
	documented := map[string]bool{}
	for _, o := range chapter {
		if len(c.Rules) < longTable || len(o.Rules) >= len(c.Rules) {
			continue
		}
		before := len(documented)
		for _, r := range o.Rules {
			if c.Rule(r.ID) != nil {
				documented[r.ID] = true
			}
		}
		if len(documented) > before {
			owners = append(owners, o.ID)
		}
	}
	if len(documented) < len(c.Rules) {
		return nil
	}
	return owners
}

func targets(c *checks.Check) string {
	switch {
	case c.OnTree() && c.OnSite():
		return "files, URL"
	case c.OnSite():
		return "URL"
	case !c.OnTree():
		return "files with URL"
	}
	return "files"
}

func section(b *strings.Builder, c *checks.Check, owners []string) {
	values := c.Defaults()
	fmt.Fprintf(b, "\n### %s\n\n%s.\n\n", c.ID, strings.TrimSuffix(c.Title, "."))
	fmt.Fprintf(b, "- **Why**: %s\n- **Fix**: %s\n- **Expected**: %s\n- **Rollback**: %s\n- **References**: %s\n",
		c.Why, c.Fix, c.Expand(c.Expected, values), c.Expand(c.Rollback, values), strings.Join(c.References, ", "))
	if len(c.Params) > 0 {
		b.WriteString("\n| parameter | kind | default | meaning |\n|---|---|---|---|\n")
		for _, p := range c.Params {
			fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", p.Name, p.Kind, cell(checks.FormatValue(p.Default)), cell(p.Doc))
		}
	}
	if owners != nil {
		fmt.Fprintf(b, "\nIts rules are those of %s.\n", strings.Join(owners, ", "))
		return
	}
	b.WriteString("\n| rule | at most | finds |\n|---|---|---|\n")
	for _, r := range c.Rules {
		severity := r.Severity
		if severity == 0 {
			severity = c.Severity
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", r.ID, severity, cell(r.Title))
	}
}

func cell(s string) string { return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s) }
