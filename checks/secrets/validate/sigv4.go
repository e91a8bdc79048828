package validate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"hardcheck/checks"
)

// signed is the Auth of a call that AWS Signature Version 4 signs.
const signed = "AWS4"

// signature is what a request is signed with.
type signature struct {
	keyID, secret, session string
	region, service        string
	at                     time.Time
}

// sign adds AWS Signature Version 4 to a request whose URL has no query, over all headers that the request has:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func sign(r *checks.OutboundRequest, s signature) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return
	}
	stamp := s.at.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", stamp)
	if s.session != "" {
		r.Header.Set("X-Amz-Security-Token", s.session)
	}
	names := []string{"host"}
	values := map[string]string{"host": u.Host}
	for name := range r.Header {
		lower := strings.ToLower(name)
		names = append(names, lower)
		values[lower] = strings.TrimSpace(r.Header.Get(name))
	}
	slices.Sort(names)
	headers := strings.Join(names, ";")
	request := []string{r.Method, u.EscapedPath(), u.RawQuery}
	for _, name := range names {
		request = append(request, name+":"+values[name])
	}
	request = append(request, "", headers, digest(r.Body))

	scope := strings.Join([]string{stamp[:8], s.region, s.service, "aws4_request"}, "/")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", stamp, scope, digest(strings.Join(request, "\n"))}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.keyID+"/"+scope+", SignedHeaders="+headers+
		", Signature="+hex.EncodeToString(mac(key, text)))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
