from tests.e2e.conftest import own_stack

__all__ = ["own_stack"]
