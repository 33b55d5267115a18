// Package jupyter is how Jupyter comes to know of our kernels: the kernelspecs
// that say how each is started, and a doctor for notebooks that do not start.
//
//	dirs, err := jupyter.Install("", "fourm")
//	for _, s := range jupyter.List() {
//		fmt.Println(s)
//	}
//	well := jupyter.Doctor(os.Stdout, "fourm")
//
// A kernelspec is a folder with a kernel.json and pictures, in one of several
// places (jupyter_client's paths: for a user, an environment of Python, the
// machine). Nothing here speaks Jupyter's protocol; package server does.
package jupyter
