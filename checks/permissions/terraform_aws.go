package permissions

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/iam"
	"hardcheck/checks/permissions/terraform"
)

func (m *terraformModule) aws(report *cloudReport, r *terraform.Resource) {
	b := r.Body
	switch {
	case r.Data && r.Type == "aws_iam_policy_document":
		report.policy(policyDocument(b), 0)
	case r.Data:
	case r.Type == "aws_iam_role" || r.Type == "aws_iam_role_policy_attachments_exclusive":
		report.attached(b.Get("managed_policy_arns"))
		report.attached(b.Get("policy_arns"))
	case strings.HasPrefix(r.Type, "aws_iam_") && strings.HasSuffix(r.Type, "_policy_attachment") || r.Type == "aws_iam_policy_attachment":
		report.attached(b.Get("policy_arn"))
	case r.Type == "aws_ssoadmin_managed_policy_attachment":
		report.attached(b.Get("managed_policy_arn"))
	case r.Type == "aws_s3_bucket":
		m.bucket(report, r)
	case r.Type == "aws_s3_bucket_acl":
		m.separateACL(report, r)
	case r.Type == "aws_s3_bucket_public_access_block" || r.Type == "aws_s3_account_public_access_block":
		block := *b
		block.Line = r.Line
		report.accessBlock(&block, r.Line, blockSwitches, pasteBlock)
	case r.Type == "aws_lambda_permission":
		report.functionPermission(b, b.Get("principal"), b.Get("source_arn"), b.Get("source_account"), b.Get("principal_org_id"), b.Get("function_url_auth_type"))
	case r.Type == "aws_lambda_function_url":
		if scalar(b.Get("authorization_type")) == "NONE" {
			report.functionURL(b.Get("authorization_type").Line)
		}
	case r.Type == "aws_ami_launch_permission":
		report.shared(b.Get("group"), "Every AWS account may start machines from the image and read what is in it")
	case r.Type == "aws_db_snapshot" || r.Type == "aws_db_cluster_snapshot" || r.Type == "aws_db_snapshot_copy":
		report.shared(b.Get("shared_accounts"), "Every AWS account may copy the database")
	case databases[r.Type]:
		if open := b.Get("publicly_accessible"); scalar(open) == "true" {
			report.publicEndpoint("publicly_accessible", "true", "publicly_accessible = false", open.Line)
		}
	case r.Type == "aws_instance" || r.Type == "aws_launch_template" || r.Type == "aws_launch_configuration":
		report.metadata(r)
	}
	if !r.Data {
		report.policies(b)
	}
}

// databases are resources with an address of their own that a switch puts on the internet.
var databases = set("aws_db_instance aws_rds_cluster_instance aws_redshift_cluster aws_dms_replication_instance aws_mq_broker aws_neptune_cluster_instance aws_docdb_cluster_instance")

// shared judges an image or a snapshot that is given to all.
func (r *cloudReport) shared(with *iam.Node, message string) {
	if with != nil && slices.Contains(with.Texts(), "all") {
		r.fail(checks.Finding{Rule: "anyone", Attribute: "shared with all", Severity: checks.Critical, Expected: "the numbers of the accounts that need it", Actual: "shared with all",
			Message: message, Fix: `Name the accounts: ["111122223333"]. Undo: "all".`}, with.Line, 0)
	}
}

// policies judges every policy document that an attribute of a resource or of its blocks holds.
func (r *cloudReport) policies(b *iam.Node) {
	for _, f := range b.Fields {
		if strings.Contains(f.Key, "polic") {
			if doc, base := policyOf(f.Value); doc != nil {
				r.policy(doc, base)
			}
		}
		if f.Key == "inline_policy" {
			for _, block := range f.Value.All() {
				r.policies(block)
			}
		}
	}
}

// policyDocument turns the data source's blocks into the document that it renders.
func policyDocument(b *iam.Node) *iam.Node {
	list := &iam.Node{Kind: iam.List}
	for _, s := range b.Get("statement").All() {
		statement := &iam.Node{Kind: iam.Object, Line: s.Line, Column: s.Column}
		add := func(key string, value *iam.Node) {
			if value != nil {
				statement.Fields = append(statement.Fields, iam.Field{Key: key, Value: value})
			}
		}
		effect := s.Get("effect")
		if effect == nil {
			effect = &iam.Node{Kind: iam.Scalar, Text: "Allow"} // the data source's default
		}
		add("Effect", effect)
		for key, attribute := range map[string]string{"Sid": "sid", "Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"} {
			add(key, s.Get(attribute))
		}
		add("Principal", principalBlocks(s.Get("principals")))
		add("NotPrincipal", principalBlocks(s.Get("not_principals")))
		add("Condition", conditionBlocks(s.Get("condition")))
		list.Items = append(list.Items, statement)
	}
	return &iam.Node{Kind: iam.Object, Fields: []iam.Field{{Key: "Statement", Value: list}}}
}

func principalBlocks(blocks *iam.Node) *iam.Node {
	if blocks == nil {
		return nil
	}
	n := &iam.Node{Kind: iam.Object}
	for _, b := range blocks.All() {
		if typ := b.Get("type"); typ.Known() && b.Get("identifiers") != nil {
			n.Fields = append(n.Fields, iam.Field{Key: typ.Text, Value: b.Get("identifiers")})
		}
	}
	return n
}

