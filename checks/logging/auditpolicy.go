package logging

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// policy judges an audit policy (https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/): the first rule that
// matches a request decides its level.
func (a *clusterAudit) policy(doc *yaml.Node) {
	rules := yamldoc.Items(yamldoc.Get(doc, "rules"))
	recorded, clean := false, true
	for _, rule := range rules {
		level, known := yamldoc.Text(yamldoc.Get(rule, "level"))
		if !known {
			return // a template
		}
		if level != "None" {
			recorded = true
		}
		whole := level == "Request" || level == "RequestResponse"
		if name := secretsOf(rule); whole && name != "" {
			clean = false
			a.fail("secrets-recorded", yamldoc.Get(rule, "level"), "level", "level Metadata for secrets, configmaps and tokenreviews, in a rule before this one", level+" for "+name,
				"Who reads the audit log reads what the requests carried")
		}
		if decides(rule) {
			break
		}
	}
	switch {
	case len(rules) > 0 && !recorded:
		a.fail("nothing-recorded", yamldoc.Get(doc, "rules"), "rules", "level Metadata or more for what matters", "level None", "No request leaves a trace")
	case clean && len(rules) > 0:
		a.pass.OK(a.subject(doc))
	}
}

// auditSecrets are resources of the core group and of authentication whose requests carry credentials.
var auditSecrets = []string{"secrets", "configmaps", "tokenreviews", "serviceaccounts/token"}

// secretsOf is what a rule matches of auditSecrets, or "": only secrets count where a rule matches everything by a wildcard.
func secretsOf(rule *yaml.Node) string {
	if yamldoc.Get(rule, "nonResourceURLs") != nil || onlyNames(yamldoc.Get(rule, "verbs"), "watch", "list", "delete", "deletecollection") && levelIs(rule, "Request") {
		return ""
	}
	groups := yamldoc.Items(yamldoc.Get(rule, "resources"))
	if yamldoc.Get(rule, "resources") == nil {
		return "every resource, secrets among them"
	}
	for _, g := range groups {
		group, _ := yamldoc.Text(yamldoc.Get(g, "group"))
		resources := yamldoc.Items(yamldoc.Get(g, "resources"))
		switch {
		case group != "" && group != "authentication.k8s.io":
			continue
		case group == "" && len(resources) == 0:
			return "every resource of the core group, secrets among them"
		}
		for _, r := range resources {
			name, _ := yamldoc.Text(r)
			if slices.Contains(auditSecrets, name) && name != "configmaps" || group == "" && strings.HasPrefix(name, "*") && name != "*/status" && name != "*/scale" {
				return name
			}
		}
	}
	return ""
}

func levelIs(rule *yaml.Node, want string) bool {
	level, _ := yamldoc.Text(yamldoc.Get(rule, "level"))
	return level == want
}

func onlyNames(list *yaml.Node, names ...string) bool {
	items := yamldoc.Items(list)
	return len(items) > 0 && !slices.ContainsFunc(items, func(n *yaml.Node) bool {
		text, _ := yamldoc.Text(n)
		return !slices.Contains(names, text)
	})
}

// decides reports whether a rule matches every request for secrets, so that none behind it is asked.
func decides(rule *yaml.Node) bool {
	for _, narrow := range []string{"users", "userGroups", "verbs", "namespaces", "nonResourceURLs"} {
		if len(yamldoc.Items(yamldoc.Get(rule, narrow))) > 0 {
			return false
		}
	}
	if yamldoc.Get(rule, "resources") == nil {
		return true
	}
	for _, g := range yamldoc.Items(yamldoc.Get(rule, "resources")) {
		group, _ := yamldoc.Text(yamldoc.Get(g, "group"))
		resources := yamldoc.Items(yamldoc.Get(g, "resources"))
		named := slices.ContainsFunc(resources, func(n *yaml.Node) bool { text, _ := yamldoc.Text(n); return text == "secrets" || text == "*" })
		if group == "" && (len(resources) == 0 || named) && yamldoc.Get(g, "resourceNames") == nil {
			return true
		}
	}
	return false
}
