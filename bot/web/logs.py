"""Where log lines go: JSON on standard error, from the chosen level on. They hold ids, outcomes and durations only."""

from __future__ import annotations

import logging
import sys

import structlog


def log_to_stderr(level: str) -> None:
    """Write log lines of `level` (debug, info, warning, error) and above to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_wordless)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:2], structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.WARNING))
    logging.getLogger("clinicbot").setLevel(number)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # how many wait is a figure, not news


def _wordless(record: logging.LogRecord) -> bool:
    """Libraries put into their lines what they were working on; of those only what went wrong, and where, is kept."""
    if not record.name.startswith("clinicbot"):
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg, record.args = f"{record.module}: {kind or record.levelname.lower()}", ()
        record.exc_info = record.exc_text = record.stack_info = None
    return True
