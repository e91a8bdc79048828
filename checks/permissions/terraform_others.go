package permissions

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/iam"
	"hardcheck/checks/permissions/terraform"
)

func (m *terraformModule) google(report *cloudReport, r *terraform.Resource) {
	b := r.Body
	wide := strings.Contains(r.Type, "_project_iam_") || strings.Contains(r.Type, "_folder_iam_") || strings.Contains(r.Type, "_organization_iam_")
	switch {
	case r.Data && r.Type == "google_iam_policy":
		for _, binding := range b.Get("binding").All() {
			report.googleGrant(scalar(binding.Get("role")), binding.Get("members"), binding.Line, true)
		}
	case strings.HasSuffix(r.Type, "_iam_member"):
		report.googleGrant(scalar(b.Get("role")), b.Get("member"), r.Line, wide)
	case strings.HasSuffix(r.Type, "_iam_binding"):
		report.googleGrant(scalar(b.Get("role")), b.Get("members"), r.Line, wide)
	case r.Type == "google_storage_bucket_access_control" || r.Type == "google_storage_object_access_control" || r.Type == "google_storage_default_object_access_control":
		report.googleGrant("role "+scalar(b.Get("role")), b.Get("entity"), r.Line, false)
	case strings.HasSuffix(r.Type, "_acl"):
		report.cannedACL(b.Get("predefined_acl"))
		report.cannedACL(b.Get("default_acl"))
		for _, entity := range b.Get("role_entity").Texts() {
			role, who, _ := strings.Cut(entity, ":")
			report.googleGrant("role "+role, &iam.Node{Kind: iam.Scalar, Text: who}, r.Line, false)
		}
	case r.Type == "google_storage_bucket":
		if prevention := b.Get("public_access_prevention"); prevention == nil || scalar(prevention) == "inherited" {
			report.fail(checks.Finding{Rule: "public-access-block", Attribute: "public_access_prevention", Severity: checks.Low, Expected: `public_access_prevention = "enforced"`, Actual: "inherited",
				Message: "One binding or ACL is enough to make this bucket public, unless the organization forbids it",
				Fix:     `public_access_prevention = "enforced" and uniform_bucket_level_access = true. Undo: public_access_prevention = "inherited".`}, r.Line, 0)
		}
	case r.Type == "google_sql_database_instance":
		report.googleDatabase(b)
	case r.Type == "google_bigquery_dataset":
		for _, access := range b.Get("access").All() {
			report.googleGrant("role "+scalar(access.Get("role")), access.Get("special_group"), access.Line, false)
		}
	}
}

// cannedACL judges a predefined ACL of Cloud Storage.
func (r *cloudReport) cannedACL(acl *iam.Node) {
	member, severity := "", checks.High
	switch scalar(acl) {
	case "publicRead":
		member = "allUsers"
	case "publicReadWrite":
		member, severity = "allUsers", checks.Critical
	case "authenticatedRead":
		member = "allAuthenticatedUsers"
	default:
		return
	}
	r.fail(checks.Finding{Rule: "public-storage", Attribute: "predefined_acl", Severity: severity, Expected: `predefined_acl = "private"`, Actual: acl.Text,
		Message: "The ACL opens the bucket to " + member, Fix: `predefined_acl = "private"; bind the readers with google_storage_bucket_iam_member. Undo: predefined_acl = "` + acl.Text + `".`}, acl.Line, 0)
}

// googleDatabase judges the networks that may connect to a Cloud SQL instance by its public address.
func (r *cloudReport) googleDatabase(b *iam.Node) {
	for _, settings := range b.Get("settings").All() {
		for _, ip := range settings.Get("ip_configuration").All() {
			for _, network := range ip.Get("authorized_networks").All() {
				if value := network.Get("value"); scalar(value) == "0.0.0.0/0" {
					r.publicEndpoint("authorized_networks", "0.0.0.0/0", "the networks of your own, or ipv4_enabled = false", value.Line)
				}
			}
		}
	}
}

func (r *cloudReport) publicEndpoint(attribute, actual, expected string, line int) {
	r.fail(checks.Finding{Rule: "public-endpoint", Attribute: attribute, Severity: checks.Medium, Expected: expected, Actual: attribute + " " + actual,
		Message: "Everyone may try passwords and the holes of the database's own protocol", Fix: "Set " + expected + ", and reach it through a private network. Undo: " + attribute + " = " + actual + "."}, line, 0)
}

