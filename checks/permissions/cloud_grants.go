package permissions

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/iam"
)

// publicMembers are Google Cloud's names for everyone, and for everyone with any Google account.
var publicMembers = []string{"allUsers", "allAuthenticatedUsers"}

// basicRoles are roles of a whole project, and roles with which their holder acts as any service account of it.
var basicRoles = map[string]string{
	"roles/owner":                             "may do everything in the project, give out roles too",
	"roles/editor":                            "may change every resource of the project",
	"roles/iam.serviceAccountTokenCreator":    "may act as every service account of the project",
	"roles/iam.serviceAccountUser":            "may run code as every service account of the project",
	"roles/iam.serviceAccountKeyAdmin":        "may make keys for every service account of the project",
	"roles/iam.workloadIdentityUser":          "may act as every service account of the project",
	"roles/resourcemanager.organizationAdmin": "rules the whole organization",
	"roles/resourcemanager.projectIamAdmin":   "may give itself any role in the project",
	"roles/iam.securityAdmin":                 "may give itself any role in the project",
	"roles/iam.organizationRoleAdmin":         "may widen every custom role of the organization",
	"roles/resourcemanager.folderIamAdmin":    "may give itself any role in the folder",
}

// googleGrant judges a role that members get; wide tells that it is a role of a project, folder or organization.
func (r *cloudReport) googleGrant(role string, members *iam.Node, line int, wide bool) {
	who := members.Texts()
	for _, public := range publicMembers {
		if !slices.Contains(who, public) {
			continue
		}
		severity := checks.Critical
		if readers[role] {
			severity = checks.High
		}
		message := "Everyone, without an account too, has this role"
		if public == "allAuthenticatedUsers" {
			message = "Everyone with any Google account, not only the organization's, has this role"
		}
		r.fail(checks.Finding{Rule: "anyone", Attribute: role + " " + public, Severity: severity, Expected: "named users, groups or service accounts", Actual: public + " has " + role,
			Message: message, Fix: "Replace " + public + " by group:NAME@DOMAIN or serviceAccount:NAME@PROJECT.iam.gserviceaccount.com. Undo: add " + public + " again."}, line, 0)
	}
	if gain := basicRoles[role]; gain != "" && wide {
		severity := checks.High
		if strings.HasPrefix(role, "roles/iam.") {
			severity = checks.Medium
		}
		r.fail(checks.Finding{Rule: "basic-role", Attribute: role, Severity: severity, Expected: "a predefined role of the one service, on the one resource", Actual: role,
			Message: "Whoever has this " + gain, Fix: "Give the predefined role that is needed, such as roles/storage.objectViewer, on the resource instead of the project. Undo: bind " + role + " again."}, line, 0)
	}
}

// readers are roles that only read what a public site or a public image serves, or call what is meant to be called.
var readers = set("roles/storage.objectViewer roles/run.invoker roles/cloudfunctions.invoker roles/artifactregistry.reader roles/storage.legacyObjectReader")

func (r *cloudReport) azureWildcard(line int) {
	r.fail(checks.Finding{Rule: "custom-role-wildcard", Attribute: "actions", Severity: checks.Critical, Expected: "the actions that are needed", Actual: `actions ["*"]`,
		Message: "Whoever has this role may do everything in its scope, as its owner may", Fix: `actions = ["Microsoft.Web/sites/read", ...]: name the operations (az provider operation show). Undo: az role definition update with the old file.`}, line, 0)
}

func (r *cloudReport) azureBlobs(attribute string, line int, severity checks.Severity) {
	r.fail(checks.Finding{Rule: "public-storage", Attribute: attribute, Severity: severity, Expected: "no public access", Actual: attribute + " is public",
		Message: "Everyone who knows or guesses the address reads the blobs", Fix: `allow_nested_items_to_be_public = false on the account and container_access_type = "private" on the container; hand out links with a SAS. Undo: set them back.`}, line, 0)
}
