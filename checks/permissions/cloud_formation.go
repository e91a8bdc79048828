package permissions

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/iam"
)

// formation judges a resource of CloudFormation or SAM. Policy documents inside it are found by the search.
func (d *cloudDocument) formation(n *iam.Node, name string) {
	properties := n.Get("Properties")
	r := d.report("resource", lastKey(name))
	switch typ := scalar(n.Get("Type")); typ {
	case "AWS::S3::Bucket":
		r.formationBucket(n, properties)
	case "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group":
		r.attached(properties.Get("ManagedPolicyArns"))
	case "AWS::Serverless::Function":
		r.attached(properties.Get("Policies"))
		if auth := properties.Get("FunctionUrlConfig").Get("AuthType"); scalar(auth) == "NONE" {
			r.functionURL(auth.Line)
		}
	case "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate":
		if options := properties.Get("MetadataOptions"); options != nil {
			r.metadataOptions(options, "HttpEndpoint", "HttpTokens")
		}
		if options := properties.Get("LaunchTemplateData").Get("MetadataOptions"); options != nil {
			r.metadataOptions(options, "HttpEndpoint", "HttpTokens")
		}
	case "AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::DMS::ReplicationInstance", "AWS::AmazonMQ::Broker":
		if open := properties.Get("PubliclyAccessible"); scalar(open) == "true" {
			r.publicEndpoint("PubliclyAccessible", "true", "PubliclyAccessible: false", open.Line)
		}
	case "AWS::Lambda::Permission":
		r.functionPermission(n, properties.Get("Principal"), properties.Get("SourceArn"), properties.Get("SourceAccount"), properties.Get("PrincipalOrgID"), properties.Get("FunctionUrlAuthType"))
	case "AWS::Lambda::Url":
		if scalar(properties.Get("AuthType")) == "NONE" {
			r.functionURL(properties.Get("AuthType").Line)
		}
	default:
		return
	}
	r.done()
}

// formationBucket judges the ACL and the public access block of a bucket.
func (r *cloudReport) formationBucket(n, properties *iam.Node) {
	block := properties.Get("PublicAccessBlockConfiguration")
	blocked := block != nil && (block.Kind == iam.Dynamic || scalar(block.Get("BlockPublicAcls")) == "true" || scalar(block.Get("IgnorePublicAcls")) == "true")
	if acl := properties.Get("AccessControl"); acl != nil && !blocked {
		r.bucketACL(strings.ToLower(dashed(scalar(acl))), acl.Line)
	}
	r.accessBlock(block, n.Line, []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"},
		"PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}")
}

