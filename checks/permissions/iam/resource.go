package iam

import (
	"slices"
	"strings"
)

// onResource judges a statement of a policy of a resource, or of a role's trust.
func (p *Policy) onResource(s *Statement) []Violation {
	trust := s.assumes()
	switch {
	case s.NotPrincipal && len(s.Principals) == 0:
		return []Violation{s.violation("anyone", Critical, "NotPrincipal with Allow", "Principal with the accounts, roles or services that need it",
			"Allow with NotPrincipal lets in everyone but those that are named, without an account too",
			`Replace NotPrincipal by "Principal": {"AWS": "arn:aws:iam::ACCOUNT:role/NAME"}.`)}
	case slices.ContainsFunc(s.Principals, anyone) && !s.narrowed():
		return []Violation{s.openToAnyone(trust)}
	}
	if trust {
		return s.federated()
	}
	return nil
}

// anyone reports a principal that stands for every account.
func anyone(p Principal) bool {
	return (p.Type == "*" || strings.EqualFold(p.Type, "AWS")) && (p.ID == "*" || strings.Contains(p.ID, "::*:"))
}

func (s *Statement) openToAnyone(trust bool) Violation {
	who := "Principal *"
	if len(s.Conditions) > 0 {
		who += " under a condition that does not say who (" + s.Conditions[0].Key + ")"
	}
	if trust {
		return s.violation("trust-anyone", Critical, who, "the account, role or provider that needs it",
			"Every AWS account in the world may take on this role", `"Principal": {"AWS": "arn:aws:iam::ACCOUNT:role/NAME"}, with "Condition": {"StringEquals": {"sts:ExternalId": "..."}} for a third party.`)
	}
	v := s.violation("anyone", Critical, who+" may "+list(append(s.Actions, s.NotActions...)), "the accounts, roles or services that need it",
		"Everyone, without an account too, may do this to the resource",
		`"Principal": {"AWS": "arn:aws:iam::ACCOUNT:role/NAME"}, or keep * with "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-..."}}.`)
	if s.readsOnly() || len(s.Conditions) > 0 {
		v.Level = High
	}
	return v
}

// readsOnly reports actions that fetch a bucket's or registry's content: a site that is meant to be public needs no more.
func (s *Statement) readsOnly() bool {
	return len(s.Actions) > 0 && !slices.ContainsFunc(s.Actions, func(a string) bool {
		return !slices.Contains([]string{"s3:getobject", "s3:getobjectversion", "ecr:batchgetimage", "ecr:getdownloadurlforlayer", "ecr-public:batchgetimage"}, a)
	})
}

// whoKeys are the condition keys that say who asks or on whose behalf (AWS global condition context keys, and what Amazon
// S3 calls non-public in "The meaning of public").
var whoKeys = words(`aws:principalorgid aws:principalorgpaths aws:principalaccount aws:principalarn aws:sourceaccount aws:sourcearn aws:sourceorgid
aws:sourceorgpaths aws:sourceowner aws:sourcevpc aws:sourcevpce aws:vpcsourceip aws:sourceip aws:userid aws:username s3:dataaccesspointaccount
s3:dataaccesspointarn kms:calleraccount kms:viaservice lambda:functionurlauthtype sts:externalid elasticfilesystem:accesspointarn
elasticfilesystem:accessedviamounttarget aws:principalisawsservice aws:calledvia aws:calledviafirst aws:calledvialast`)

// narrowed reports a condition that holds the statement to some callers, or one that is not known.
func (s *Statement) narrowed() bool { return slices.ContainsFunc(s.Conditions, Condition.narrows) }

func (c Condition) narrows() bool {
	if c.Operator == Unknown || strings.Contains(c.Key, Unknown) {
		return true
	}
	who := whoKeys[c.Key] || strings.HasPrefix(c.Key, "aws:principaltag/") || strings.HasSuffix(c.Key, ":sub") || strings.HasSuffix(c.Key, ":aud") || strings.HasPrefix(c.Key, "saml:")
	return who && c.positive() && !slices.ContainsFunc(c.Values, anyValue)
}

// positive reports an operator that asks for a value, rather than for another one or for none.
func (c Condition) positive() bool {
	return !strings.Contains(c.Operator, "not") && c.Operator != "null" && !strings.HasSuffix(c.Operator, "ifexists")
}

func anyValue(v string) bool {
	return v == "*" || v == "0.0.0.0/0" || v == "::/0" || v == "arn:*" || v == "arn:aws:*" || v == "arn:aws:iam::*:*"
}

// federated finds providers of identities whose every user may become the role.
func (s *Statement) federated() []Violation {
	var out []Violation
	for _, p := range s.Principals {
		if !strings.EqualFold(p.Type, "Federated") {
			continue
		}
		for _, provider := range providers {
			if provider.names(p.ID) && !s.bound(provider) {
				out = append(out, s.violation("federated-subject", Critical, "trusts "+provider.host+" without a "+provider.claim+" that names whose", provider.host+":"+provider.claim+" of the one repository or application",
					provider.message, `"Condition": {"StringEquals": {"`+provider.host+`:`+provider.claim+`": "`+provider.example+`"}}`))
			}
		}
	}
	return out
}

// provider is one that gives identities to everyone who asks: the claim must say whose.
type provider struct{ host, claim, example, message string }

var providers = []provider{
	{"token.actions.githubusercontent.com", "sub", "repo:ORG/REPO:ref:refs/heads/main", "A workflow of any repository on GitHub may take on this role"},
	{"gitlab.com", "sub", "project_path:GROUP/PROJECT:ref_type:branch:ref:main", "A pipeline of any project on gitlab.com may take on this role"},
	{"app.terraform.io", "sub", "organization:ORG:project:PROJECT:workspace:WORKSPACE:run_phase:apply", "A run of any organization on HCP Terraform may take on this role"},
	{"cognito-identity.amazonaws.com", "aud", "REGION:IDENTITY-POOL-ID", "The users of any identity pool, of any account, may take on this role"},
	{"accounts.google.com", "aud", "CLIENT-ID", "The users of any application that signs in with Google may take on this role"},
}

// names reports an ARN or a key's beginning that means the provider: its host, perhaps with an enterprise's path behind it.
func (p provider) names(text string) bool {
	at := strings.LastIndex(text, p.host)
	return at >= 0 && (at == 0 || text[at-1] == '/') && (at+len(p.host) == len(text) || text[at+len(p.host)] == '/')
}

// owning are other claims that name one owner.
var owning = []string{"sub", "repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref", "project_path", "namespace_path"}

// bound reports a condition that holds the claim to a value of one owner. A condition that is not known may.
func (s *Statement) bound(p provider) bool {
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool {
		if c.Operator == Unknown || strings.Contains(c.Key, Unknown) {
			return true
		}
		colon := strings.LastIndexByte(c.Key, ':')
		named := colon > 0 && p.names(c.Key[:colon]) && (c.Key[colon+1:] == p.claim || slices.Contains(owning, c.Key[colon+1:]))
		return named && c.positive() && len(c.Values) > 0 && !slices.ContainsFunc(c.Values, unowned)
	})
}

// unowned reports a subject whose owner is a wildcard: "*", "repo:*", "repo:*/app:*".
func unowned(value string) bool {
	_, owner, found := strings.Cut(value, ":")
	if !found {
		owner = value
	}
	return owner == "" || strings.HasPrefix(owner, "*") || strings.HasPrefix(value, "*") || strings.HasPrefix(owner, "?")
}
