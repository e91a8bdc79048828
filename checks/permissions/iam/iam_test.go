package iam

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fromJSON reads a document for the tests; lists of statements get lines 1, 2, 3.
func fromJSON(text string) *Node {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return nil
	}
	n := fromValue(v)
	for i, s := range n.Get("Statement").All() {
		s.Line = i + 1
	}
	return n
}

func fromValue(v any) *Node {
	switch v := v.(type) {
	case map[string]any:
		n := &Node{Kind: Object}
		for key, value := range v {
			n.Fields = append(n.Fields, Field{key, fromValue(value)})
		}
		return n
	case []any:
		n := &Node{Kind: List}
		for _, item := range v {
			n.Items = append(n.Items, fromValue(item))
		}
		return n
	case nil:
		return &Node{}
	}
	return &Node{Kind: Scalar, Text: fmt.Sprint(v)}
}

func judged(text string) string {
	var out []string
	for _, v := range Read(fromJSON(text)).Judge() {
		out = append(out, fmt.Sprintf("%s/%d", v.Rule, v.Level))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestJudge(t *testing.T) {
	statement := func(body string) string { return `{"Version": "2012-10-17", "Statement": [` + body + `]}` }
	github := `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}`
	sub := func(operator, value string) string {
		return `{` + github + `, "Condition": {"` + operator + `": {"token.actions.githubusercontent.com:sub": "` + value + `"}}}`
	}
	for _, c := range []struct{ name, body, want string }{
		{"administrator", `{"Effect": "Allow", "Action": "*", "Resource": "*"}`, "all-actions/4"},
		{"administrator in longer words", `{"Effect": "allow", "Action": ["*:*"], "Resource": ["arn:aws:s3:::x", "*"]}`, "all-actions/4"},
		{"administrator with a second factor", `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`, "all-actions/3"},
		{"everything on one bucket", `{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::logs/*"}`, "all-actions/2"},
		{"deny everything", `{"Effect": "Deny", "Action": "*", "Resource": "*"}`, ""},
		{"an effect that is not known", `{"Effect": "` + Unknown + `", "Action": "*", "Resource": "*"}`, ""},
		{"one service", `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`, "service-wildcard/3"},
		{"IAM", `{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}`, "service-wildcard/4"},
		{"a service's own bucket", `{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::shop", "arn:aws:s3:::shop/*"]}`, ""},
		{"measurements", `{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}`, "service-wildcard/1"},
		{"actions that accept only *", `{"Effect": "Allow", "Action": ["ec2:Describe*", "s3:ListAllMyBuckets", "ecr:GetAuthorizationToken", "sts:GetCallerIdentity"], "Resource": "*"}`, ""},
		{"restrictable", `{"Effect": "Allow", "Action": ["s3:GetObject", "ec2:DescribeInstances"], "Resource": "*"}`, "any-resource/2"},
		{"restrictable by a pattern", `{"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": "*"}`, "any-resource/2"},
		{"restrictable, all buckets", `{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::*"}`, "any-resource/2"},
		{"restrictable, a condition", `{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "shop"}}}`, ""},
		{"restrictable, denied", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}`, ""},
		{"a resource that is not known", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "` + Unknown + `"}`, ""},
		{"one role to pass", `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/task"}`, ""},
		{"every role to pass", `{"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": "*"}`, "pass-role/3"},
		{"every role to one service", `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}`, ""},
		{"a machine with any role", `{"Effect": "Allow", "Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*"}`, "escalation/3 pass-role/3"},
		{"a route in two statements", `{"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*"}, {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/*"}`,
			"any-resource/2 any-resource/2 escalation/3"},
		{"one's own keys", `{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}"}`, ""},
		{"anyone's keys", `{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::1:user/*"}`, "any-resource/2 escalation/3"},
		{"NotAction", `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`, "not-action/3"},
		{"Deny with NotAction", `{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}`, ""},
		{"NotResource", `{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::private/*"}`, "not-resource/3"},
		{"a public site", `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::www/*"}`, "anyone/3"},
		{"a public dump", `{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::www/*"}`, "anyone/4"},
		{"the organization", `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::www/*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}`, ""},
		{"not the organization", `{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}`, "anyone/3"},
		{"from anywhere", `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}}}`, "anyone/3"},
		{"over TLS only", `{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}`, "anyone/3"},
		{"deny without TLS", `{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`, ""},
		{"everyone but one", `{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}, "Action": "s3:*", "Resource": "*"}`, "anyone/4"},
		{"the key policy that KMS asks for", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "kms:*", "Resource": "*"}`, ""},
		{"a condition that is not known", `{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*", "Condition": null}`, ""},
		{"trust in anyone", `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}`, "trust-anyone/4"},
		{"trust in anyone with a shared secret", `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}`, ""},
		{"trust in a service", `{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}`, ""},
		{"GitHub, whoever", `{` + github + `, "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}`, "federated-subject/4"},
		{"GitHub, a wildcard", sub("StringLike", "repo:*"), "federated-subject/4"},
		{"GitHub, any owner", sub("StringLike", "repo:*/shop:*"), "federated-subject/4"},
		{"GitHub, not that one", sub("StringNotEquals", "repo:evil/x:*"), "federated-subject/4"},
		{"GitHub, one repository", sub("StringLike", "repo:acme/shop:*"), ""},
		{"another's provider", strings.ReplaceAll(strings.ReplaceAll(sub("Bool", "x"), "token.actions.githubusercontent.com", "gitlab.company.example"), ":sub", ":aud"), ""},
	} {
		if got := judged(statement(c.body)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Every action of the routes is one of the table, so that a route on all resources is also named action by action.
func TestTables(t *testing.T) {
	for action := range restrictable {
		if action != strings.ToLower(action) || strings.Count(action, ":") != 1 {
			t.Errorf("%q is not service:action in lower case", action)
		}
	}
	for _, r := range routes {
		for _, action := range r.actions {
			if strings.ToLower(action) != action || strings.Count(action, ":") != 1 || r.gain == "" {
				t.Errorf("%v is not a route", r)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"s3:*", "s3:getobject", true}, {"s3:get*", "s3:putobject", false}, {"*", "x", true}, {"s3:?etobject", "s3:getobject", true},
		{"*pass*", "iam:passrole", true}, {"", "", true}, {"", "x", false}, {"a*b*c", "a-b-b-c", true}, {"a*b*c", "a-b-b", false},
	} {
		if got := Match(c.pattern, c.text); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(`{"Statement": [{"Effect": "Allow", "Action": ["iam:PassRole", "ec2:*"], "Resource": "*", "Condition": {"StringLike": {"a:sub": "*"}}}]}`)
	f.Add(`{"Statement": {"Effect": "Allow", "Principal": {"Federated": "gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		n := fromJSON(text)
		for _, v := range Read(n).Judge() {
			if v.Statement == nil || !v.Statement.Allow || v.Rule == "" || v.Level < Low || v.Level > Critical {
				t.Errorf("malformed violation %+v", v)
			}
		}
	})
}
