"""Dead code: what nothing in the product uses, tests not counted. Facts of models and enums are no code."""

import sys

from vulture import Vulture

from commands.checks.steps import list_code_paths

KINDS = {"class", "function", "import", "method", "property", "unreachable_code"}
CALLED_BY_DECORATOR = [
    "@*.command",  # click
    "@*.delete", "@*.exception_handler", "@*.get", "@*.patch", "@*.post", "@*.put",  # fastapi
    "@event.listens_for",  # sqlalchemy
    "@field_serializer", "@field_validator", "@model_validator", "@*.computed_field",  # pydantic
]  # fmt: skip
CALLED_BY_NAME = [
    "get_command", "list_commands",  # click
    "process_bind_param", "process_result_value",  # sqlalchemy's column types
    "settings_customise_sources",  # pydantic-settings
    "downgrade", "upgrade",  # alembic
    "get_cookie",  # streamlit-authenticator
    "use_engine",  # tests and benches, which bring their own engine
]  # fmt: skip


def main() -> None:
    """Print every unused piece of code as `file:line: what`, and exit with 1 when there is one."""
    finder = Vulture(ignore_names=CALLED_BY_NAME, ignore_decorators=CALLED_BY_DECORATOR)
    finder.scavenge(list_code_paths())
    unused = [piece for piece in finder.get_unused_code(min_confidence=60) if piece.typ in KINDS]
    for piece in unused:
        print(piece.get_report())
    sys.exit(bool(unused))


if __name__ == "__main__":
    main()
