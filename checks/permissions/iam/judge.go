package iam

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Level is how bad a violation is, from 1 (low) to 4 (critical).
type Level int

// Levels.
const (
	Low Level = iota + 1
	Medium
	High
	Critical
)

// Violation is one thing that a statement, or several together, grants too widely.
type Violation struct {
	Rule      string // one of Rules
	Level     Level
	Statement *Statement // the first that is concerned
	Actual    string
	Expected  string
	Message   string
	Fix       string
}

// Judge lists what the policy grants too widely, in the order of its statements. What is not known is not judged.
func (p *Policy) Judge() []Violation {
	var out []Violation
	for _, s := range p.Statements {
		switch {
		case !s.Allow:
		case s.onResource():
			out = append(out, p.onResource(s)...)
		default:
			out = append(out, p.identity(s)...)
		}
	}
	if !slices.ContainsFunc(out, func(v Violation) bool { return v.Rule == "all-actions" }) {
		out = append(out, p.escalation()...)
	}
	slices.SortStableFunc(out, func(a, b Violation) int { return cmp.Compare(a.Statement.Line, b.Statement.Line) })
	return out
}

// identity judges a statement of a policy that is attached to a user, group or role.
func (p *Policy) identity(s *Statement) []Violation {
	all := everything(s.Resources) || len(s.Resources) == 0 && len(s.NotResources) == 0
	switch {
	case len(s.NotActions) > 0:
		return s.notAction()
	case len(s.NotResources) > 0:
		return []Violation{s.violation("not-resource", High, "NotResource "+list(s.NotResources), "Resource with the ARNs that are needed",
			"With Allow, NotResource takes in every resource but these, also those made tomorrow",
			`Replace NotResource by "Resource": [the ARNs that are needed], and put the exception into a statement with "Effect": "Deny".`)}
	case slices.ContainsFunc(s.Actions, isEverything):
		return s.allActions(all)
	}
	var out []Violation
	if v, ok := s.wholeServices(all); ok {
		out = append(out, v)
	}
	if covers(s.Actions, passRole) && all && len(s.Conditions) == 0 && !p.denied(passRole) && !s.wholeIAM() {
		out = append(out, s.violation("pass-role", High, "iam:PassRole on *", "iam:PassRole on the ARN of the one role, with iam:PassedToService",
			"Whoever has this may hand any role of the account, an administrator's too, to a service that runs their code",
			`"Resource": "arn:aws:iam::ACCOUNT:role/NAME", "Condition": {"StringEquals": {"iam:PassedToService": "SERVICE.amazonaws.com"}}`))
	}
	if v, ok := s.anyResource(p, all); ok && len(out) == 0 {
		out = append(out, v)
	}
	return out
}

// isEverything reports "*", "*:*" and their longer spellings.
func isEverything(action string) bool { return action != "" && strings.Trim(action, "*:") == "" }

func (s *Statement) wholeIAM() bool { return slices.Contains(s.Actions, "iam:*") }

func (s *Statement) notAction() []Violation {
	level := High
	if len(s.Conditions) > 0 {
		level = Medium
	}
	return []Violation{s.violation("not-action", level, "NotAction "+list(s.NotActions), "Action with the actions that are needed",
		"With Allow, NotAction grants every action of every service but these, also those that AWS adds tomorrow",
		`Replace NotAction by "Action": [the actions that are needed], and put the exception into a statement with "Effect": "Deny".`)}
}

func (s *Statement) allActions(all bool) []Violation {
	v := s.violation("all-actions", Critical, "Action * on Resource "+list(s.Resources), "the actions that are needed",
		"Whoever has this is an administrator of the account", `Name what is used: "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::BUCKET/*". IAM Access Analyzer writes the list from CloudTrail.`)
	switch {
	case !all && !broad(s.Resources):
		v.Level, v.Message = Medium, "Every action on these resources is allowed, deleting them and changing who may use them too"
	case len(s.Conditions) > 0:
		v.Level, v.Message = High, "Whoever meets the condition is an administrator of the account"
	}
	return []Violation{v}
}

