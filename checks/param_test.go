package checks

import (
	"testing"
	"time"
)

func TestParseParam(t *testing.T) {
	for _, tt := range []struct {
		kind ParamKind
		text string
		want any // nil for an error
	}{
		{ParamSize, "10MiB", int64(10 << 20)}, {ParamSize, "512KB", int64(512000)}, {ParamSize, "1048576", int64(1 << 20)}, {ParamSize, "7 B", int64(7)},
		{ParamSize, "10mb", nil}, {ParamSize, "-1", nil}, {ParamSize, "9999999TiB", nil}, {ParamSize, "", nil}, {ParamSize, "1.5MiB", nil},
		{ParamDuration, "365d", 365 * 24 * time.Hour}, {ParamDuration, "90s", 90 * time.Second}, {ParamDuration, "1h30m", 90 * time.Minute},
		{ParamDuration, "-1h", nil}, {ParamDuration, "d", nil}, {ParamDuration, "10", nil}, {ParamDuration, "999999999d", nil},
		{ParamBool, "true", true}, {ParamBool, "yes", nil},
		{ParamInt, "42", int64(42)}, {ParamInt, "4.2", nil},
		{ParamText, "b", "b"}, {ParamText, "c", nil},
	} {
		p := Param{Name: "x", Kind: tt.kind}
		if tt.kind == ParamText {
			p.Words = []string{"a", "b"}
		}
		got, err := p.Parse(tt.text)
		if (err == nil) != (tt.want != nil) || err == nil && got != tt.want {
			t.Errorf("%s %q is %v, %v; want %v", tt.kind, tt.text, got, err, tt.want)
		}
	}
}

func TestFormat(t *testing.T) {
	for d, want := range map[time.Duration]string{
		365 * 24 * time.Hour: "365d", 5 * time.Minute: "5m", 2 * time.Hour: "2h", 90 * time.Minute: "1h30m",
		time.Second: "1s", 1500 * time.Millisecond: "1.5s", 0: "0s",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("FormatDuration(%d) is %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{1 << 20: "1 MiB", 1536: "1536 B", 3 << 30: "3 GiB", 10240: "10 KiB", 0: "0 B"} {
		if got := FormatSize(n); got != want {
			t.Errorf("FormatSize(%d) is %q, want %q", n, got, want)
		}
	}
}
