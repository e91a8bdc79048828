package compat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// readGitleaks reads a report of gitleaks or betterleaks. A redacted secret is "REDACTED" or its beginning and "...".
func (b *Baseline) readGitleaks(data []byte) error {
	var findings []struct {
		RuleID, File, Secret, Commit string
		StartLine                    int
	}
	if err := json.Unmarshal(data, &findings); err != nil {
		return notBaseline(err.Error())
	}
	for i, f := range findings {
		if f.RuleID == "" || f.File == "" && f.Commit == "" {
			return notBaseline(fmt.Sprintf("item %d without RuleID and File", i+1))
		}
		k := &known{path: f.File, rule: f.RuleID, commit: strings.ToLower(f.Commit), line: f.StartLine}
		switch kept, cut := strings.CutSuffix(f.Secret, "..."); {
		case f.Secret == "REDACTED" || f.Secret == "":
		case cut:
			k.secret = kept
		default:
			k.secret, k.whole = f.Secret, true
		}
		b.add(k)
	}
	return nil
}

func isDetectSecrets(data []byte) bool {
	var head struct {
		Results map[string]json.RawMessage `json:"results"`
	}
	return bytes.HasPrefix(data, []byte("{")) && json.Unmarshal(data, &head) == nil && head.Results != nil
}

// readDetectSecrets reads a .secrets.baseline. hashed_secret is the SHA-1 of the secret.
func (b *Baseline) readDetectSecrets(data []byte) error {
	var report struct {
		Results map[string][]struct {
			Filename string `json:"filename"`
			Hash     string `json:"hashed_secret"`
			Line     int    `json:"line_number"`
		} `json:"results"`
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return notBaseline(err.Error())
	}
	const sha1Digits = 40
	for file, list := range report.Results {
		for i, s := range list {
			if len(s.Hash) != sha1Digits || !isHex(s.Hash) {
				return notBaseline(fmt.Sprintf("item %d of %s without the SHA-1 of its secret", i+1, shorten(file)))
			}
			path := s.Filename
			if path == "" {
				path = file
			}
			hash := strings.ToLower(s.Hash)
			b.hashes[hash] = append(b.hashes[hash], &known{path: slashed(path), line: s.Line})
		}
	}
	return nil
}

// readTrufflehog reads JSON objects one after the other, as trufflehog prints them; those without a detector are its log.
func (b *Baseline) readTrufflehog(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	count, found := 0, 0
	for {
		var result struct {
			DetectorName, Raw, RawV2 string
			SourceMetadata           struct {
				Data map[string]json.RawMessage
			}
		}
		err := decoder.Decode(&result)
		if errors.Is(err, io.EOF) {
			break
		}
		count++
		if err != nil {
			return notBaseline(fmt.Sprintf("object %d: %v", count, err))
		}
		if result.DetectorName == "" {
			continue
		}
		found++
		at := trufflehogPlace(result.SourceMetadata.Data)
		for _, secret := range []string{result.Raw, result.RawV2} {
			if secret != "" {
				b.add(&known{path: at.File, commit: at.Commit, line: at.Line, secret: secret, whole: true})
			}
		}
	}
	if found == 0 {
		return notBaseline(fmt.Sprintf("%d JSON objects, none of them a result of trufflehog", count))
	}
	return nil
}

type foundAt struct {
	File, Commit string
	Line         int
}

// trufflehogPlace returns the place in the metadata of whichever source it is: Filesystem, Git, Github and others have
// fields of the same names. A source without a file has no place.
func trufflehogPlace(sources map[string]json.RawMessage) foundAt {
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		var at foundAt
		if json.Unmarshal(sources[name], &at) == nil && at.File != "" {
			return at
		}
	}
	return foundAt{}
}
