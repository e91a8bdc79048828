package scan

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"testing"
)

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func routable(prefix, payload, version string) string {
	body := prefix + payload + "." + version
	length := strconv.FormatInt(int64(len(payload)), 36)
	body += strings.Repeat("0", 2-len(length)) + length
	sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(body))), 36)
	return body + strings.Repeat("0", 7-len(sum)) + sum
}

// altered returns the token with its byte at i changed to another of the same class.
func altered(token string, i int) string {
	if i < 0 {
		i += len(token)
	}
	c := byte('3')
	if token[i] == c {
		c = '4'
	}
	return token[:i] + string(c) + token[i+1:]
}

func TestStructures(t *testing.T) {
	const payload = "bzoxCnA6NDgxOQp1OjE3" + "q7Zx0VbN2mKf8RtY"
	const uuid, account = "7c1e9a40-58d3-4b62-9f0e-3ad84c7b16f5", "4c8e1f0b97d25a63be41c09f7d8a2e56"
	const random = "kT7vWm2zQp9XeRb4sLdY" + "h8Ju3NcGa6FoViE51qHt"
	sanctum := "12|" + random + fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(random)))
	seed := "SUACSSL3UAHUDXKFSNVUZRF5UHPM" + "WZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY" // of the documentation of NATS
	tunnel := encode(`{"a":"` + account + `","t":"` + uuid + `","s":"` + random + `"}`)
	macaroon := base64.RawURLEncoding.EncodeToString([]byte("\x02\x01\x08pypi.org\x02\x03abc\x00"))
	cases := []struct {
		name  string
		check func(string) Proof
		token string
		want  Proof
	}{
		{"routable", GitLabRoutable, routable("glpat-", payload, ""), Proven},
		{"routable with a version", GitLabRoutable, routable("glrt-", payload, "01."), Proven},
		{"routable, altered payload", GitLabRoutable, altered(routable("glpat-", payload, ""), 9), Unknown},
		{"routable, altered checksum", GitLabRoutable, altered(routable("glpat-", payload, ""), -1), Unknown},
		{"routable, wrong length", GitLabRoutable, altered(routable("glpat-", payload, ""), -9), Unknown},
		{"not routable", GitLabRoutable, "glpat-" + random[:20], Unknown},
		{"empty end", GitLabRoutable, "glpat-.", Unknown},
		{"Sanctum", SanctumToken, sanctum, Proven},
		{"Sanctum, altered", SanctumToken, altered(sanctum, 8), Refuted},
		{"Sanctum, short", SanctumToken, sanctum[:40], Refuted},
		{"Sanctum, no bar", SanctumToken, random, Refuted},
		{"NATS seed", NATSSeed, seed, Proven},
		{"NATS seed, altered", NATSSeed, altered(seed, 20), Refuted},
		{"NATS public key", NATSSeed, "U" + seed[1:], Refuted},
		{"NATS, short", NATSSeed, seed[:40], Refuted},
		{"tunnel", CloudflareTunnel, tunnel, Proven},
		{"tunnel without padding", CloudflareTunnel, strings.TrimRight(tunnel, "="), Proven},
		{"tunnel, no secret", CloudflareTunnel, encode(`{"a":"` + account + `","t":"` + uuid + `"}`), Refuted},
		{"tunnel, no JSON", CloudflareTunnel, encode(random), Refuted},
		{"Grafana Cloud", GrafanaToken, "glc_" + encode(`{"o":"1","n":"ci","k":"`+random+`","m":{"r":"us"}}`), Proven},
		{"Grafana legacy", GrafanaToken, encode(`{"k":"` + random + `","n":"ci","id":1}`), Proven},
		{"Grafana, no key", GrafanaToken, "glc_" + encode(`{"o":"1","n":"ci"}`), Unknown},
		{"Sentry", SentryOrganization, "sntrys_" + encode(`{"iat":1687336543.6,"url":null,"org":"shop"}`) + "_" + random, Proven},
		{"Sentry, no organisation", SentryOrganization, "sntrys_" + encode(`{"iat":1687336543.6}`) + "_" + random, Unknown},
		{"Nx Cloud", NxCloudToken, encode(uuid + "|read-write"), Proven},
		{"Nx Cloud, no UUID", NxCloudToken, encode(random[:36] + "|read-write"), Refuted},
		{"Elasticsearch", ElasticAPIKey, "ApiKey " + encode(random[:20]+":"+random[:22]), Proven},
		{"Elasticsearch, no colon", ElasticAPIKey, encode(random + "abc"), Refuted},
		{"PyPI", Macaroon, "pypi-" + macaroon, Proven},
		{"PyPI, cut", Macaroon, "pypi-" + macaroon[:10], Unknown},
		{"PyPI, other version", Macaroon, "pypi-" + base64.RawURLEncoding.EncodeToString([]byte("\x01\x01\x08pypi.org")), Unknown},
		{"PyPI, a size beyond the end", Macaroon, "pypi-" + base64.RawURLEncoding.EncodeToString([]byte("\x02\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01abc")), Unknown},
		{"secret after a colon", ColonSecret, "service:shop:" + random[:22], Unknown},
		{"words after a colon", ColonSecret, "service:shop:the-name-of-a-resource", Refuted},
		{"base64", Base64Secret, random, Unknown},
		{"digest", Base64Secret, account + account[:8], Refuted},
		{"bytes whose lower case is longer", Base64Secret, "\xe30Aa123456789", Refuted},
		{"name in place of base64", Base64Secret, "AWSEC2CapacityReservationFleetRolePolicy", Refuted},
		{"registry", RegistryAuth, "_auth=" + encode("build:"+random[:18]), Proven},
		{"registry, no password", RegistryAuth, "_auth=" + encode("nothing to decode"), Refuted},
	}
	for _, c := range cases {
		if got := c.check(c.token); got != c.want {
			t.Errorf("%s: %q is %v, expected %v", c.name, c.token, got, c.want)
		}
	}
}

func TestCRC16(t *testing.T) {
	// The check value of CRC-16/XMODEM in the catalogue of parametrised CRC algorithms.
	if got := crc16([]byte("123456789")); got != 0x31c3 {
		t.Errorf("%#x, expected 0x31c3", got)
	}
}

// FuzzStructures feeds every check texts of its own shape and others; none may fail, whatever it is given.
func FuzzStructures(f *testing.F) {
	checks := []func(string) Proof{GitLabRoutable, SanctumToken, NATSSeed, CloudflareTunnel, GrafanaToken, SentryOrganization, NxCloudToken,
		ElasticAPIKey, Macaroon, ColonSecret, Base64Secret, RegistryAuth, BasicAuth, JWT, DiscordBot, CRC32Base62}
	for _, seed := range []string{"", ".", "|", "_", ":", "=", "glpat-abc.0r.0123456789", "7|" + strings.Repeat("a", 48), "SU" + strings.Repeat("A", 56),
		encode(`{"a":"","t":"","s":""}`), "glc_" + encode("{}"), "sntrys_" + encode("{}") + "_x", "pypi-AgEIcHlwaS5vcmcCA2FiYwA", "ApiKey " + encode(strings.Repeat("a", 43))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		for i, check := range checks {
			if proof := check(token); proof < Unknown || proof > Refuted {
				t.Errorf("check %d says %d of %q", i, proof, token)
			}
		}
	})
}
