// Package datasets turns bytes on disk, and rendered scenes, into samples.
//
//	ds := datasets.Scenes(2000, 1)        // rendered, nothing to download
//	s := ds.Split("train").MustSample(0)  // rgb, depth, normal, caption, ...
//	fmt.Println(s.Text("caption"))
package datasets
