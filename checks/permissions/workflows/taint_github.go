package workflows

import (
	"slices"
	"strings"
)

// free are properties of events whose text strangers choose, as GitHub's guide to script injections lists them.
// https://docs.github.com/actions/concepts/security/script-injections
var free = []string{"body", "title", "message", "email", "name", "ref", "label", "head_branch", "page_name", "default_branch", "description",
	"homepage", "display_title", "body_text", "body_html", "bio", "company", "blog", "location"}

// strangers are the objects of an event that a stranger fills.
var strangers = []string{"issue", "pull_request", "comment", "review", "review_comment", "discussion", "head_commit", "commits", "pages", "workflow_run",
	"forkee", "answer", "changes"}

// writers are the objects that only who has rights in the repository fills.
var writers = []string{"inputs", "client_payload", "release", "deployment", "deployment_status", "label", "milestone", "ref", "base_ref", "head",
	"project_card", "project_column", "check_run", "check_suite", "before_ref", "merge_group", "package", "registry_package"}

// githubControl judges a path below the github context.
func githubControl(rest string, whole bool) Control {
	switch rest {
	case "head_ref":
		return Stranger
	case "ref", "ref_name", "base_ref", "workflow_ref", "job_workflow_sha":
		if rest == "job_workflow_sha" {
			return Fixed
		}
		return Writer
	case "", "event", "*", "event.*":
		if whole || rest == "*" || rest == "event.*" {
			return Stranger
		}
		return Fixed
	}
	event, ok := strings.CutPrefix(rest, "event.")
	if !ok {
		return Fixed // action, actor, run_id, repository, sha, server_url, workspace, ...
	}
	parts := strings.Split(event, ".")
	last := parts[len(parts)-1]
	switch {
	case slices.Contains(strangers, parts[0]):
		if whole && !restricted(parts) || len(parts) > 1 && slices.Contains(free, last) && !maintained(parts) {
			return Stranger
		}
		if parts[0] == "pull_request" && slices.Equal(parts[1:], []string{"base", "ref"}) || slices.Contains(parts, "labels") || slices.Contains(parts, "milestone") {
			return Writer
		}
	case parts[0] == "inputs", parts[0] == "client_payload":
		return Writer
	case slices.Contains(writers, parts[0]) && (whole || len(parts) == 1 || slices.Contains(free, last) || last == "tag_name" || last == "target_commitish" || last == "payload" || last == "*"):
		return Writer
	}
	return Fixed
}

// maintained reports free properties of objects that the repository's own people made: labels, milestones, the base.
func maintained(parts []string) bool {
	if slices.Contains(parts, "labels") || slices.Contains(parts, "milestone") || slices.Contains(parts, "base") {
		return true
	}
	last, of := parts[len(parts)-1], ""
	if len(parts) > 1 {
		of = parts[len(parts)-2]
	}
	switch {
	case parts[0] == "workflow_run" && len(parts) == 2 && last == "name": // the name of the workflow that ran
		return true
	case last == "name" && (of == "repo" || of == "head_repository" || of == "repository"): // letters, digits, ., - and _
		return true
	case last == "name" && (of == "user" || of == "owner"):
		return true
	}
	return false
}

// restricted are leaves whose JSON holds no free text.
func restricted(parts []string) bool {
	switch parts[len(parts)-1] {
	case "number", "id", "sha", "login", "html_url", "url", "state", "draft", "merged", "fork", "node_id", "author_association", "created_at":
		return true
	}
	return false
}
