package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// flaskResponse follows after_request functions and Talisman in the order in which they run.
func flaskResponse(s *checks.Scope) *response {
	r := appResponse(s, htmlPage, "SESSION_COOKIE_SECURE", "Talisman.force_https", "header "+stsHeader)
	r.https = r.https || slices.ContainsFunc(s.Settings, func(set checks.Setting) bool { return strings.HasPrefix(set.Name, "Talisman.") })
	unknownMiddleware(s, r)
	for _, set := range s.Settings {
		if set.Name == "Talisman" {
			talisman(s, r, set)
		}
		addHeaders(&checks.Scope{Settings: []checks.Setting{set}}, r)
	}
	return r
}

// option is an argument of Talisman. on is false where it is given as False, None or an empty text.
type option struct {
	set   checks.Setting
	given bool
	on    bool
}

func talismanOption(s *checks.Scope, name string) option {
	set, ok := s.Get("Talisman." + name)
	yes, isBool := set.Bool()
	o := option{set: set, given: ok && set.Origin != checks.OriginDefault}
	o.on = set.Dynamic() || isBool && yes || !isBool && set.Value != nil && set.Text() != "" && set.Text() != "None"
	return o
}

// talisman sets the headers of flask-talisman. What versions 1.0 and 1.1 do differently by themselves is not known.
func talisman(s *checks.Scope, r *response, at checks.Setting) {
	put := func(header, value string, o option) {
		if !o.given {
			o.set.Place = at.Place
		}
		r.set(field{name: header, value: value, place: o.set.Place, dynamic: o.set.Dynamic(), errorsToo: true})
	}
	if sts := talismanOption(s, "strict_transport_security"); sts.on {
		age := talismanOption(s, "strict_transport_security_max_age")
		value := "max-age=" + age.set.Text()
		if talismanOption(s, "strict_transport_security_include_subdomains").on {
			value += "; includeSubDomains"
		}
		if talismanOption(s, "strict_transport_security_preload").on {
			value += "; preload"
		}
		put(stsHeader, value, age)
	}
	if frames := talismanOption(s, "frame_options"); frames.on {
		put(xfoHeader, frames.set.Text(), frames)
	}
	if sniff := talismanOption(s, "x_content_type_options"); sniff.on {
		put(nosniffHeader, "nosniff", sniff)
	}
	if referrer := talismanOption(s, "referrer_policy"); referrer.on {
		put(referrerHeader, referrer.set.Text(), referrer)
	}
	talismanPolicy(s, r, put)
	for option, header := range map[string]string{"permissions_policy": permissionsHeader, "feature_policy": "Feature-Policy", "x_xss_protection": "X-Xss-Protection"} {
		o := talismanOption(s, option)
		switch value := o.set.Text(); {
		case !o.given || o.set.Dynamic():
			r.set(field{name: header, dynamic: true, place: at.Place})
		case o.on && option == "x_xss_protection":
			put(header, "1; mode=block", o)
		case o.on && option == "permissions_policy":
			put(header, structured(s, value), o)
		case o.on:
			put(header, value, o)
		}
	}
}

// structured writes a dictionary of features as Talisman does: name=value, joined by commas.
func structured(s *checks.Scope, text string) string {
	var parts []string
	for _, set := range s.Settings {
		if name, ok := strings.CutPrefix(set.Name, "Talisman.permissions_policy."); ok {
			parts = append(parts, name+"="+set.Text())
		}
	}
	if len(parts) == 0 {
		return text
	}
	return strings.Join(parts, ", ")
}

// talismanPolicy sets the policy, with a nonce in the directives that ask for one.
func talismanPolicy(s *checks.Scope, r *response, put func(header, value string, o option)) {
	o := talismanOption(s, "content_security_policy")
	if !o.on {
		return
	}
	header := cspHeader
	report := talismanOption(s, "content_security_policy_report_only")
	if report.on {
		header += "-Report-Only"
	}
	o.set.Origin = dynamicIf(report.set.Dynamic() || o.set.Dynamic(), o.set.Origin)
	var inner response
	if addPolicy(header, s, &inner, talismanDirective) && len(inner.headers) > 0 {
		o.set.Value = inner.headers[0].value
		o.set.Origin = dynamicIf(inner.headers[0].dynamic, o.set.Origin)
	}
	nonces := talismanOption(s, "content_security_policy_nonce_in").set
	parts := strings.Split(o.set.Text(), ";")
	for i, part := range parts {
		name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		if slices.Contains(nonces.List(), name) {
			parts[i] += " 'nonce-" + freshNonce + "'"
		}
	}
	value := strings.Join(parts, ";")
	if uri := talismanOption(s, "content_security_policy_report_uri"); uri.on {
		value += "; report-uri " + uri.set.Text()
	}
	put(header, value, o)
}

func dynamicIf(dynamic bool, o checks.Origin) checks.Origin {
	if dynamic {
		return checks.OriginDynamic
	}
	return o
}

func talismanDirective(setting string) (string, bool) {
	return strings.CutPrefix(setting, "Talisman.content_security_policy.")
}
