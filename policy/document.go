package policy

// document is one policy file as written. The tags drive the decoder and the JSON schema.
type document struct {
	mark
	Version      version               `key:"version" need:"true" doc:"The version of this format: 1."`
	Extends      text                  `key:"extends" doc:"What this policy refines: an embedded profile (baseline, strict) or a file beside this one (./base.yaml)."`
	Defaults     defaultsSection       `key:"defaults" doc:"What holds for every item."`
	Items        []itemEntry           `key:"items" doc:"The lines of the checklist. An item refines the inherited item with its id or its check, field by field."`
	Profiles     entries[profileEntry] `key:"profiles" doc:"Named variations of this policy, chosen by --profile."`
	Waivers      []waiverEntry         `key:"waivers" doc:"Findings that are accepted until a day."`
	Gate         gateSection           `key:"gate" doc:"How the verdicts become one decision."`
	Walk         walkSection           `key:"walk" doc:"What of a tree is audited."`
	Secrets      secretsSection        `key:"secrets" doc:"What the secrets chapter looks for besides its own rules, and what it sets aside."`
	Sites        []siteEntry           `key:"sites" doc:"What is audited of live sites besides the URL that is given."`
	Environments unsupported           `key:"environments"`
	Rehearsal    unsupported           `key:"rehearsal"`

	source source // where the document was read from
	reads  *decoder
}

type defaultsSection struct {
	mark
	Owner      text     `key:"owner" doc:"Who answers for an item that names no owner."`
	FailOn     severity `key:"fail_on" doc:"The lowest severity of a finding that fails the gate."`
	ReportFrom severity `key:"report_from" doc:"The lowest severity of a finding that is reported at all."`
}

type itemEntry struct {
	mark
	ID text `key:"id" doc:"The item's name in reports and waivers; the check's ID where it is left out."`
	ItemFields
}

// ItemFields is what an item may say besides its id.
type ItemFields struct {
	Check      text     `key:"check" doc:"The check that judges this item."`
	Severity   severity `key:"severity" doc:"How bad it is when the item does not hold. A rule may lower it, never raise it."`
	Owner      text     `key:"owner" doc:"Who answers for the item."`
	Expected   text     `key:"expected" doc:"What must hold, in one sentence. {name} is replaced by the parameter's value."`
	Rollback   text     `key:"rollback" doc:"How to undo the hardening when it breaks something."`
	Rationale  text     `key:"rationale" doc:"Why it matters here."`
	References texts    `key:"references" doc:"CWE-319, RFC 6797, ASVS 3.4.1, or a URL."`
	Expect     raw      `key:"expect" doc:"The check's parameters."`
	Off        off      `key:"off" doc:"The reason why this item is not judged; false turns an inherited item on again."`
}

type profileEntry struct {
	mark
	Extends text                 `key:"extends" doc:"default (the items above), another profile of this file, or an embedded profile."`
	FailOn  severity             `key:"fail_on" doc:"The lowest severity of a finding that fails the gate."`
	Items   entries[profileItem] `key:"items" doc:"What differs, by item id."`
}

type profileItem struct {
	mark
	ItemFields
}

type waiverEntry struct {
	mark
	Item        text  `key:"item" need:"true" doc:"The id of the item, or its check."`
	Rule        text  `key:"rule" doc:"Only findings of this rule of the check."`
	Paths       texts `key:"paths" doc:"Only findings in these files: globs (** crosses directories) from the policy file's directory, or from the target where that lies elsewhere; a directory covers all below it."`
	URLs        texts `key:"urls" doc:"Only findings at these URLs: globs (** crosses slashes)."`
	Fingerprint text  `key:"fingerprint" doc:"Only the finding with this fingerprint, as the JSON report shows it."`
	Reason      text  `key:"reason" need:"true" doc:"Why the findings are accepted for now."`
	Owner       text  `key:"owner" need:"true" doc:"Who answers for accepting them."`
	Ticket      text  `key:"ticket" doc:"Where the work is tracked."`
	Expires     date  `key:"expires" need:"true" doc:"The last day on which the waiver holds (to the end of that day, UTC)."`
}

type gateSection struct {
	mark
	FailOn         severity     `key:"fail_on" doc:"The same as defaults.fail_on; set one of them."`
	MaxWaiver      days         `key:"max_waiver" doc:"How far away a waiver's last day may be, such as 180d."`
	OnError        text         `key:"on_error" words:"fail warn" doc:"What a check that could not tell does to the gate: fail makes the run incomplete (exit 3), warn mentions it."`
	OnLowPrecision text         `key:"on_low_precision" words:"report fail" doc:"What a finding of low precision does: report shows it and lets the gate pass, fail treats it as any other."`
	OnStaleWaiver  text         `key:"on_stale_waiver" words:"ignore warn fail" doc:"What an expired or unmatched waiver does to the gate."`
	Score          scoreSection `key:"score" doc:"The score: 100 x (1 - weight of failing items / weight of applicable items)."`
	NewOnly        unsupported  `key:"new_only"`
}

type scoreSection struct {
	mark
	Weights weightsSection `key:"weights" doc:"The weight of an item by severity."`
	Minimum number         `key:"minimum" min:"0" max:"100" doc:"The gate fails below this score; 0 means the score is only shown."`
}

type weightsSection struct {
	mark
	Critical number `key:"critical" min:"0" max:"1000" doc:"10 unless set."`
	High     number `key:"high" min:"0" max:"1000" doc:"5 unless set."`
	Medium   number `key:"medium" min:"0" max:"1000" doc:"2 unless set."`
	Low      number `key:"low" min:"0" max:"1000" doc:"1 unless set."`
	Info     number `key:"info" min:"0" max:"1000" doc:"0 unless set."`
}

type walkSection struct {
	mark
	Exclude texts   `key:"exclude" doc:"Directories of other people's code that are left out, by name at any depth or as a glob with a slash, which counts from the policy file's directory. Replaces the default list."`
	All     boolean `key:"all" doc:"Audit what git ignores as well."`
}
