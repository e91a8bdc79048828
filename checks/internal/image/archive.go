package image

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// Documents are the manifests, indexes and configurations of an archive by path.
type Documents map[string][]byte

// Reference is an image as its manifest names it.
type Reference struct {
	Tags   []string
	Layers []string // paths in the archive, from the lowest
	User   string
	steps  []string
}

// descriptor points to a blob (OCI image specification, "Content Descriptors").
type descriptor struct {
	Digest      string            `json:"digest"`
	Annotations map[string]string `json:"annotations"`
	Platform    struct {
		OS string `json:"os"`
	} `json:"platform"`
}

func (d descriptor) path() string { return "blobs/" + strings.Replace(d.Digest, ":", "/", 1) }

// References lists the images: those of docker save's manifest.json, then those that the OCI index.json leads to.
func (d Documents) References() []Reference {
	var saved []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	var out []Reference
	if json.Unmarshal(d["manifest.json"], &saved) == nil {
		for _, s := range saved {
			r := Reference{Tags: s.RepoTags}
			for _, layer := range s.Layers {
				r.Layers = append(r.Layers, path.Clean(layer))
			}
			d.configure(&r, path.Clean(s.Config))
			out = append(out, r)
		}
	}
	d.index("index.json", nil, 0, &out)
	return out
}

// index follows an OCI index to its manifests, which may be indexes again. Attestations about an image are no image.
func (d Documents) index(name string, tags []string, depth int, out *[]Reference) {
	var m struct {
		Manifests []descriptor `json:"manifests"`
		Config    descriptor   `json:"config"`
		Layers    []descriptor `json:"layers"`
	}
	if depth > maxIndexes || len(*out) > maxIndexes*maxIndexes || json.Unmarshal(d[name], &m) != nil {
		return
	}
	if len(m.Layers) > 0 {
		r := Reference{Tags: tags}
		for _, layer := range m.Layers {
			r.Layers = append(r.Layers, layer.path())
		}
		if !slices.ContainsFunc(*out, func(o Reference) bool { return slices.Equal(o.Layers, r.Layers) }) {
			d.configure(&r, m.Config.path())
			*out = append(*out, r)
		}
	}
	for _, manifest := range m.Manifests {
		if manifest.Annotations["vnd.docker.reference.type"] != "" || manifest.Platform.OS == "unknown" {
			continue
		}
		if tag := manifest.Annotations["org.opencontainers.image.ref.name"]; tag != "" {
			tags = []string{tag}
		}
		d.index(manifest.path(), tags, depth+1, out)
	}
}

// configure reads the user and the build steps.
func (d Documents) configure(r *Reference, name string) {
	var c struct {
		Config struct {
			User string
		} `json:"config"`
		History []struct {
			CreatedBy  string `json:"created_by"`
			EmptyLayer bool   `json:"empty_layer"`
		} `json:"history"`
	}
	if json.Unmarshal(d[name], &c) != nil {
		return
	}
	r.User = c.Config.User
	for _, h := range c.History {
		if !h.EmptyLayer {
			r.steps = append(r.steps, h.CreatedBy)
		}
	}
}

// Image puts the reference together from layers by path. missing are those that are not there.
func (r Reference) Image(layers map[string]*Layer) (image Image, missing []string) {
	image = Image{Tags: r.Tags, User: r.User}
	for i, name := range r.Layers {
		layer := layers[name]
		if layer == nil {
			missing = append(missing, name)
			continue
		}
		if i < len(r.steps) && layer.CreatedBy == "" {
			layer.CreatedBy = r.steps[i]
		}
		image.Layers = append(image.Layers, layer)
	}
	return image, missing
}

