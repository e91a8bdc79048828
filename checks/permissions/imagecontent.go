package permissions

import (
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/image"
)

func imageContent() *checks.Check {
	return &checks.Check{
		ID:    "permissions/image-content",
		Title: "Images hold no open files, keys or ways to root",
		Why: "What an image holds is the same in every container: a file that all may change, a setuid program that no distribution ships, " +
			"a key. What a later layer deletes is still in the earlier one, for everyone who can pull the image.",
		Fix:        "Close or leave out the file in the step that makes it, and build again; a key that was in any layer is replaced.",
		Expected:   "No image archive holds world-writable files, unknown setuid programs, broad capabilities or keys that others can read",
		Rollback:   "Load the image that ran before: docker load -i OLD.tar",
		Absent:     "No image archive (docker save) and no OCI image layout was found",
		References: []string{"CWE-732", "CWE-250", "CWE-522", "CIS Docker 4.8", "https://github.com/opencontainers/image-spec/blob/main/layer.md"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "setuid", Title: "The image holds a setuid program that is no distribution's", Severity: checks.Critical},
			{ID: "setgid", Title: "The image holds a setgid program that is no distribution's", Severity: checks.Medium},
			{ID: "world-writable", Title: "Every user in the container can change the file", Severity: checks.High},
			{ID: "directory-without-sticky-bit", Title: "Every user in the container can replace the files of others", Severity: checks.High},
			{ID: "capability", Title: "A program of the image has a capability that is as good as root", Severity: checks.High},
			{ID: "key", Title: "Every user in the container can read a private key", Severity: checks.High},
			{ID: "removed-key", Title: "A private key that was removed can be read in its layer", Severity: checks.High},
			{ID: "shadow", Title: "Every user in the container can read the password hashes", Severity: checks.High},
			{ID: "no-password", Title: "An account of the image has no password", Severity: checks.High},
			{ID: "second-root", Title: "A second account of the image is root", Severity: checks.High},
			{ID: "device", Title: "The image holds a device outside /dev", Severity: checks.Medium},
			{ID: "crafted", Title: "A layer holds an entry that leaves the root", Severity: checks.High},
			{ID: "root", Title: "The image runs as root", Severity: checks.Medium, Precision: checks.PrecisionMedium},
		},
		Wants:      wantsImage,
		File:       imageFileContent,
		Tree:       judgeLayouts,
		Stream:     true,
		NoSettings: true,
		Lasting:    true,
	}
}

var (
	archiveName = regexp.MustCompile(`(?i)\.(tar|tgz|oci|docker)$|\.tar\.(gz|zst)$`)
	blobName    = regexp.MustCompile(`(^|/)blobs/sha256/[0-9a-f]{64}$`)
)

func wantsImage(e *checks.Entry) bool {
	name := e.Name()
	return e.Mode.IsRegular() && (archiveName.MatchString(name) || name == "index.json" || name == "oci-layout" || blobName.MatchString(e.Path))
}

// layoutPart is one file of an OCI layout that lies open in a directory.
type layoutPart struct {
	dir, name string
	document  []byte
	layer     *image.Layer
	problem   error
}

func imageFileContent(p *checks.Pass, f *checks.File) error {
	if f.Offset > 0 {
		return nil // everything was read with the first window
	}
	reader := f.Reader()
	if reader == nil {
		problem := imageProblem(f.Path, errors.New("a file of which only parts can be read here"))
		problem.Blind = false // it need not be an image
		p.Problem(problem)
		return nil
	}
	open := func() io.Reader { return io.NewSectionReader(reader, 0, f.Size) }
	if archiveName.MatchString(f.Name()) {
		images, problems := image.Read(open, lookInto)
		for _, problem := range problems {
			p.Problem(imageProblem(f.Path, problem))
		}
		for _, i := range images {
			judgeImage(p, f.Path, i)
		}
		return nil
	}
	dir, name := path.Split(f.Path)
	if at := strings.LastIndex(f.Path, "blobs/sha256/"); at >= 0 && blobName.MatchString(f.Path) {
		dir, name = f.Path[:at], f.Path[at:]
	}
	part := layoutPart{dir: dir, name: name}
	switch {
	case name == "oci-layout":
		p.Keep(f.Path, part)
	case len(f.Data) > 0 && f.Data[0] == '{' && f.Whole && f.Size <= maxLayoutDocument:
		part.document = slices.Clone(f.Data)
		p.Keep(f.Path, part)
	case name != "index.json":
		if part.layer, part.problem = image.ReadLayer(image.Digest(name), open(), lookInto, image.NewBudget()); len(part.layer.Entries) > 0 || part.problem == nil {
			p.Keep(f.Path, part)
		}
	}
	return nil
}

// maxLayoutDocument is more than any manifest or configuration is long.
const maxLayoutDocument = 4 << 20

func imageProblem(where string, err error) checks.Problem {
	return checks.Problem{Op: "read container image", Expected: "whole layers within the bounds", Actual: err.Error(), Retry: checks.RetryUseless, Where: where, Blind: true}
}

// judgeLayouts puts the layouts together whose files the walk met one by one.
func judgeLayouts(p *checks.Pass) error {
	marked := map[string]bool{}
	documents, layers := map[string]image.Documents{}, map[string]map[string]*image.Layer{}
	for _, kept := range p.Kept() {
		part := kept.(layoutPart)
		if documents[part.dir] == nil {
			documents[part.dir], layers[part.dir] = image.Documents{}, map[string]*image.Layer{}
		}
		switch {
		case part.name == "oci-layout":
			marked[part.dir] = true
		case part.layer != nil:
			layers[part.dir][part.name] = part.layer
			if part.problem != nil {
				p.Problem(imageProblem(part.dir+part.name, part.problem))
			}
		default:
			documents[part.dir][part.name] = part.document
		}
	}
	for _, dir := range sortedKeys(marked) {
		for _, reference := range documents[dir].References() {
			i, missing := reference.Image(layers[dir])
			if len(missing) > 0 {
				p.Problem(checks.Problem{Op: "read container image", Expected: "every layer of the manifest", Actual: missing[0] + " is not there",
					Retry: checks.RetryUseless, Where: dir + "index.json", Blind: true})
			}
			judgeImage(p, dir+"index.json", i)
		}
	}
	return nil
}
