"""Of `distutils` what programs use besides building extensions: `version`, `util` and `spawn`.

It is imported as `distutils` where nothing else is, setuptools above all, which brings the whole of it.
"""
