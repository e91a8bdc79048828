package logging

import "strings"

// haproxyLeaks judges "capture request header NAME len N", "capture cookie NAME len N" and the sample expressions of a
// log-format: %[req.hdr(NAME)], %[req.cook(NAME)], %[req.body].
func haproxyLeaks(directive, text string) []formatLeak {
	words := strings.Fields(text)
	if directive == "capture" {
		switch {
		case len(words) > 1 && words[0] == "cookie":
			if l := cookieLeak("capture cookie "+words[1], strings.TrimSuffix(words[1], "=")); l != nil { // "name=" is exactly that name
				return []formatLeak{*l}
			}
		case len(words) > 2 && words[1] == "header" && credential(words[2]):
			return []formatLeak{{"credential", "capture " + strings.Join(words[:3], " "), "Captured headers stand in every line: who reads the log can act as the user whose credential this is"}}
		}
		return nil
	}
	var out []formatLeak
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "%[")
		if !found {
			return out
		}
		sample, tail, _ := strings.Cut(after, "]")
		rest = tail
		fetch, argument, _ := strings.Cut(sample, "(")
		name, converters, _ := strings.Cut(argument, ")")
		name, _, _ = strings.Cut(strings.Trim(name, `"' `), ",")
		if hashed(converters) {
			continue
		}
		switch kind := fetch[strings.LastIndexByte(fetch, '.')+1:]; {
		case strings.HasSuffix(kind, "hdr") && credential(name), kind == "fhdr" && credential(name), kind == "url_param" && credential(name), fetch == "http_auth_pass":
			out = append(out, formatLeak{"credential", "%[" + sample + "]", "Who reads the log can act as the user whose credential this is"})
		case strings.HasSuffix(kind, "cook"):
			if l := cookieLeak("%["+sample+"]", name); l != nil {
				out = append(out, *l)
			}
		case kind == "body":
			out = append(out, formatLeak{"body", "%[" + sample + "]", "Bodies hold passwords and personal data"})
		}
	}
}

// hashed reports whether converters make a digest of a sample, or tell only its length.
func hashed(converters string) bool {
	for c := range strings.SplitSeq(converters, ",") {
		name, _, _ := strings.Cut(c, "(")
		switch name {
		case "sha1", "sha2", "digest", "hmac", "crc32", "crc32c", "xxh32", "xxh64", "xxh3", "djb2", "sdbm", "wt6", "length":
			return true
		}
	}
	return false
}

// traefikLeaks judges what Traefik keeps of headers, which it drops unless it is told to keep them.
func traefikLeaks(option, value string) ([]formatLeak, bool) {
	below, ok := strings.CutPrefix(option, "accesslog.fields.headers.")
	if !ok {
		return nil, option == "accesslog"
	}
	name, named := strings.CutPrefix(below, "names.")
	switch {
	case value != "keep":
	case below == "defaultmode":
		return []formatLeak{{"all-headers", "accessLog.fields.headers.defaultMode", "Every request header is written, Authorization and Cookie among them"}}, true
	case named && (credential(name) || name == "cookie"):
		return []formatLeak{{"credential", "accessLog.fields.headers.names." + name, "Who reads the log can act as the user whose credential this is"}}, true
	}
	return nil, true
}
