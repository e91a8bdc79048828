package headers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"

	"hardcheck/checks"
)

const permissionsHeader = "Permissions-Policy"

func permissionsPolicy() *checks.Check {
	h := headerCheck{[]string{permissionsHeader}, judgePermissions}
	return &checks.Check{
		ID:    "headers/permissions-policy",
		Title: "Powerful browser features are not open to every frame",
		Why: "A frame of an advertisement or an injected one asks for camera, microphone or location in the name of the " +
			"page that the victim trusts.",
		Fix:        "Send `Permissions-Policy: camera=(), microphone=(), geolocation=(), payment=()`, with `(self)` for what the site uses.",
		Expected:   "Permissions-Policy parses and opens no powerful feature to all origins (header required: {require}).",
		Rollback:   "Open the one feature that broke to the origin that needs it: feature=(self \"https://partner.example\").",
		Absent:     "No HTML page and no configuration that serves pages was found",
		References: []string{"Permissions Policy (W3C)", "RFC 9651", "CWE-693"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "malformed", Title: "The header is no structured field, so browsers ignore all of it"},
			{ID: "open-to-all", Title: "A powerful feature is open to every origin"},
			{ID: "ignored-value", Title: "Browsers ignore the allowlist of a feature"},
			{ID: "unknown-feature", Title: "No browser knows the feature"},
			{ID: "old-header", Title: "Only the retired Feature-Policy is sent"},
			{ID: "missing", Title: "No Permissions-Policy although it is required"},
			ruleLost,
		},
		Params: []checks.Param{{Name: "require", Kind: checks.ParamBool, Default: false,
			Doc: "Whether the header must be there. Without it browsers ask the user, and keep powerful features from foreign frames."}},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// powerful are the features that reach devices, money or identity.
var powerful = []string{"camera", "microphone", "geolocation", "payment", "usb", "serial", "hid", "bluetooth", "midi",
	"display-capture", "screen-wake-lock", "clipboard-read", "local-fonts", "idle-detection", "xr-spatial-tracking",
	"publickey-credentials-get", "publickey-credentials-create", "identity-credentials-get", "otp-credentials",
	"storage-access", "window-management", "captured-surface-control", "keyboard-lock", "local-network-access"}

// harmless are the other features of the registry, and of Chromium's experiments.
var harmless = []string{"accelerometer", "ambient-light-sensor", "aria-notify", "attribution-reporting", "autofill",
	"autoplay", "battery", "browsing-topics", "clipboard-write", "compute-pressure", "cross-origin-isolated",
	"deferred-fetch", "deferred-fetch-minimal", "direct-sockets", "document-domain", "encrypted-media",
	"execution-while-not-rendered", "execution-while-out-of-viewport", "fullscreen", "gamepad", "gyroscope",
	"interest-cohort", "join-ad-interest-group", "keyboard-map", "language-detector", "language-model", "magnetometer",
	"mediasession", "monetization", "navigation-override", "on-device-speech-recognition", "picture-in-picture",
	"private-aggregation", "private-state-token-issuance", "private-state-token-redemption", "rewriter",
	"run-ad-auction", "shared-storage", "shared-storage-select-url", "smart-card", "speaker-selection", "summarizer",
	"sync-script", "sync-xhr", "translator", "unload", "unoptimized-images", "unoptimized-lossless-images",
	"unoptimized-lossy-images", "unsized-media", "vertical-scroll", "vibrate", "web-share", "window-placement",
	"writer", "ch-ua", "digital-credentials-get", "digital-credentials-create", "conversion-measurement", "trust-token-redemption",
	"focus-without-user-activation", "layout-animations", "legacy-image-formats", "oversized-images", "wake-lock",
	"web-app-installation", "all-screens-capture", "controlled-frame", "record-ad-auction-events", "tools",
	"speaker", "vr", "notifications", "push"} // the last ones were features once, and are harmless to name

// judgePermissions reads the header as the structured dictionary that it is: one slip and browsers drop all of it.
func judgePermissions(p *checks.Pass, r *response) (j judgement) {
	if r.class != htmlPage {
		j.skip = "a permissions policy matters on HTML pages; found: " + string(r.class)
		return j
	}
	lines := r.all(permissionsHeader)
	if len(lines) == 0 {
		if i, bad := noPermissions(p, r); bad {
			j.fail(i)
		}
		return j
	}
	var values []string
	for _, l := range lines {
		values = append(values, l.value)
	}
	i := issue{attribute: permissionsHeader, expected: "feature=(self), …", actual: strings.Join(values, ", "), place: lines[0].place}
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		i.rule, i.message = "malformed", "browsers drop the whole header: "+err.Error()
		if strings.Contains(i.actual, "'") || strings.Contains(i.actual, ";") {
			i.message += "; this is the syntax of the old Feature-Policy"
		}
		j.fail(i)
		return j
	}
	for _, name := range dict.Names() {
		member, _ := dict.Get(name)
		if f, bad := judgeFeature(name, member); bad {
			f.attribute, f.place = name, lines[0].place
			j.fail(f)
		}
	}
	return j
}

func noPermissions(p *checks.Pass, r *response) (issue, bool) {
	const want = "a Permissions-Policy header"
	if old := r.all("Feature-Policy"); len(old) > 0 {
		return issue{rule: "old-header", attribute: "Feature-Policy", expected: want, actual: "Feature-Policy", place: old[0].place,
			message: "browsers read Permissions-Policy now; Feature-Policy is ignored or going away"}, true
	}
	return r.missing(permissionsHeader, want, "injected or foreign frames may ask for powerful features in the page's name"), p.Bool("require")
}

func judgeFeature(name string, member httpsfv.Member) (issue, bool) {
	words, ok := allowlist(member)
	switch {
	case !slices.Contains(powerful, name) && !slices.Contains(harmless, name) && !strings.HasPrefix(name, "ch-"):
		i := issue{rule: "unknown-feature", expected: "a registered feature", actual: name, message: "no browser knows the feature " + name}
		if near := closest(name, slices.Concat(powerful, harmless)); near != "" {
			i.expected, i.message = near, i.message+"; did you mean "+near+"?"
		}
		return i, true
	case !ok:
		return issue{rule: "ignored-value", expected: name + "=() or " + name + "=(self)", actual: name,
			message: "the allowlist of " + name + " is not *, (), self or quoted origins, so browsers ignore it"}, true
	case slices.Contains(powerful, name) && slices.Contains(words, "*"):
		return issue{rule: "open-to-all", expected: name + "=() or " + name + "=(self)", actual: name + "=*",
			message: "every frame, also a foreign one, may ask for " + name + " in the page's name"}, true
	}
	return issue{}, false
}

// allowlist returns the words of a member: "*", "self", "src" and origins. ok is false where one is of another type.
func allowlist(member httpsfv.Member) (words []string, ok bool) {
	items := []httpsfv.Item{}
	switch m := member.(type) {
	case httpsfv.Item:
		items = append(items, m)
	case httpsfv.InnerList:
		items = m.Items
	}
	for _, item := range items {
		switch v := item.Value.(type) {
		case httpsfv.Token:
			words = append(words, string(v))
			if v != "*" && v != "self" && v != "src" {
				return nil, false
			}
		case string:
			words = append(words, strconv.Quote(v)) // "*" in quotes is an origin that matches nothing
		default:
			return nil, false
		}
	}
	return words, true
}
