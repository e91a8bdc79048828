package providers

import (
	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

// cicd are the tokens of build services and of what runs around builds.
var cicd = []scan.Rule{
	{
		ID: "buildkite-service-token", Title: "Buildkite agent, cluster or portal token",
		Opens:    "joins as an agent that receives the secrets of builds",
		Severity: checks.High, Reference: "https://buildkite.com/docs/platform/security/tokens",
		Revoke:  "Buildkite: Agents > Cluster > Agent tokens",
		Anchors: []string{"bkct_", "bkpat_", "bkpt_", "bkaj_", "bkps_", "bkar_", "bkar2_"}, Tail: "[0-9A-Za-z]{32,200}",
		Entropy:    3.5,
		Examples:   []string{"bk<+>ct_zGpSoc1TebwofaaXJ9UY7RUvgo8S1M1n1B2JhsFV", "bkp<+>at_FW5jp5P1KRJI3fBfaY74YqUYjkmbQ3dmL7EHHaUm", "bk<+>pt_SqPFZMNMxFjzUCLURpK586lZ4PPQ49uKer5Gwzz0", "bk<+>aj_5td9ptgt1o5anLdaDS2jc2kqsMpXmdRhdryAKWUm"},
		NearMisses: []string{"xbk<+>ct_RdAh8qYsQ65dMReYSaxnuKpzh8qAYXdnLSn9fVq8", "bk<+>ct_2dzw53TKnXuiSecq", "bk<+>ct_2dzw53TKnXuiS!cqreGCJQmZUt3Jj5FLtrKZAkiu"},
	},
	{
		ID: "depot-token", Title: "Depot token",
		Opens:    "builds images at the cost of the organisation",
		Severity: checks.High, Reference: "https://depot.dev/docs/cli/authentication",
		Revoke:  "Depot: Settings > API tokens",
		Anchors: []string{"depot_org_", "depot_project_", "depot_user_"}, Tail: "[0-9A-Za-z]{32,80}",
		Entropy:    4,
		Examples:   []string{"depot_org<+>_HXOv7yVEpUZ5poxOv92gcxhFAggvjyFxri9c4UIh", "depot_project<+>_BXycCoX0vF1ueNs5JP7N8rXCh0Ej1I2VJSkrksXV", "depot_user<+>_vdtEWFq5GqwVP13eKZvpiRmtv3338t1aN7kioq4W"},
		NearMisses: []string{"xdepot_org<+>_GFChwROY4pkrY138jD5WOCLiZOYuTzWLJsWsMzIE", "depot_org<+>_u8dIIrUbH1B4T1DX", "depot_org<+>_u8dIIrUbH1B4T!DXPpE5ZtYetzkNIyoLPaouEOQz"},
	},
	{
		ID: "chromatic-token", Title: "Chromatic project token",
		Opens:    "publishes to the project",
		Severity: checks.Low, Reference: "https://www.chromatic.com/docs/cli/",
		Revoke:  "Chromatic: Project > Manage > Reset token",
		Anchors: []string{"chpt_"}, Tail: "[0-9a-z]{12,20}",
		Entropy:    2.8,
		Examples:   []string{"ch<+>pt_1td1b900myiaq1"},
		NearMisses: []string{"xch<+>pt_c3h55mse9mowkc", "ch<+>pt_sznbe8", "ch<+>pt_sznbZ8jt50dx4g"},
	},
	{
		ID: "percy-token", Title: "Percy project token",
		Opens:    "publishes screenshots to the project",
		Severity: checks.Low, Reference: "https://www.browserstack.com/docs/percy/common-issue/common-errors/incorrect-project-type",
		Revoke:  "Percy: Project settings > Project token",
		Anchors: []string{"web_", "app_", "auto_"}, Tail: "[0-9a-f]{64}",
		Entropy:    3.3,
		Examples:   []string{"we<+>b_4296ae9fb2063ed965a4ed393a41ad9163f56c82aeaef518aaa8b3397afa94a3", "ap<+>p_c24cf7f313312cd93dd409047064ca3d601a0aaad25b6ab3da1cc8eea6b5acaa", "au<+>to_4768a24c8a88db7e041d0aa998166d1a552f4038791a373e2f6ba49f17ad6ac1"},
		NearMisses: []string{"xwe<+>b_16c072df039cf48755dc90338604b32c18e546c14e54188b33c26f0dbb895e3c", "we<+>b_a84086edafd4cf70bcc310c80fdcd393bbb8ad3c6def646721307fc2ec75d2", "we<+>b_a84086edafd4cf70bcc31gc80fdcd393bbb8ad3c6def646721307fc2ec75d29d", "we<+>b_8174ce2ae348566d217794afb2db3299535bd9ee054964d8ea64d80e1dd88eaf3"},
	},
	{
		ID: "checkly-key", Title: "Checkly API key",
		Opens:    "changes the checks and reads their settings",
		Severity: checks.High, Reference: "https://www.checklyhq.com/docs/account-billing/api-keys/",
		Revoke:  "Checkly: User settings > API keys",
		Anchors: []string{"cu_"}, Tail: "[0-9a-f]{32}",
		Entropy:    3,
		Examples:   []string{"c<+>u_8bea37a93c1285237117129698ec2370"},
		NearMisses: []string{"xc<+>u_ac54ae4030aa2be50d0915c601bc9749", "c<+>u_f43879fb33b8e8f3bced0e7bd5e91f9", "c<+>u_f43879fb33g8e8f3bced0e7bd5e91f9e", "c<+>u_de79670ca554f05904b3b199f98214e6e"},
	},
	{
		ID: "nx-cloud-token", Title: "Nx Cloud access token",
		Opens:    "reads and poisons the build cache",
		Severity: checks.High, Reference: "https://nx.dev/ci/recipes/security/access-tokens",
		Revoke:  "Nx Cloud: Workspace settings > Access tokens",
		Anchors: []string{"fHJlYWQtd3JpdGU=", "fHJlYWQ=", "fHJlYWQtb25seQ=="}, Lead: "[0-9A-Za-z]{48}",
		Entropy: 3.5, Check: scan.NxCloudToken,
		Examples:   []string{"MWQwYjZkNmQtNzc1ZC00MmIyLWFjYTEtOTk2MWFhYTM3ZGJhfHJl<+>YWQtd3JpdGU="},
		NearMisses: []string{"kT7vWm2zQp9XeRb4sLdYh8Ju3NcGa6FoViE51qHt0aBcDe7gfHJlYWQtd<+>3JpdGU=", "T7vWm2zQp9XeRb4sLdYh8Ju3NcGa6FoViE51qHt0aBcDe7gfHJlYWQtd<+>3JpdGU="},
	},
	{
		ID: "ionic-token", Title: "Ionic personal access token",
		Opens:    "builds and deploys apps of the account",
		Severity: checks.High, Reference: "https://ionic.io/docs/appflow/personal-access-tokens",
		Revoke:  "Ionic: Account settings > Personal access tokens",
		Anchors: []string{"ion_"}, Tail: "[0-9a-z]{42}",
		Entropy:    3.8,
		Examples:   []string{"io<+>n_ppitst13apg0cmf32qx86pwtiwx26o24hdv6z14f7r"},
		NearMisses: []string{"xio<+>n_zi4q7tgf2lp0lcqdxz32ycvsp151jds9rvn9ym087g", "io<+>n_wmel5shfcachym9gf70ci1t2qv11rfn8v8ojs56dj", "io<+>n_wmel5shfcachymZgf70ci1t2qv11rfn8v8ojs56dj4", "io<+>n_lb2oh04t1shfmzwittm76r68chicm2mvo3nodcp58b1"},
	},
}
