"""The Autobahn suite without TLS, whose libraries for Python 2 need CPython; the echo is asked in clear."""

import os
import site
import sys
import types

site.addsitedir(os.environ["PYTHONPATH"])  # for zope, a package whose parts are found by way of .pth files

import twisted.internet

tls = types.ModuleType("twisted.internet.ssl")
tls.ClientContextFactory = object
sys.modules[tls.__name__] = twisted.internet.ssl = tls

from autobahntestsuite import wstest

sys.exit(wstest.run())