// dashed turns PublicRead into Public-Read.
func dashed(text string) string {
	var b strings.Builder
	for i, r := range text {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// bucketACL judges a canned ACL in the spelling of the S3 API.
func (r *cloudReport) bucketACL(acl string, line int) {
	f := checks.Finding{Rule: "public-storage", Attribute: "acl", Expected: "acl private", Actual: "acl " + acl,
		Fix: "Remove the ACL (new buckets have ACLs off), and serve the files through a CDN that signs its requests. Undo: put the ACL back."}
	switch acl {
	case "public-read-write":
		f.Severity, f.Message = checks.Critical, "Everyone may list, read, replace and delete what is in the bucket"
	case "public-read":
		f.Severity, f.Message = checks.High, "Everyone may list the bucket and read every file in it"
	case "authenticated-read":
		f.Severity, f.Message = checks.High, "Every AWS account in the world may read the bucket, not only the owner's"
	default:
		return
	}
	r.fail(f, line, 0)
}

// accessBlock judges a public access block, whose four switches are off where they are not set. block is nil where there
// is none: since April 2023 AWS sets one on every new bucket, so that only older ones are open.
func (r *cloudReport) accessBlock(block *iam.Node, line int, switches []string, paste string) {
	f := checks.Finding{Rule: "public-access-block", Expected: "all four switches on", Fix: paste + ". Undo: set the one switch that a public policy needs to false."}
	if block == nil {
		f.Attribute, f.Actual, f.Severity = "missing", "no public access block", checks.Low
		f.Message = "The configuration does not say that this bucket stays private: a bucket made before April 2023 has no such block"
		r.fail(f, line, 0)
		return
	}
	var off []string
	for _, name := range switches {
		if value := block.Get(name); block.Kind == iam.Object && (value == nil || scalar(value) == "false") {
			off = append(off, name)
		}
	}
	if len(off) > 0 {
		f.Attribute, f.Actual, f.Severity = strings.Join(off, " "), strings.Join(off, ", ")+" off", checks.Medium
		f.Message = "One policy or ACL is enough to make this bucket public"
		r.fail(f, block.Line, 0)
	}
}

// administrators are managed policies of AWS with which their holder rules the account.
var administrators = set(`AdministratorAccess IAMFullAccess job-function/SystemAdministrator PowerUserAccess AWSOrganizationsFullAccess
AmazonS3FullAccess AmazonEC2FullAccess AWSLambda_FullAccess AWSLambdaFullAccess SecretsManagerReadWrite AmazonSSMFullAccess AWSKeyManagementServicePowerUser`)

// attached judges policies that are attached by name or ARN.
func (r *cloudReport) attached(list *iam.Node) {
	for _, n := range list.All() {
		if n.Kind != iam.Scalar {
			continue
		}
		arn, name, found := strings.Cut(n.Text, ":policy/")
		if !found {
			name = n.Text
		} else if !strings.HasSuffix(arn, ":iam::aws") { // the partition before it may be a variable
			continue
		}
		if !administrators[name] {
			continue
		}
		severity, message := checks.Medium, "Every action of the service on every resource of the account is allowed by this"
		if slices.Contains([]string{"AdministratorAccess", "IAMFullAccess", "AWSOrganizationsFullAccess"}, name) {
			severity, message = checks.High, "Whoever gets hold of this identity rules the account"
		}
		r.fail(checks.Finding{Rule: "administrator-attached", Attribute: name, Severity: severity, Expected: "a policy with the actions and resources that are needed",
			Actual: name, Message: message, Fix: "Attach a policy of your own in its place; IAM Access Analyzer writes one from what CloudTrail saw. Undo: attach " + name + " again."}, n.Line, n.Column)
	}
}

// functionPermission judges who may call a function. A service calls for every account that asks it to, unless the
// permission names the source.
func (r *cloudReport) functionPermission(n, principal *iam.Node, narrowing ...*iam.Node) {
	narrowed := slices.ContainsFunc(narrowing, func(n *iam.Node) bool { return n != nil && scalar(n) != "*" && scalar(n) != "NONE" })
	switch {
	case narrowed:
	case scalar(principal) == "*":
		r.fail(checks.Finding{Rule: "anyone", Attribute: "principal", Severity: checks.Critical, Expected: "the account or service that calls", Actual: "principal *",
			Message: "Everyone may call this function", Fix: "Set the principal to the account or service, and the source's ARN beside it."}, principal.Line, 0)
	case strings.HasSuffix(scalar(principal), ".amazonaws.com"):
		r.fail(checks.Finding{Rule: "any-source", Attribute: "principal", Severity: checks.Low, Expected: "the source's ARN or account", Actual: "principal " + principal.Text + " for any source",
			Message: "The service calls this function for whichever account sets it up there", Fix: "Add source_arn (SourceArn) with the ARN of the bucket, topic, rule or API."}, principal.Line, 0)
	}
}

func (r *cloudReport) functionURL(line int) {
	r.fail(checks.Finding{Rule: "anyone", Attribute: "function url", Severity: checks.Medium, Precision: checks.PrecisionMedium, Expected: "authorization AWS_IAM", Actual: "authorization NONE",
		Message: "Everyone may call this function by its address: it has to check the caller itself", Fix: `authorization_type = "AWS_IAM" (AuthType: AWS_IAM), or a waiver that says how the function checks its callers.`}, line, 0)
}
