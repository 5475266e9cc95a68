"""All benchmarks that need nothing beside the ``test`` extra: ``python -m tests.benchmarks``.

``from_proto`` compares with the official SDK and says itself what to install.
"""

from tests.benchmarks import coverage, import_time, intervals, metrics, thinning

import_time.main()
metrics.main([])
intervals.main([])
thinning.main([])
coverage.main([])