func conditionBlocks(blocks *iam.Node) *iam.Node {
	if blocks == nil {
		return nil
	}
	n := &iam.Node{Kind: iam.Object}
	for _, b := range blocks.All() {
		test, variable, values := b.Get("test"), b.Get("variable"), b.Get("values")
		if !test.Known() || variable == nil || values == nil {
			return &iam.Node{}
		}
		key := variable.Text
		if variable.Kind != iam.Scalar {
			key = iam.Unknown
		}
		n.Fields = append(n.Fields, iam.Field{Key: test.Text, Value: &iam.Node{Kind: iam.Object, Fields: []iam.Field{{Key: key, Value: values}}}})
	}
	return n
}

var blockSwitches = []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}

const pasteBlock = "block_public_acls = true, block_public_policy = true, ignore_public_acls = true and restrict_public_buckets = true in an aws_s3_bucket_public_access_block"

func (m *terraformModule) bucket(report *cloudReport, r *terraform.Resource) {
	block := m.companion(r, "aws_s3_bucket_public_access_block", "bucket")
	if acl := r.Body.Get("acl"); acl != nil && !blocksACLs(block) {
		report.bucketACL(scalar(acl), acl.Line)
	}
	if block == nil && !m.accountBlock() && !m.loopBlock() {
		report.accessBlock(nil, r.Line, nil, pasteBlock)
	}
}

// accountBlock reports a block for the whole account, and loopBlock one that is made for buckets that are not known.
func (m *terraformModule) accountBlock() bool {
	return m.any("aws_s3_account_public_access_block", func(*terraform.Resource) bool { return true })
}

func (m *terraformModule) loopBlock() bool {
	return m.any("aws_s3_bucket_public_access_block", func(r *terraform.Resource) bool {
		bucket := r.Body.Get("bucket")
		return bucket != nil && bucket.Kind == iam.Dynamic && (strings.HasPrefix(bucket.Text, "each.") || strings.HasPrefix(bucket.Text, "var.") || strings.HasPrefix(bucket.Text, "local."))
	})
}

func (m *terraformModule) any(typ string, holds func(*terraform.Resource) bool) bool {
	for _, r := range m.resources {
		if r.Type == typ && holds(r) {
			return true
		}
	}
	return false
}

// blocksACLs reports a block under which public ACLs are refused or ignored, or of which that is not known.
func blocksACLs(block *terraform.Resource) bool {
	if block == nil {
		return false
	}
	for _, name := range []string{"block_public_acls", "ignore_public_acls"} {
		if v := block.Body.Get(name); v != nil && scalar(v) != "false" {
			return true
		}
	}
	return false
}

// everyoneGroup is the grantee of an ACL that stands for everyone, or with the other ending for every AWS account.
const everyoneGroup = "http://acs.amazonaws.com/groups/global/"

func (m *terraformModule) separateACL(report *cloudReport, r *terraform.Resource) {
	bucket := r.Body.Get("bucket")
	for _, block := range m.resources {
		if block.Type == "aws_s3_bucket_public_access_block" && blocksACLs(block) && sameTarget(bucket, block.Body.Get("bucket")) {
			return
		}
	}
	if acl := r.Body.Get("acl"); acl != nil {
		report.bucketACL(scalar(acl), acl.Line)
	}
	for _, policy := range r.Body.Get("access_control_policy").All() {
		for _, grant := range policy.Get("grant").All() {
			for _, grantee := range grant.Get("grantee").All() {
				if group, found := strings.CutPrefix(scalar(grantee.Get("uri")), everyoneGroup); found {
					acl := map[string]string{"AllUsers": "public-read", "AuthenticatedUsers": "authenticated-read"}[group]
					if permission := scalar(grant.Get("permission")); group == "AllUsers" && permission != "READ" && permission != "READ_ACP" {
						acl = "public-read-write"
					}
					report.bucketACL(acl, grantee.Line)
				}
			}
		}
	}
}

// sameTarget reports two values that are the same literal or the same expression.
func sameTarget(a, b *iam.Node) bool {
	return a != nil && b != nil && a.Kind == b.Kind && a.Kind != iam.List && a.Kind != iam.Object && a.Text == b.Text && a.Text != ""
}

// metadata judges whether the instance metadata service answers without a token (IMDSv1): a server-side request forgery then
// reads the machine's credentials.
func (r *cloudReport) metadata(resource *terraform.Resource) {
	options := resource.Body.Get("metadata_options")
	if options == nil {
		r.metadataOpen("missing", "no metadata_options", resource.Line, checks.Low)
		return
	}
	for _, o := range options.All() {
		r.metadataOptions(o, "http_endpoint", "http_tokens")
	}
}

// metadataOptions judges the options by the names that Terraform or CloudFormation gives them.
func (r *cloudReport) metadataOptions(o *iam.Node, endpoint, tokens string) {
	required := o.Get(tokens)
	switch {
	case scalar(o.Get(endpoint)) == "disabled":
	case required == nil:
		r.metadataOpen("missing", "no "+tokens, o.Line, checks.Low)
	case scalar(required) == "optional":
		r.metadataOpen(tokens, tokens+" = optional", required.Line, checks.Medium)
	}
}

func (r *cloudReport) metadataOpen(attribute, actual string, line int, severity checks.Severity) {
	r.fail(checks.Finding{Rule: "metadata-token", Attribute: attribute, Severity: severity, Expected: `http_tokens = "required"`, Actual: actual,
		Message: "A request that a web application is tricked into reads the credentials of the machine's role",
		Fix:     `metadata_options { http_endpoint = "enabled", http_tokens = "required" }, one to a line. Undo: http_tokens = "optional".`}, line, 0)
}
