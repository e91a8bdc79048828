package policy

import "io"

// Init writes the text of a new hardcheck.yaml: valid, minimal, and explained in comments.
func Init(w io.Writer) error {
	_, err := io.WriteString(w, initial)
	return err
}

const initial = `# What this project promises about its security, and who answers for it.
# "hardcheck policy explain" shows what is in force and where it comes from.
version: 1
extends: baseline # every check, with its defaults; "strict" asks for more

defaults:
  owner: security # who answers for an item that names no owner
  fail_on: high # findings of this severity or above fail the gate
  report_from: low # findings below this severity are not listed

# An item refines one check. Only what is written here changes.
# items:
#   - check: headers/hsts
#     owner: team-edge
#     severity: high
#     expect: { min_age: 365d }
#   - check: headers/csp
#     off: The page is a static status page without scripts.

# A waiver accepts findings until the end of a day (UTC), at most gate.max_waiver away.
# waivers:
#   - item: headers/hsts
#     paths: [legacy/nginx/**]
#     reason: The legacy host moves to https in March.
#     owner: ana@example.org
#     ticket: SEC-412
#     expires: 2027-03-31

gate:
  max_waiver: 180d
  on_error: fail # a check that could not tell is not a pass
  on_stale_waiver: warn
`
