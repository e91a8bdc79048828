package logging

import (
	"strings"

	"hardcheck/checks/logging/flow"
)

// credentialFields are headers, cookies and parameters that carry a credential, besides those whose names say so.
var credentialFields = wordSet(`authorization proxy_authorization cookie set_cookie api_key x_api_key token pwd pass session sessionid session_id
	sid jsessionid phpsessid connect.sid x_vault_token x_goog_iap_jwt_assertion signature sig`)

// credential reports whether a header, cookie, parameter or variable of that name holds a credential, by its name
// alone. Hyphens and underscores are the same.
func credential(name string) bool {
	return credentialFields[strings.ReplaceAll(strings.ToLower(name), "-", "_")] || flow.CredentialName(name) == flow.IsCredential
}

func nameWords(id string) []string { return flow.NameWords(id) }

func wordSet(text string) map[string]bool { return flow.WordSet(text) }