// Read reads an archive, plain or packed, in two passes: the manifests first, then the layers that they name. An archive
// that is no image has no images. problems are layers that could not be read to their end.
func Read(open func() io.Reader, look Look) (images []Image, problems []error) {
	documents, alias, err := scan(open())
	references := documents.References()
	if len(references) == 0 {
		return nil, nil
	}
	if err != nil {
		problems = append(problems, err)
	}
	wanted := map[string]bool{}
	for _, r := range references {
		for _, name := range r.Layers {
			if len(wanted) < MaxLayers {
				wanted[alias.of(name)] = true
			} else if !wanted[alias.of(name)] {
				problems = append(problems, errors.New("more than 1000 layers"))
				break
			}
		}
	}
	layers, more := readLayers(open(), wanted, look)
	problems = append(problems, more...)
	for _, r := range references {
		for i := range r.Layers {
			r.Layers[i] = alias.of(r.Layers[i])
		}
		image, missing := r.Image(layers)
		if len(missing) > 0 {
			problems = append(problems, errors.New("the archive lacks the layer "+missing[0]))
		}
		images = append(images, image)
	}
	return images, problems
}

// aliases are links between entries of the archive: docker save links equal layers.
type aliases map[string]string

func (a aliases) of(name string) string {
	for range maxIndexes {
		target, ok := a[name]
		if !ok {
			return name
		}
		name = target
	}
	return name
}

// scan reads every JSON document of an archive.
func scan(r io.Reader) (Documents, aliases, error) {
	documents, alias := Documents{}, aliases{}
	content, err := unpacked(r)
	if err != nil {
		return documents, alias, err
	}
	defer content.Close()
	archive, total := tar.NewReader(seekable(r, content)), 0
	for count := 0; ; count++ {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return documents, alias, nil
		}
		if err != nil || count > maxEntries {
			return documents, alias, err
		}
		name, _ := clean(header.Name)
		switch {
		case header.Typeflag == tar.TypeSymlink:
			alias[name] = path.Join(path.Dir(name), header.Linkname)
		case header.Typeflag == tar.TypeLink:
			alias[name], _ = clean(header.Linkname)
		case header.Size > 1 && header.Size <= maxJSON && total+int(header.Size) <= maxJSONs:
			first := make([]byte, 1)
			if _, err := io.ReadFull(archive, first); err != nil || first[0] != '{' && first[0] != '[' {
				continue
			}
			rest, err := io.ReadAll(archive)
			if err != nil {
				return documents, alias, err
			}
			documents[name] = append(first, rest...)
			total += len(rest)
		}
	}
}

// seekable is the archive itself where it is plain: entries are then skipped, not read.
func seekable(r io.Reader, content io.Reader) io.Reader {
	s, ok := r.(io.ReadSeeker)
	if _, plain := content.(*nopCloser); ok && plain {
		if _, err := s.Seek(0, io.SeekStart); err == nil {
			return s
		}
	}
	return &bounded{content, NewBudget()}
}

// readLayers reads the layers of those names.
func readLayers(r io.Reader, wanted map[string]bool, look Look) (layers map[string]*Layer, problems []error) {
	layers = map[string]*Layer{}
	content, err := unpacked(r)
	if err != nil {
		return layers, []error{err}
	}
	defer content.Close()
	archive, budget := tar.NewReader(seekable(r, content)), NewBudget()
	for len(layers) < len(wanted) {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return layers, append(problems, err)
		}
		name, _ := clean(header.Name)
		if !wanted[name] || header.Typeflag != tar.TypeReg || layers[name] != nil {
			continue
		}
		layer, err := ReadLayer(Digest(name), archive, look, budget)
		if err != nil {
			problems = append(problems, errors.New("layer "+layer.Name+": "+err.Error()))
		}
		layers[name] = layer
		if errors.Is(err, errBound) {
			break
		}
	}
	return layers, problems
}

// Digest is how a layer at that path is named: blobs/sha256/HEX is sha256:HEX.
func Digest(name string) string {
	if rest, ok := strings.CutPrefix(name, "blobs/"); ok {
		return strings.Replace(rest, "/", ":", 1)
	}
	return name
}
