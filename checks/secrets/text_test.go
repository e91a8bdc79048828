package secrets

import (
	"context"
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"hardcheck/checks"
)

func TestTextEncodings(t *testing.T) {
	text := "first\nkey = \"npm" + "_q7Zx0VbN2mKf8RtY4LpWcD6sHjGu1EaOi9TB\"\n"
	utf16le := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		utf16le = binary.LittleEndian.AppendUint16(utf16le, unit)
	}
	for name, data := range map[string][]byte{
		"plain": []byte(text), "byte order mark": []byte("\xef\xbb\xbf" + text), "utf-16": utf16le,
	} {
		check := providerTokens()
		p := checks.NewPass(context.Background(), check, &checks.World{}, check.Defaults())
		f := &checks.File{Entry: &checks.Entry{Path: "a.txt", Size: int64(len(data))}, Data: data, Line: 1, Whole: true}
		if err := check.File(p, f); err != nil {
			t.Fatal(err)
		}
		found := p.Observation().Findings
		if len(found) != 1 || found[0].Rule != "npm-token" || found[0].Place.Line != 2 || found[0].Place.Column != 8 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestRedact(t *testing.T) {
	for secret, want := range map[string]string{
		"hunter2": "a value of 7 characters", "q7Zx0VbN2mKf8RtY": "q7Zx... (16 characters)", "\x1b[31q7Zx0VbN2mKf8": "?[31... (17 characters)",
		"q7Zx0VbN2mKf8RtY4LpWcD6sHjGu1EaO": "q7Zx...1EaO (32 characters)",
	} {
		if got := redact(secret); got != want {
			t.Errorf("%q is shown as %q", secret, got)
		}
	}
}
