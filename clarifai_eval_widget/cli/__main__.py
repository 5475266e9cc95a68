"""``python -m clarifai_eval_widget.cli`` is ``clarifai-eval``."""

import sys

from clarifai_eval_widget.cli import main

sys.exit(main())
