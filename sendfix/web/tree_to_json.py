"""A message's tree in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sendfix.fix.integrity import Check
from sendfix.fix.tree import Node, Tree
from sendfix.web.to_json import field_to_json


def tree_to_json(tree: Tree) -> dict[str, Any]:
    return {
        "header": _nodes(tree.header),
        "body": _nodes(tree.body),
        "trailer": _nodes(tree.trailer),
        "missing": [{"tag": one.tag, "name": one.name, "place": one.place} for one in tree.missing],
        "body_length": _check(tree.integrity.body_length),
        "check_sum": _check(tree.integrity.check_sum),
    }


def _nodes(nodes: Sequence[Node]) -> list[dict[str, Any]]:
    return [
        {
            **field_to_json(node.field),
            "presence": node.presence,
            "problem": node.problem,
            "entries": None if node.entries is None else [_nodes(entry) for entry in node.entries],
        }
        for node in nodes
    ]


def _check(check: Check) -> dict[str, Any]:
    return {"stated": check.stated, "counted": check.counted, "right": check.right}