// ownerRoles are Azure's built-in roles with which a whole scope, or who may use it, can be changed.
var ownerRoles = []string{"Owner", "User Access Administrator", "Role Based Access Control Administrator"}

func (m *terraformModule) azure(report *cloudReport, r *terraform.Resource) {
	b := r.Body
	switch r.Type {
	case "azurerm_role_definition":
		for _, p := range b.Get("permissions").All() {
			if actions := p.Get("actions"); slices.Contains(actions.Texts(), "*") {
				report.azureWildcard(actions.Line)
			}
		}
	case "azurerm_role_assignment":
		if role := b.Get("role_definition_name"); slices.Contains(ownerRoles, scalar(role)) && subscription(b.Get("scope")) {
			report.fail(checks.Finding{Rule: "basic-role", Attribute: role.Text, Severity: checks.High, Expected: "a role of the one service, on the one resource", Actual: role.Text + " of the subscription",
				Message: "Whoever has this may give themselves every right in the subscription", Fix: `role_definition_name = "Reader", or the role of the service, and scope = the resource's id. Undo: put the old role back.`}, role.Line, 0)
		}
	case "azurerm_storage_account":
		for _, name := range []string{"allow_nested_items_to_be_public", "allow_blob_public_access"} {
			if open := b.Get(name); scalar(open) == "true" {
				report.azureBlobs(name, open.Line, checks.Medium)
			}
		}
	case "azurerm_storage_container":
		if access := b.Get("container_access_type"); slices.Contains([]string{"blob", "container"}, scalar(access)) {
			report.azureBlobs("container_access_type "+access.Text, access.Line, checks.High)
		}
	}
}

// subscription reports a scope that is a whole subscription or management group.
func subscription(scope *iam.Node) bool {
	if scope == nil {
		return false
	}
	if scope.Kind == iam.Dynamic {
		return strings.HasPrefix(scope.Text, "data.azurerm_subscription.") || strings.HasPrefix(scope.Text, "azurerm_management_group.")
	}
	text := strings.TrimSuffix(scope.Text, "/")
	return strings.HasPrefix(text, "/subscriptions/") && strings.Count(text, "/") == 2 || strings.HasPrefix(text, "/providers/Microsoft.Management/managementGroups/")
}

// secretSource is an expression whose value is a secret that Terraform made or was given.
var secretSource = regexp.MustCompile(`(?i)\b(private_key(_pem|_openssh)?|client_key|secret_access_key|raw_config|kubeconfig|kube_config_raw|secret_string|random_password\.[\w-]+\.result|password)\b`)

// localFile judges the mode of a file that the provider hashicorp/local writes: 0777 for local_file where none is set, less
// the umask of whoever runs Terraform, which leaves everyone the right to read, and 0700 for local_sensitive_file.
func localFile(report *cloudReport, r *terraform.Resource) {
	permission := r.Body.Get("file_permission")
	secret := false
	for _, name := range []string{"content", "sensitive_content", "content_base64"} {
		if content := r.Body.Get(name); content != nil {
			secret = secret || secretSource.MatchString(content.Text) && content.Kind == iam.Dynamic
		}
	}
	mode := scalar(permission)
	if permission == nil {
		if mode = "0777"; r.Type == "local_sensitive_file" {
			mode = "0700"
		}
	}
	bits, err := strconv.ParseUint(mode, 8, 32)
	f := checks.Finding{Rule: "local-file-mode", Attribute: "file_permission", Expected: `file_permission = "0600"`, Actual: "mode " + mode,
		Fix: `file_permission = "0600" (and directory_permission = "0700"), or local_sensitive_file. Undo: file_permission = "` + mode + `".`}
	switch {
	case err != nil:
		return
	case (secret || r.Type == "local_sensitive_file") && bits&0o077 != 0:
		f.Severity, f.Message = checks.High, "Other users of the machine that runs Terraform read the secret"
	case permission != nil && bits&0o002 != 0:
		f.Severity, f.Message = checks.Medium, "Other users change the file where the umask of the run lets them"
	default:
		return
	}
	line := r.Line
	if permission != nil {
		line = permission.Line
	}
	report.fail(f, line, 0)
}
