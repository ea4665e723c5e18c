"""What gunicorn loads: `gunicorn -c gunicorn_config.py wsgi:app`."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from sendfix.config import ConfigError  # noqa: E402
from sendfix.domain.errors import StorageUnavailable  # noqa: E402
from sendfix_web_multi import create_app  # noqa: E402

try:
    app = create_app()
except (ConfigError, StorageUnavailable) as error:
    print(f"desk: {error}", file=sys.stderr, flush=True)
    # gunicorn takes 3 as 'the worker can't boot' and stops, instead of trying for ever.
    sys.exit(3)