// wholeServices finds service:* on every resource.
func (s *Statement) wholeServices(all bool) (Violation, bool) {
	var services []string
	level := Low
	for _, a := range s.Actions {
		service, action, ok := strings.Cut(a, ":")
		if !ok || service == "" || action == "" || strings.Trim(action, "*") != "" || strings.ContainsAny(service, "*?"+Unknown) {
			continue
		}
		services = append(services, a)
		switch {
		case service == "iam" || service == "organizations":
			level = max(level, Critical)
		case sensitiveServices[service]:
			level = max(level, High)
		case !telemetry[service]:
			level = max(level, Medium)
		}
	}
	if len(services) == 0 || !all && !broad(s.Resources) {
		return Violation{}, false
	}
	if len(s.Conditions) > 0 {
		level = min(level, Medium)
	}
	message := "Every action of the service on every resource of the account is allowed, deleting and changing permissions too"
	if level == Critical {
		message = "Every action of IAM is allowed: whoever has this can make themselves an administrator"
	}
	return s.violation("service-wildcard", level, list(services)+" on "+list(s.Resources), "the actions and resources that are needed", message,
		`Name what is used: "Action": ["`+strings.TrimSuffix(services[0], "*")+`...one action..."], "Resource": "arn:aws:...the one resource".`), true
}

// anyResource finds actions that could be held to a resource and are not.
func (s *Statement) anyResource(p *Policy, all bool) (Violation, bool) {
	if !all && !broad(s.Resources) || len(s.Conditions) > 0 {
		return Violation{}, false
	}
	var open []string
	for _, action := range slices.Sorted(maps.Keys(restrictable)) {
		if covers(s.Actions, action) && !p.denied(action) {
			open = append(open, action)
		}
	}
	if len(open) == 0 {
		return Violation{}, false
	}
	return s.violation("any-resource", Medium, list(open)+" on "+list(s.Resources), "Resource with the ARNs that are needed",
		"These actions can be held to single resources, and are allowed on every one of the account",
		`Replace "Resource": "*" by the ARNs, such as `+exampleARN(open[0])+`; leave actions that accept only * in a statement of their own.`), true
}

var exampleARNs = map[string]string{
	"s3": "arn:aws:s3:::BUCKET/*", "dynamodb": "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME", "secretsmanager": "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-*",
	"ssm": "arn:aws:ssm:REGION:ACCOUNT:parameter/NAME", "kms": "arn:aws:kms:REGION:ACCOUNT:key/ID", "sqs": "arn:aws:sqs:REGION:ACCOUNT:QUEUE",
	"sns": "arn:aws:sns:REGION:ACCOUNT:TOPIC", "lambda": "arn:aws:lambda:REGION:ACCOUNT:function:NAME", "iam": "arn:aws:iam::ACCOUNT:role/NAME",
	"sts": "arn:aws:iam::ACCOUNT:role/NAME",
}

func exampleARN(action string) string {
	service, _, _ := strings.Cut(action, ":")
	if arn := exampleARNs[service]; arn != "" {
		return arn
	}
	return "arn:aws:" + service + ":REGION:ACCOUNT:NAME"
}

// denied reports that the policy denies the action on everything, without a condition.
func (p *Policy) denied(action string) bool {
	return slices.ContainsFunc(p.Statements, func(s *Statement) bool {
		return !s.Allow && len(s.Conditions) == 0 && everything(s.Resources) && covers(s.Actions, action)
	})
}

func (s *Statement) violation(rule string, level Level, actual, expected, message, fix string) Violation {
	return Violation{Rule: rule, Level: level, Statement: s, Actual: actual, Expected: expected, Message: message, Fix: fix}
}

// list is the first few of a list, with how many more there are.
func list(items []string) string {
	const most = 4
	shown := make([]string, 0, most)
	for _, item := range items[:min(most, len(items))] {
		shown = append(shown, strings.ReplaceAll(item, Unknown, "${...}"))
	}
	text := strings.Join(shown, ", ")
	if len(items) > most {
		text += fmt.Sprintf(" and %d more", len(items)-most)
	}
	return cmp.Or(text, "*")
}
